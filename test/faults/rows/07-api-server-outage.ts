// Row 7: the API server is of no use for a while. Loaded by whoever prints the table; what runs the trials needs vitest
// and is loaded when they run.
import type { Row } from '../scorecard/row.ts';

export const row: Row = {
  number: 7,
  fault: 'API server gone 5 min, slow, 429, 5xx',
  how: 'stop it; proxy',
  required: 'submissions accepted throughout, no retry before Retry-After, drained within 30 s of its return',
  small: { trials: 6 },
  large: { trials: 54, pieceSize: 6 },
  note:
    'Six kinds in turn: the process stopped for 5 minutes, connections refused for 5 minutes, everything frozen for ' +
    '5 minutes, every answer late by up to 4.5 s, every answer 429, every answer 5xx, the last three for a minute; in every CI run all last a minute. The 30 s are ' +
    'kubejobs’ own: from the return to the last create, and from the last end on the API server to the last that is known.',
  run: async (piece) => (await import('../support/outage/trials.ts')).run(piece),
};
