// One process for each database: a lock of the operating system on the file `<path>.lock`, held as an SQLite transaction
// that never ends. The system drops it the moment its process dies, however it dies, so there is no stale lock to judge
// and none to remove: no process number that another container cannot look up or that was given out again, and no
// moment between two steps in which two could win. The file stays empty and stays there: deleting it would let a second
// process lock a new one. It must be opened by SQLite only: closing any other handle of it in this process would drop
// the lock (POSIX).
import Database from 'better-sqlite3';
import { StoreFailure } from '../store.ts';
import { openReadConnection } from './connection.ts';
import { ownerOf } from './statements/owner-of.ts';

export interface OwnerLock {
  release(): void;
}

/** Throws a StoreFailure `locked` that says who holds it, or SQLite's error when the file cannot be made. */
export function takeOwnerLock(path: string): OwnerLock {
  const lock = new Database(`${path}.lock`, { timeout: 0 });
  try {
    lock.pragma('journal_mode = MEMORY');
    lock.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    lock.close();
    throw isBusy(error) ? lockedBy(path, error) : error;
  }
  return { release: () => lock.close() };
}

function isBusy(error: unknown): boolean {
  return error instanceof Database.SqliteError && error.code.startsWith('SQLITE_BUSY');
}

function lockedBy(path: string, cause: unknown): StoreFailure {
  const owner = ownerIn(path);
  return new StoreFailure(
    'locked',
    `another kubejobs holds it${owner ? ` (${owner})` : ''}. One process at a time can use a database: ` +
      'end that one, or give another path.',
    { cause },
  );
}

/** As it wrote itself down when it took the database over; only for the message, so any error leaves it out. */
function ownerIn(path: string): string | undefined {
  try {
    const db = openReadConnection(path);
    try {
      return ownerOf(db);
    } finally {
      db.close();
    }
  } catch {
    return undefined;
  }
}
