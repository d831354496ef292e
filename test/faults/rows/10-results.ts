// Row 10: the program that saves a finished Job's result dies between any two of its steps. Loaded by whoever prints the
// table; what runs the trials is loaded when they run.
import type { Row } from '../scorecard/row.ts';

export const row: Row = {
  number: 10,
  fault: 'results: crash between any two steps',
  how: 'named points',
  required: 'no result lost or doubled',
  small: { trials: 500 },
  large: { trials: 10_000, pieceSize: 1_000 },
  note:
    'Each trial is one finished Job on the simulated cluster and up to three deaths, each at a call of the protocol: before ' +
    'it, after it, or with the call carried out twenty seconds later, beside the next program. A result counts as doubled ' +
    'when its ConfigMap is written twice or there is a second event. All pairs of points are a test of their own, and the ' +
    'real server is killed at each named pair of steps before a real API server in test/cluster/results-crashes.test.ts.',
  run: async (piece) => (await import('../support/results/trials.ts')).run(piece),
};
