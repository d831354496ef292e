// Row 18: the real server is asked to stop under load. Loaded by whoever prints the table; what runs the trials needs
// vitest and is loaded when they run.
import type { Row } from '../scorecard/row.ts';

export const row: Row = {
  number: 18,
  fault: 'SIGTERM under load',
  how: 'real server',
  required: 'every accepted job kept, exit within 10 s, code 0',
  small: { trials: 5 },
  large: { trials: 100, pieceSize: 20 },
  note:
    'Five kinds of stops in turn: SIGTERM, SIGINT, SIGTERM again and again while the first is obeyed, SIGTERM while calls to the ' +
    'API server hang, SIGTERM while the server starts. Idle, half-sent and unread connections are open all the time; what ' +
    'is submitted too late is refused with 503 and Retry-After.',
  run: async (piece) => (await import('../support/stop/trials.ts')).run(piece),
};
