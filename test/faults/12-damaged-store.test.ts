import { expect, test } from 'vitest';
import { row } from './rows/12-damaged-store.ts';
import { describeRow } from './scorecard/describe-row.ts';
import { answersInDoubt, usesOfFailedHandles } from './support/damage/failing-disk.ts';
import type { DiskRecord } from './support/disk/disk-log.ts';
import { shimUnavailable } from './support/disk/disk-shim.ts';
import { memoryFolder } from './support/power/memory-folder.ts';
import { runSession } from './support/power/session.ts';

const unavailable = shimUnavailable();
describeRow(row, { unavailable, timeoutMs: 600_000 });

const handle = { name: 'jobs.db-wal', inode: 1n, fd: 9 };

test('the harness notices a handle that is used again after its sync failed', () => {
  const failed: DiskRecord = { kind: 'failed', ...handle, operation: 2 };
  const write: DiskRecord = { kind: 'write', ...handle, offset: 0, data: Buffer.alloc(1) };
  expect(usesOfFailedHandles([write, failed, { kind: 'close', ...handle }, write])).toEqual([]);
  expect(usesOfFailedHandles([write, failed, write])).toHaveLength(1);
  expect(usesOfFailedHandles([write, failed, { kind: 'sync', ...handle }])).toHaveLength(1);
});

test.skipIf(unavailable !== undefined)(
  'the harness notices an answer that rests on a commit whose sync failed',
  async () => {
    const folder = memoryFolder();
    try {
      const records = await runSession(1, [{ commits: 2, end: 'kill' }], folder.path);
      const done = records.findIndex((record) => record.kind === 'mark' && record.text === 'done 1');
      const answer = JSON.stringify({ jobId: '019c0000-0000-7000-8000-000000000001', name: 'job1', priority: -1 });
      const before = records.slice(0, done).filter(({ kind }) => kind !== 'mark');
      const sync = before.pop() as Extract<DiskRecord, { kind: 'sync' }>;
      expect(sync.kind).toBe('sync');
      const failed: DiskRecord = { ...sync, kind: 'failed', operation: 2 };
      const mark: DiskRecord = { kind: 'mark', text: answer };
      expect(answersInDoubt([...before, sync, mark], folder.path)).toEqual([expect.stringContaining('is there as')]);
      expect(answersInDoubt([...before, failed, sync, mark], folder.path)).toEqual([
        expect.stringContaining('is lost'),
      ]);
    } finally {
      folder.remove();
    }
  },
);
