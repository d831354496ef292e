// Makes the tests of a row: one test a piece. On each change the small column is run; `KUBEJOBS_SCORECARD=large` (what
// `make scorecard` sets) runs the large one, leaves out pieces that the results file already has, and adds the new ones.
import { describe, expect, test } from 'vitest';
import { type Piece, piecesOf, type Row } from './row.ts';

const hourMs = 3_600_000;

export interface RowOptions {
  /** Why it cannot be run here; undefined when it can. */
  unavailable?: string | undefined;
  /** Of a small piece, in milliseconds. */
  timeoutMs?: number;
}

export function describeRow(row: Row, { unavailable, timeoutMs = 300_000 }: RowOptions = {}): void {
  const column = process.env.KUBEJOBS_SCORECARD === 'large' ? 'large' : 'small';
  const pieces = piecesOf(row, column, Number(process.env.KUBEJOBS_FAULT_SEED ?? '1'));
  const title = `row ${row.number}, ${row.fault}${unavailable === undefined ? '' : ` (not here: ${unavailable})`}`;
  describe.skipIf(unavailable !== undefined)(title, () => {
    const timeout = column === 'large' ? 6 * hourMs : timeoutMs;
    test.each(pieces)('trials $trials from seed $seed', { timeout }, (piece) => runPiece(row, piece));
  });
}

async function runPiece(row: Row, piece: Piece): Promise<void> {
  const result = await row.run(piece);
  expect(result.violations).toEqual([]);
  expect(result.trials).toBe(piece.trials);
}
