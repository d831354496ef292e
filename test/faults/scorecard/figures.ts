// The figures of a row, added up from its pieces. Of each row and column only the newest revision counts: a figure is
// about one state of the program. What is kept is small enough to be committed, docs/reliability.json.
import { type Machine, type ResultLine, sameRevision } from './results.ts';
import type { ColumnName } from './row.ts';

export interface Figures {
  row: number;
  column: ColumnName;
  commit: string;
  dirty: boolean;
  /** When the first and the last piece were finished, RFC 3339. */
  from: string;
  to: string;
  pieces: number;
  /** Pieces in which the harness broke, and that were not run to their end since. */
  broken: number;
  trials: number;
  /** Such as `1–1000`. */
  seeds: string[];
  violation_count: number;
  /** The first of them. */
  violations: string[];
  counts: Record<string, number>;
  worst: Record<string, number>;
  seconds: number;
  machines: Machine[];
}

const keptViolations = 3;

export function figuresOf(lines: readonly ResultLine[]): Figures[] {
  const groups = new Map<string, ResultLine[]>();
  for (const line of lines) {
    const key = `${line.row} ${line.column}`;
    groups.set(key, [...(groups.get(key) ?? []), line]);
  }
  return [...groups.values()].map((group) => addUp(lastOfEachPiece(ofNewestRevision(group)))).sort(byRow);
}

/** `newer` replaces what `older` has of the same row and column. */
export function mergeFigures(older: readonly Figures[], newer: readonly Figures[]): Figures[] {
  const replaced = (figures: Figures): boolean => newer.some((other) => byRow(other, figures) === 0);
  return [...older.filter((figures) => !replaced(figures)), ...newer].sort(byRow);
}

function ofNewestRevision(lines: readonly ResultLine[]): ResultLine[] {
  const newest = lines.reduce((a, b) => (b.date > a.date ? b : a));
  return lines.filter((line) => sameRevision(line, newest));
}

/** A piece that was run again counts once; one that broke does not undo one that was finished. */
function lastOfEachPiece(lines: readonly ResultLine[]): ResultLine[] {
  const last = new Map<number, ResultLine>();
  for (const line of lines) {
    const before = last.get(line.seed);
    if (line.error === undefined || before === undefined || before.error !== undefined) last.set(line.seed, line);
  }
  return [...last.values()].sort((a, b) => a.seed - b.seed);
}

function addUp(lines: readonly ResultLine[]): Figures {
  const { row, column, commit, dirty } = lines[0] as ResultLine;
  const dates = lines.map((line) => line.date).sort();
  const finished = lines.filter((line) => line.error === undefined);
  const sum = (of: (line: ResultLine) => number): number => finished.reduce((total, line) => total + of(line), 0);
  return {
    ...{ row, column, commit, dirty },
    from: dates[0] as string,
    to: dates.at(-1) as string,
    pieces: finished.length,
    broken: lines.length - finished.length,
    trials: sum((line) => line.trials),
    seeds: seedRanges(finished),
    violation_count: sum((line) => line.violation_count),
    violations: finished.flatMap((line) => line.violations).slice(0, keptViolations),
    counts: combine(finished, 'counts', (a, b) => a + b),
    worst: combine(finished, 'worst', Math.max),
    seconds: Math.round(sum((line) => line.seconds)),
    machines: distinct(lines.map((line) => line.machine)),
  };
}

function combine(
  lines: readonly ResultLine[],
  field: 'counts' | 'worst',
  both: (a: number, b: number) => number,
): Record<string, number> {
  const combined = new Map<string, number>();
  for (const [name, value] of lines.flatMap((line) => Object.entries(line[field]))) {
    const before = combined.get(name);
    combined.set(name, before === undefined ? value : both(before, value));
  }
  return Object.fromEntries([...combined].sort(([a], [b]) => (a < b ? -1 : 1)));
}

function seedRanges(lines: readonly ResultLine[]): string[] {
  const ranges: Array<{ first: number; next: number }> = [];
  for (const { seed, trials } of lines) {
    const last = ranges.at(-1);
    if (last && seed === last.next) last.next = seed + trials;
    else if (trials > 0) ranges.push({ first: seed, next: seed + trials });
  }
  return ranges.map(({ first, next }) => (next - first === 1 ? `${first}` : `${first}–${next - 1}`));
}

function distinct(machines: readonly Machine[]): Machine[] {
  return [...new Map(machines.map((machine) => [JSON.stringify(machine), machine])).values()];
}

function byRow(a: Pick<Figures, 'row' | 'column'>, b: Pick<Figures, 'row' | 'column'>): number {
  return a.row - b.row || (a.column === b.column ? 0 : a.column < b.column ? -1 : 1);
}
