// Moves the log into the database, so that it does not grow and a restart finds little of it. SQLite would do it within
// commits and keep a failed write or fsync of the database's file to itself; here it is done after the answer to a commit,
// and throws. A full disk is no error here: the log is as good a place, and the commit for which it has no room will fail.
import Database from 'better-sqlite3';

interface LogState {
  /** Pages in the log. */
  log: number;
  /** Those of them that are in the database already. */
  checkpointed: number;
}

const pagesInLog = 4_000;

/** Call after a commit. Throws SQLite's error when the log is long enough and cannot be moved. */
export function checkpointer(db: Database.Database): () => void {
  const look = db.prepare<[], LogState>('PRAGMA wal_checkpoint(NOOP)');
  return () => {
    const { log, checkpointed } = look.get() as LogState;
    if (log - checkpointed >= pagesInLog) checkpoint(db, 'PASSIVE');
  };
}

/**
 * Moves all of it. After a start or a failed commit the log may end in a commit that the system has shown to us and never
 * wrote to the disk, for a failed fsync is told only once. In the database it is written anew, and the log begins anew.
 * A reader from outside can keep the log from being emptied; then what could be moved has been.
 */
export function emptyLog(db: Database.Database): void {
  checkpoint(db, 'TRUNCATE');
}

function checkpoint(db: Database.Database, mode: 'PASSIVE' | 'TRUNCATE'): void {
  try {
    db.pragma(`wal_checkpoint(${mode})`);
  } catch (error) {
    if (!(error instanceof Database.SqliteError) || error.code !== 'SQLITE_FULL') throw error;
  }
}
