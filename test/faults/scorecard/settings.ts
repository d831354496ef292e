// What a run of the scorecard was asked for, by environment: the Makefile's words come in here and nowhere else.
import { repositoryRoot } from '../../support/repository.ts';
import type { ColumnName } from './row.ts';

export interface ScorecardSettings {
  column: ColumnName;
  firstSeed: number;
  /** Where finished pieces are written down, and looked up; undefined keeps no record. */
  resultsPath: string | undefined;
  /** Of each row, how many pieces that are not there yet. */
  piecesPerRow: number;
  /** No piece begins after this, in milliseconds since the epoch. */
  deadlineMs: number;
}

export const defaultResultsPath = `${repositoryRoot}scorecard/results.jsonl`;

export function scorecardSettings(environment: NodeJS.ProcessEnv = process.env): ScorecardSettings {
  const column = environment.KUBEJOBS_SCORECARD === 'large' ? 'large' : 'small';
  return {
    column,
    firstSeed: Number(environment.KUBEJOBS_FAULT_SEED ?? '1'),
    resultsPath: environment.KUBEJOBS_SCORECARD_RESULTS || (column === 'large' ? defaultResultsPath : undefined),
    piecesPerRow: Number(environment.KUBEJOBS_SCORECARD_PIECES || Number.POSITIVE_INFINITY),
    deadlineMs: Number(environment.KUBEJOBS_SCORECARD_DEADLINE || Number.POSITIVE_INFINITY),
  };
}

/** `4,5` as row numbers; nothing is every row. Throws an Error that says what is allowed. */
export function parseRows(text = ''): number[] {
  const numbers = text
    .split(/[\s,]+/)
    .filter(Boolean)
    .map(Number);
  const wrong = numbers.some((number) => !Number.isInteger(number) || number < 1);
  if (wrong) throw new Error(`ROWS=${text} must be row numbers with commas between them, such as 4,5`);
  return numbers;
}

/** `4` as a number of pieces. Throws an Error that says what is allowed. */
export function parsePieces(text = ''): number | undefined {
  if (text === '') return undefined;
  if (/^[1-9]\d*$/.test(text)) return Number(text);
  throw new Error(`PIECES=${text} must be how many new pieces of each row to run, such as 2`);
}

const unitMs = { s: 1_000, m: 60_000, h: 3_600_000 } as const;

/** `30m` in milliseconds. Throws an Error that says what is allowed. */
export function parseBudget(text = ''): number | undefined {
  if (text === '') return undefined;
  const [, amount, unit] = /^(\d+)([smh])$/.exec(text) ?? [];
  if (amount !== undefined) return Number(amount) * unitMs[unit as keyof typeof unitMs];
  throw new Error(`BUDGET=${text} must be a time such as 90s, 30m or 8h`);
}
