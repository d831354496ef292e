import type Database from 'better-sqlite3';

/** Writes the row that is there again: a page in the log and an fsync, or the error. */
export function proveWrite(db: Database.Database): undefined {
  db.prepare('UPDATE meta SET epoch = epoch').run();
}
