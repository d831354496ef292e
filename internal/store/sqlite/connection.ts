// Opening the connections, and what each is set to. Whose file it is and whether it is sound is looked at before anything
// is written (inspection.ts).
import { existsSync, rmSync, statSync } from 'node:fs';
import Database from 'better-sqlite3';
import { StoreFailure } from '../store.ts';
import { assertClosed, inspectContents, inspectFiles } from './inspection.ts';
import { migrate } from './migrate.ts';
import { handOver } from './statements/hand-over.ts';

const busyTimeoutMs = 5_000;

/** The writer's. */
export interface WriteConnection {
  db: Database.Database;
  /** Everything moves from the log into the database, and the log is removed. */
  closeInOrder(): void;
  /** Nothing is written any more: the next start finds in the log what was committed. */
  abandon(): void;
}

/**
 * The last connection that closes moves the log into the database and removes it, unless it cannot write. So one that
 * cannot, the keeper, stays open beside the one that can: a database that is refused stays what it was, and one that is
 * given up is left to the next start. Throws SQLite's errors and StoreFailures whose message lacks the path.
 */
export function openWriteConnection(path: string): WriteConnection {
  inspectFiles(path);
  const hadLog = existsSync(`${path}-wal`);
  let keeper = tryKeeper(path);
  const db = new Database(path, { timeout: busyTimeoutMs });
  try {
    db.pragma('cell_size_check = ON');
    inspectContents(db);
    if (!hadLog) assertClosed(db, path);
    makeDurable(db);
    migrate(db);
    keeper?.close();
    keeper = openKeeper(path);
  } catch (error) {
    closeAll([db, keeper]);
    if (!hadLog) removeEmptyLog(path);
    throw error;
  }
  return {
    db,
    closeInOrder: () => {
      try {
        handOver(db);
        keeper?.close();
      } finally {
        closeAll([db, keeper]);
      }
    },
    abandon: () => closeAll([db, keeper]),
  };
}

/** Looking at a database makes one; left there it would pass for the one that was missing. */
export function removeEmptyLog(path: string): void {
  const log = `${path}-wal`;
  if (statSync(log, { throwIfNoEntry: false })?.size === 0) rmSync(log);
}

function closeAll(connections: Array<Database.Database | undefined>): void {
  for (const connection of connections) connection?.close();
}

/** Undefined when it cannot be read: then there is no log in use, and the other connection will say what is wrong. */
function tryKeeper(path: string): Database.Database | undefined {
  try {
    return openKeeper(path);
  } catch {
    return undefined;
  }
}

/** A connection takes part in the log from its first read on: one that needs no schema, which may be damaged. */
function openKeeper(path: string): Database.Database {
  const db = openReadConnection(path);
  try {
    db.pragma('schema_version');
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

/** The reader's; the file is open for writing elsewhere already. */
export function openReadConnection(path: string): Database.Database {
  const db = new Database(path, { timeout: busyTimeoutMs, readonly: true, fileMustExist: true });
  db.pragma('cell_size_check = ON');
  return db;
}

/** WAL, and an fsync at every commit: the build's default for WAL is not to. */
function makeDurable(db: Database.Database): void {
  const mode = db.pragma('journal_mode = WAL', { simple: true });
  db.pragma('synchronous = FULL');
  const synchronous = db.pragma('synchronous', { simple: true });
  if (mode !== 'wal' || synchronous !== 2) {
    throw new StoreFailure(
      'io',
      `it cannot be made durable here (journal_mode ${String(mode)}, synchronous ${String(synchronous)}). ` +
        'Put it on a local disk.',
    );
  }
  // Within a commit SQLite would not tell of a checkpoint that failed: see checkpoints.ts.
  db.pragma('wal_autocheckpoint = 0');
  db.pragma(`journal_size_limit = ${64 * 1024 * 1024}`);
  db.pragma('cache_size = -32768');
}
