// Opens a damaged database with the store's own code, on this thread, and says what came of it: a refusal in words that
// leaves the files as they are, or a store that is whole, that says which rows it cannot read, or whose newest commits are
// gone as if they had been torn by a power cut; or a value that became another value, which SQLite keeps no checksum of.
import { readFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { commitWriter } from '../../../../internal/store/sqlite/apply-commit.ts';
import { emptyLog } from '../../../../internal/store/sqlite/checkpoints.ts';
import {
  openReadConnection,
  openWriteConnection,
  type WriteConnection,
} from '../../../../internal/store/sqlite/connection.ts';
import { toStoreFailure } from '../../../../internal/store/sqlite/failures.ts';
import { loadSnapshot } from '../../../../internal/store/sqlite/load-snapshot.ts';
import { packCommit } from '../../../../internal/store/sqlite/pack-commit.ts';
import { readableRows } from '../../../../internal/store/sqlite/readable-rows.ts';
import { sqliteReader } from '../../../../internal/store/sqlite/reader.ts';
import { takeOver } from '../../../../internal/store/sqlite/statements/take-over.ts';
import type { JobDetail } from '../../../../pkg/models/index.ts';
import { commitOf, idOf, storedJob } from '../../../support/store-builders.ts';
import { type Contents, contentsOf } from '../power/contents.ts';
import type { LeftDatabase } from './left-database.ts';

export type Outcome =
  | { kind: 'refused'; code: string; message: string }
  | { kind: 'whole' }
  | { kind: 'reported' }
  | { kind: 'end_of_log_lost'; commits: number }
  | { kind: 'other_value' }
  /** What must not be. */
  | { kind: 'wrong'; how: string };

export function openDamaged(path: string, left: LeftDatabase): Outcome {
  const before = filesOf(path);
  let connection: WriteConnection;
  try {
    connection = openWriteConnection(path);
  } catch (error) {
    return refusal(error, path, before);
  }
  try {
    return judge(connection, path, left);
  } catch (error) {
    // As in the writer's thread: an error of the database is told in words, and nothing was acknowledged.
    return { kind: 'refused', ...wordsOf(error) };
  } finally {
    connection.abandon();
  }
}

function refusal(error: unknown, path: string, before: ReturnType<typeof filesOf>): Outcome {
  const words = wordsOf(error);
  if (!isDeepStrictEqual(filesOf(path), before)) {
    return { kind: 'wrong', how: `it was refused (${words.message}) and changed all the same` };
  }
  return { kind: 'refused', ...words };
}

function wordsOf(error: unknown): { code: string; message: string } {
  const { code, message } = toStoreFailure(error);
  return { code, message };
}

function filesOf(path: string): Array<Buffer | undefined> {
  return ['', '-wal'].map((part) => {
    try {
      return readFileSync(path + part);
    } catch {
      return undefined;
    }
  });
}

function judge({ db }: WriteConnection, path: string, left: LeftDatabase): Outcome {
  takeOver(db, { newQueueId: idOf(0), owner: 'the harness' });
  emptyLog(db);
  const reports: string[] = [];
  const report = (row: string): number => reports.push(row);
  const snapshot = loadSnapshot(db, report);
  const readConnection = openReadConnection(path);
  try {
    const reader = sqliteReader(readConnection, readableRows(report));
    const outcome = compare(contentsOf(reader, snapshot), left, reports);
    const next = storedJob(snapshot.lastSequence + 1, { jobId: idOf(0xffff_ffff) });
    commitWriter(db)(packCommit(commitOf({ inserts: [next] })));
    return reader.job(next.jobId) ? outcome : { kind: 'wrong', how: 'a job that was accepted then is not there' };
  } finally {
    readConnection.close();
  }
}

function compare(found: Contents, { contents, earlier }: LeftDatabase, reports: readonly string[]): Outcome {
  if (isDeepStrictEqual(found, contents)) return { kind: 'whole' };
  const state = earlier.findLastIndex((candidate) => isDeepStrictEqual(found, candidate));
  if (state >= 0) return { kind: 'end_of_log_lost', commits: earlier.length - state };
  if (reports.length > 0) return { kind: 'reported' };
  const missing = contents.jobs.filter(({ jobId }) => !found.jobs.some((job: JobDetail) => job.jobId === jobId));
  if (missing.length > 0) return { kind: 'wrong', how: `job ${missing[0]?.jobId} is gone and nobody was told` };
  const before = new Set(contents.pending.map(([id]) => id));
  const lost = [...before].filter((id) => !found.pending.some(([other]) => other === id));
  return lost.length > 0
    ? { kind: 'wrong', how: `job ${lost[0]} waits no more and nobody was told` }
    : { kind: 'other_value' };
}
