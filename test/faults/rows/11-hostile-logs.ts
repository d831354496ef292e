// Row 11: logs that are made to break who saves them. Loaded by whoever prints the table; what runs the trials is loaded when
// they run.
import type { Row } from '../scorecard/row.ts';

export const row: Row = {
  number: 11,
  fault: 'hostile logs: 1 GB, control characters, broken UTF-8',
  how: 'log source',
  required: 'memory +32 MiB at most, ConfigMap accepted',
  small: { trials: 4 },
  large: { trials: 80, pieceSize: 8 },
  note:
    'In turn a gigabyte of lines, and 100 MiB each of control characters, of broken UTF-8 and without any line end, collected, ' +
    'compressed and written by the program’s own parts in a process of its own. Memory is resident memory above that after two ' +
    'logs of 2 MiB. The ConfigMaps are judged here as an API server would; test/cluster/results.test.ts has one take such logs.',
  run: async (piece) => (await import('../support/hostile-logs/trials.ts')).run(piece),
};
