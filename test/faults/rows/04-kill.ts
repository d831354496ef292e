// Row 4: the real server is killed under load and started again on its database. Loaded by whoever prints the table; what
// runs the trials needs vitest and is loaded when they run.
import type { Row } from '../scorecard/row.ts';

export const row: Row = {
  number: 4,
  fault: 'kill −9 of the real server under load',
  how: 'random moments and named points',
  required: '0 accepted jobs lost, 0 second workloads of an attempt, 0 leaked slots',
  small: { trials: 20 },
  large: { trials: 1_000, pieceSize: 20 },
  note:
    'Half of the trials kill at a random moment, half at a named point of a turn, a create, a deletion, a clean-up or a ' +
    'list; some kill the server once more while it starts. Order, cap and outcomes are held against the API server’s ' +
    'objects as well.',
  run: async (piece) => (await import('../support/kill/trials.ts')).run(piece),
};
