import { execFileSync } from 'node:child_process';
import { mkdirSync, statfsSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Writer } from '../../../../../internal/store/sqlite/writer.ts';
import { type Store, StoreFailure } from '../../../../../internal/store/store.ts';
import { commitOf, idOf, insertJobs, storedJob } from '../../../../support/store-builders.ts';
import { folderForDatabase, open, type TestFolder } from './support.ts';

let folder: TestFolder;
beforeEach(() => {
  folder = folderForDatabase();
});
afterEach(() => folder.remove());

/** A file system of 4 MiB; `undefined` where this user can't mount one. */
function smallDisk(at: string): { unmount(): void } | undefined {
  mkdirSync(at);
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=4m', 'tmpfs', at], { stdio: 'ignore' });
    return { unmount: () => execFileSync('umount', [at]) };
  } catch {
    return undefined;
  }
}

/** Writes batches until one fails; the number of the last job that was acknowledged, and the failure. */
async function fill(store: Store, first: number): Promise<{ acknowledged: number; failure: StoreFailure }> {
  for (let last = first; ; last += 20) {
    const jobs = Array.from({ length: 20 }, (_, index) =>
      storedJob(last + index, { workload: { args: ['x'.repeat(2_000)] } }),
    );
    try {
      await insertJobs(store, ...jobs);
    } catch (error) {
      return { acknowledged: last - 1, failure: error as StoreFailure };
    }
  }
}

test('a full disk: nothing half, nothing on the failed handle, reads go on, and a proven write ends it', async (context) => {
  const at = join(folder.path, 'small disk');
  const disk = smallDisk(at);
  if (!disk) return context.skip('mounting a small file system needs root');
  const ballast = join(at, 'ballast');
  writeFileSync(ballast, Buffer.alloc(1024 * 1024));
  const path = join(at, 'jobs.db');
  let store = await open(path);
  try {
    const { acknowledged, failure } = await fill(store, 1);
    expect(failure).toBeInstanceOf(StoreFailure);
    expect(failure.code).toBe('disk_full');
    expect(failure.message).toContain(`the database ${path}: its disk is full`);
    await expect(store.commit(commitOf({}))).rejects.toBe(failure);
    await expect(store.load()).rejects.toBe(failure);
    expect(store.reader.list({}, 1)).toMatchObject({ jobs: [{ sequence: acknowledged }], total: acknowledged });

    unlinkSync(ballast);
    await store.reopen();
    expect((await store.load()).lastSequence).toBe(acknowledged);
    await insertJobs(store, storedJob(acknowledged + 1));
    await store.close();
    store = await open(path);
    expect((await store.load()).pending.count).toBe(acknowledged + 1);
  } finally {
    await store.close();
    disk.unmount();
  }
});

test('a disk that stays full refuses to be opened again, and says why', async (context) => {
  const at = join(folder.path, 'small disk');
  const disk = smallDisk(at);
  if (!disk) return context.skip('mounting a small file system needs root');
  const store = await open(join(at, 'jobs.db'));
  try {
    const { acknowledged } = await fill(store, 1);
    const { bavail, bsize } = statfsSync(at);
    if (bavail > 0) writeFileSync(join(at, 'ballast'), Buffer.alloc(bavail * bsize));
    // A write as small as the proof's may still fit into the log; whatever the answer, it is the truth.
    const reopened = await store.reopen().catch((error: StoreFailure) => error);
    if (reopened instanceof StoreFailure) expect(reopened.code).toBe('disk_full');
    const { failure } = await fill(store, acknowledged + 1);
    expect(failure.code).toBe('disk_full');
  } finally {
    await store.close();
    disk.unmount();
  }
});

test('a commit that breaks a rule of the schema closes the handle until reopen, which proves a write', async () => {
  const store = await open(folder.database);
  await insertJobs(store, storedJob(1));
  const failure = await insertJobs(store, storedJob(1)).catch((error: StoreFailure) => error);
  expect(failure).toBeInstanceOf(StoreFailure);
  await expect(insertJobs(store, storedJob(2))).rejects.toBe(failure);
  await store.reopen();
  await insertJobs(store, storedJob(2));
  expect(store.reader.job(idOf(2))).toBeDefined();
  expect(store.epoch).toBe(1);
  await store.close();
});

test('a thread that dies fails what waits for it and all that comes later', async () => {
  const writer = new Writer();
  const waiting = writer.request({ kind: 'load' }).catch((error: StoreFailure) => error);
  await writer.end();
  expect(await waiting).toMatchObject({ code: 'io' });
  expect(writer.alive).toBe(false);
  await expect(writer.request({ kind: 'load' })).rejects.toMatchObject({ code: 'io' });
});
