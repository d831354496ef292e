// The results file: one line of JSON for each finished piece, appended as soon as it is finished, so that whatever ends
// a run loses one piece at most. What it says is aggregated by figures.ts; it is not committed.
import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { ColumnName, Piece } from './row.ts';

export interface ResultLine {
  row: number;
  column: ColumnName;
  seed: number;
  trials: number;
  /** The first of them; `violation_count` counts all. */
  violations: string[];
  violation_count: number;
  counts: Record<string, number>;
  worst: Record<string, number>;
  seconds: number;
  /** The last commit that changed the program or its tests. */
  commit: string;
  /** Something of them was not committed. */
  dirty: boolean;
  /** A hash of what was not committed. */
  difference?: string;
  /** When it was finished, RFC 3339. */
  date: string;
  machine: Machine;
  /** The harness broke: the piece says nothing and is run again. */
  error?: string;
}

export interface Machine {
  cores: number;
  node: string;
}

/** Which state of the repository a run is about. */
export type Revision = Pick<ResultLine, 'commit' | 'dirty' | 'difference'>;

/** A line that was cut off by the end of its process is left out, as if its piece had not been finished. */
export function readResults(path: string): ResultLine[] {
  if (!existsSync(path)) return [];
  return readFileSync(path, 'utf8').split('\n').flatMap(parseLine);
}

function parseLine(line: string): ResultLine[] {
  try {
    return [JSON.parse(line) as ResultLine];
  } catch {
    return [];
  }
}

/** Begins a new line even when the last one was cut off. */
export function appendResult(path: string, line: ResultLine): void {
  mkdirSync(dirname(path), { recursive: true });
  const torn = existsSync(path) && !/(^|\n)$/.test(readFileSync(path, 'utf8').slice(-1));
  appendFileSync(path, `${torn ? '\n' : ''}${JSON.stringify(line)}\n`);
}

/** The pieces that no line of this revision has yet. A line is about a piece when row, column, seed and trials agree. */
export function piecesLeft(row: number, pieces: readonly Piece[], lines: readonly ResultLine[], at: Revision): Piece[] {
  const keys = lines
    .filter((line) => line.row === row && sameRevision(line, at) && line.error === undefined)
    .map(keyOf);
  const finished = new Set(keys);
  return pieces.filter((piece) => !finished.has(keyOf(piece)));
}

export function sameRevision(a: Revision, b: Revision): boolean {
  return a.commit === b.commit && a.dirty === b.dirty && a.difference === b.difference;
}

function keyOf({ column, seed, trials }: Piece): string {
  return `${column} ${seed} ${trials}`;
}
