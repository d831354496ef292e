// Row 6: the API server carries a create out and its answer never arrives. Loaded by whoever prints the table; what runs
// the trials needs vitest and is loaded when they run.
import type { Row } from '../scorecard/row.ts';

export const row: Row = {
  number: 6,
  fault: 'create executed, answer lost',
  how: 'proxy before the API server',
  required: 'one workload per attempt',
  small: { trials: 100 },
  large: { trials: 10_000, pieceSize: 200 },
  note:
    'Each trial is a job whose create is carried out and never answered (connection cut, hung, answered with 5xx, truncated ' +
    'or not JSON), or carried out seconds after the connection was cut. Its finished Jobs are deleted as early as they may be.',
  run: async (piece) => (await import('../support/answer-lost/trials.ts')).run(piece),
};
