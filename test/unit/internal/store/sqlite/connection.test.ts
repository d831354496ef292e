import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { openReadConnection, openWriteConnection } from '../../../../../internal/store/sqlite/connection.ts';
import { isAtLeast } from '../../../../../internal/store/sqlite/inspection.ts';
import { temporaryFolder } from '../../../../support/temporary-folder.ts';

const folder = temporaryFolder();
afterAll(() => folder.remove());

test('the writer syncs its log at every commit, and the reader cannot write', () => {
  const path = join(folder.path, 'jobs.db');
  const connection = openWriteConnection(path);
  const writer = connection.db;
  const reader = openReadConnection(path);
  expect(writer.pragma('journal_mode', { simple: true })).toBe('wal');
  expect(writer.pragma('synchronous', { simple: true })).toBe(2);
  expect(() => reader.exec("INSERT INTO job_counts VALUES ('pending', 1)")).toThrow('readonly');
  reader.close();
  connection.abandon();
});

test.each([
  ['3.51.3', true],
  ['3.51.10', true],
  ['3.52.0', true],
  ['4.0.0', true],
  ['3.51.2', false],
  ['3.9.9', false],
  ['2.99.99', false],
])('whether the library %s is new enough is %s', (version, isNewEnough) => {
  expect(isAtLeast(version, [3, 51, 3])).toBe(isNewEnough);
});
