import { expect, test } from 'vitest';
import { connectionsThatFit } from '../../../../cmd/kubejobs/open-files.ts';

function fitted(wanted: number, openFiles: number): { connections: number; warnings: object[] } {
  const warnings: object[] = [];
  const connections = connectionsThatFit(wanted, { warn: (fields) => void warnings.push(fields) }, openFiles);
  return { connections, warnings };
}

test('as many clients as were asked for, where the system lets the process open enough files', () => {
  expect(fitted(10_000, 20_000)).toEqual({ connections: 10_000, warnings: [] });
  expect(fitted(10_000, Number.POSITIVE_INFINITY)).toEqual({ connections: 10_000, warnings: [] });
});

test('fewer where it does not, and the log says so: the database and the cluster keep theirs', () => {
  expect(fitted(10_000, 1_024)).toEqual({ connections: 624, warnings: [{ maxConnections: 624, openFiles: 1_024 }] });
  expect(fitted(10_000, 64).connections).toBe(10);
});
