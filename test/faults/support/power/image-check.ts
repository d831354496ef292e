// Opens what a power cut left behind with the store's own code. Most images are opened on this thread, which takes
// milliseconds; now and then one goes the whole way of a start: thread, lock, a commit, a second start.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { emptyLog } from '../../../../internal/store/sqlite/checkpoints.ts';
import { openReadConnection, openWriteConnection } from '../../../../internal/store/sqlite/connection.ts';
import { loadSnapshot } from '../../../../internal/store/sqlite/load-snapshot.ts';
import { readableRows } from '../../../../internal/store/sqlite/readable-rows.ts';
import { sqliteReader } from '../../../../internal/store/sqlite/reader.ts';
import { openSqliteStore } from '../../../../internal/store/sqlite/sqlite-store.ts';
import { takeOver } from '../../../../internal/store/sqlite/statements/take-over.ts';
import type { Snapshot, StoreReader } from '../../../../internal/store/store.ts';
import { commitOf, storedJob } from '../../../support/store-builders.ts';
import type { DiskImage } from '../disk/disk-model.ts';

/** Says what is wrong with what was found on the disk, or undefined. */
export type Judge = (reader: StoreReader, snapshot: Snapshot) => string | undefined;

const newQueueId = '7d444840-9dc0-4bb1-b5d1-00000000beef';

/** Writes the image into `folder` in place of the one before, and gives back the path of its database. */
export function putImage(folder: string, image: DiskImage): string {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  for (const [name, content] of image) writeFileSync(join(folder, name), content);
  return join(folder, databaseName(image));
}

function databaseName(image: DiskImage): string {
  return [...image.keys()].find((name) => name.endsWith('.db')) ?? 'jobs.db';
}

/** Opens it on this thread, every page and index checked. */
export function checkImage(path: string, judge: Judge): string | undefined {
  try {
    return opened(path, judge);
  } catch (error) {
    return `it does not open: ${(error as Error).message}`;
  }
}

function opened(path: string, judge: Judge): string | undefined {
  const connection = openWriteConnection(path);
  const { db } = connection;
  try {
    const problem = db.pragma('integrity_check', { simple: true });
    if (problem !== 'ok') return `integrity_check: ${String(problem)}`;
    takeOver(db, { newQueueId, owner: 'the harness' });
    emptyLog(db);
    const unreadable: string[] = [];
    const report = (row: string): number => unreadable.push(row);
    const snapshot = loadSnapshot(db, report);
    const readConnection = openReadConnection(path);
    const wrong = judge(sqliteReader(readConnection, readableRows(report)), snapshot);
    readConnection.close();
    return unreadable.length > 0 ? `rows cannot be read: ${unreadable.join(', ')}` : wrong;
  } finally {
    connection.abandon();
  }
}

/** By a whole start, after which a job is accepted, and the store closed and started again. */
export async function checkByStarting(path: string, judge: Judge): Promise<string | undefined> {
  try {
    const store = await openSqliteStore({ path, newId: () => newQueueId });
    const snapshot = await store.load();
    const wrong = judge(store.reader, snapshot);
    await store.commit(commitOf({ inserts: [storedJob(snapshot.lastSequence + 1)] }));
    await store.close();
    const again = await openSqliteStore({ path, newId: () => newQueueId });
    const { pending } = await again.load();
    await again.close();
    return pending.count === snapshot.pending.count + 1 ? wrong : 'a job that was accepted after it is not there';
  } catch (error) {
    return `it does not start: ${(error as Error).message}`;
  }
}
