// Row 8: the watches of the program break in every way that is known. Loaded by whoever prints the table; what runs the
// trials needs vitest and is loaded when they run.
import type { Row } from '../scorecard/row.ts';

export const row: Row = {
  number: 8,
  fault: 'watch cut, half-open, stale, 410',
  how: 'proxy, compaction',
  required: 'right again within one relist; the silent stream noticed',
  small: { trials: 50 },
  large: { trials: 500, pieceSize: 50 },
  note:
    'On the real control plane: while three jobs run, their watches are cut (also in a line), fall silent, are told ' +
    'something malformed, an error, 410, old news or news late, and meanwhile one job ends and one is deleted by others. ' +
    'One trial in fifty compacts etcd and starts the API server anew. Simulated watches are part of rows 1 and 2.',
  run: async (piece) => (await import('../support/watches/trials.ts')).run(piece),
};
