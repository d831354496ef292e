// One piece, run and written down: what held and what did not, how long it took, on which revision and machine.
import { availableParallelism } from 'node:os';
import { appendResult, type ResultLine, type Revision } from './results.ts';
import type { Piece, PieceResult, Row } from './row.ts';

/** Enough to see what is wrong; the count is of all. */
const keptViolations = 20;

/** Where and about what it is written down. */
export interface Journal {
  path: string;
  revision: Revision;
}

/** Throws what the row throws; that is written down too, and the piece counts as not run. */
export async function runPiece(row: Row, piece: Piece, journal?: Journal): Promise<PieceResult> {
  const started = performance.now();
  const write = (result: PieceResult, error?: unknown): void => {
    if (journal) appendResult(journal.path, lineOf(row, piece, journal.revision, secondsSince(started), result, error));
  };
  try {
    const result = await row.run(piece);
    write(result);
    return result;
  } catch (error) {
    write({ trials: 0, violations: [] }, error);
    throw error;
  }
}

function lineOf(
  row: Row,
  piece: Piece,
  revision: Revision,
  seconds: number,
  result: PieceResult,
  error: unknown,
): ResultLine {
  const { violations, counts = {}, worst = {} } = result;
  return {
    row: row.number,
    column: piece.column,
    seed: piece.seed,
    trials: result.trials,
    violations: violations.slice(0, keptViolations),
    violation_count: violations.length,
    counts,
    worst,
    seconds,
    ...revision,
    date: new Date().toISOString(),
    machine: { cores: availableParallelism(), node: process.version },
    ...(error !== undefined && { error: String(error) }),
  };
}

function secondsSince(started: number): number {
  return Math.round((performance.now() - started) / 10) / 100;
}
