// Row 11 has no subject yet: logs are read and saved by the results controller, and the trials of this row come with it.
import type { Row } from '../scorecard/row.ts';

export const row: Row = {
  number: 11,
  fault: 'hostile logs: 1 GB, control characters, broken UTF-8',
  how: 'log source',
  required: 'memory +32 MiB at most, ConfigMap accepted',
  comesWith: 'the results controller',
  small: { trials: 0 },
  large: { trials: 0 },
  run: () => Promise.reject(new Error('there are no logs to read yet')),
};
