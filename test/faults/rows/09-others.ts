// Row 9: others do as they please with the queue's Jobs, their pods and their namespaces. Loaded by whoever prints the
// table; what runs the trials needs vitest and is loaded when they run.
import type { Row } from '../scorecard/row.ts';
import { caseNames } from '../support/others/matrix.ts';

export const row: Row = {
  number: 9,
  fault: 'others delete Jobs, TTL, namespace terminating, quota',
  how: 'matrix on the cluster',
  required: 'slot freed, true reason, no hot loop, others go on',
  small: { trials: caseNames.length },
  large: { trials: caseNames.length },
  note:
    'Each trial is a case of the matrix, on a queue of two slots: a companion that nobody touches keeps the one, a job that ' +
    'waits can run only when the other is free again. What the program asks the API server is counted at the proxy; ' +
    'a case fails above 12 requests of one kind for one path within a second or 24 within ten.',
  run: async (piece) => (await import('../support/others/trials.ts')).run(piece),
};
