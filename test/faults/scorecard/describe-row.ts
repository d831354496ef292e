// Makes the tests of a row: one test a piece. On each change the small column is run; `KUBEJOBS_SCORECARD=large` (what
// `make scorecard` sets) runs the large one, leaves out pieces that the results file already has, and adds the new ones.
import { describe, expect, test } from 'vitest';
import { piecesLeft, readResults } from './results.ts';
import { revisionOfRun } from './revision.ts';
import { type Piece, piecesOf, type Row } from './row.ts';
import { type Journal, runPiece } from './run-piece.ts';
import { type ScorecardSettings, scorecardSettings } from './settings.ts';

const longestPieceMs = 6 * 3_600_000;

export interface RowOptions {
  /** Why it cannot be run here; undefined when it can. */
  unavailable?: string | undefined;
  /** Of a small piece, in milliseconds. */
  timeoutMs?: number;
}

export function describeRow(row: Row, { unavailable, timeoutMs = 300_000 }: RowOptions = {}): void {
  const settings = scorecardSettings();
  const journal = settings.resultsPath && { path: settings.resultsPath, revision: revisionOfRun() };
  const pieces = piecesOfRun(row, settings, journal || undefined);
  const timeout = settings.column === 'large' ? longestPieceMs : timeoutMs;
  const title = `row ${row.number}, ${row.fault}${unavailable === undefined ? '' : ` (not here: ${unavailable})`}`;
  describe.skipIf(unavailable !== undefined)(title, () => {
    if (pieces.length === 0) test.skip(whyNone(row, settings));
    test.for(pieces)('trials $trials from seed $seed', { timeout }, async (piece, { skip }) => {
      skip(Date.now() > settings.deadlineMs, 'the time of this run is over');
      const result = await runPiece(row, piece, journal || undefined);
      expect(result.violations).toEqual([]);
      expect(result.trials).toBe(piece.trials);
    });
  });
}

function piecesOfRun(row: Row, settings: ScorecardSettings, journal: Journal | undefined): Piece[] {
  const pieces = piecesOf(row, settings.column, settings.firstSeed);
  if (!journal || settings.column === 'small') return pieces;
  const left = piecesLeft(row.number, pieces, readResults(journal.path), journal.revision);
  return left.slice(0, settings.piecesPerRow);
}

function whyNone(row: Row, { column }: ScorecardSettings): string {
  if (row.comesWith !== undefined) return `comes with ${row.comesWith}`;
  return row[column].trials === 0 ? `is not part of the ${column} column` : 'every piece is in the results file';
}
