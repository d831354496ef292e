// Row 10 has no subject yet: saved results come with their controller, and the trials of this row with them.
import type { Row } from '../scorecard/row.ts';

export const row: Row = {
  number: 10,
  fault: 'results: crash between any two steps',
  how: 'named points',
  required: 'no result lost or doubled',
  comesWith: 'the results controller',
  small: { trials: 0 },
  large: { trials: 0 },
  run: () => Promise.reject(new Error('there are no results to lose yet')),
};
