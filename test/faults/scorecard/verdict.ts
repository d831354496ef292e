// What the figures of a row come to, in words. Nothing is rounded in favour of the program: a row with a single violation
// does not hold, one that was not run has no verdict, and one that ran fewer trials than it wants to says how many.
import type { Figures } from './figures.ts';
import type { Row } from './row.ts';
import type { FaultWords } from './table.ts';

export interface RowFacts {
  words: FaultWords;
  /** Undefined while nobody has written it. */
  row: Row | undefined;
  small: Figures | undefined;
  large: Figures | undefined;
}

export function verdict({ words, row, small, large }: RowFacts): string {
  if (!row) return 'not there yet';
  if (row.comesWith !== undefined) return `comes with ${row.comesWith}`;
  const figures = large ?? small;
  if (!figures || figures.trials === 0) return 'not run';
  if (figures.violation_count > 0) return `**does not hold**: ${thousands(figures.violation_count)} violations`;
  if (!large) return 'not run before a release; holds in the small column';
  const wanted = row.large.trials;
  if (large.broken > 0) return `unfinished: ${large.broken} pieces broke`;
  if (large.trials < wanted) return `holds so far: ${thousands(large.trials)} of ${thousands(wanted)} ${words.unit}`;
  return 'holds';
}

/** The rule of three: with no failure in n independent trials the rate is below 3/n, with 95 % confidence. */
export function rateBound({ words, large }: RowFacts): string | undefined {
  if (words.exhaustive || !large || large.violation_count > 0 || large.trials <= 3) return undefined;
  return `below ${Number((300 / large.trials).toPrecision(1))} %`;
}

export function thousands(number: number): string {
  return number.toLocaleString('en-US');
}
