// The store's own code on this thread: an SQLite file whose commits are there when the call returns. A simulated world
// can wait for nothing real, and rows that lie outside the heap leave the heap to the program.
import { commitWriter } from '../../../../internal/store/sqlite/apply-commit.ts';
import { checkpointer } from '../../../../internal/store/sqlite/checkpoints.ts';
import { openReadConnection, openWriteConnection } from '../../../../internal/store/sqlite/connection.ts';
import { toStoreFailure } from '../../../../internal/store/sqlite/failures.ts';
import { loadSnapshot } from '../../../../internal/store/sqlite/load-snapshot.ts';
import { packCommit } from '../../../../internal/store/sqlite/pack-commit.ts';
import { readableRows } from '../../../../internal/store/sqlite/readable-rows.ts';
import { sqliteReader } from '../../../../internal/store/sqlite/reader.ts';
import { pruneOld } from '../../../../internal/store/sqlite/statements/prune.ts';
import { takeOver } from '../../../../internal/store/sqlite/statements/take-over.ts';
import type { Store } from '../../../../internal/store/store.ts';

export interface LocalStoreOptions {
  path: string;
  newQueueId: string;
  /** Hears of rows that are left out. */
  report?(row: string): void;
}

export function openLocalStore({ path, newQueueId, report = () => {} }: LocalStoreOptions): Store {
  const connection = openWriteConnection(path);
  const { queueId, epoch } = takeOver(connection.db, { newQueueId, owner: 'the harness' });
  const reading = openReadConnection(path);
  const apply = commitWriter(connection.db);
  const prune = pruneOld(connection.db);
  const checkpoint = checkpointer(connection.db);
  return {
    queueId,
    epoch,
    reader: sqliteReader(reading, readableRows(report)),
    load: () => Promise.resolve(loadSnapshot(connection.db, report)),
    commit: (commit) =>
      Promise.resolve().then(() => {
        try {
          const firstEventId = apply(packCommit(commit));
          checkpoint();
          return { firstEventId };
        } catch (error) {
          throw toStoreFailure(error);
        }
      }),
    reopen: () => Promise.resolve(),
    prune: (what) => Promise.resolve().then(() => prune(what)),
    close: () => {
      reading.close();
      connection.closeInOrder();
      return Promise.resolve();
    },
  };
}
