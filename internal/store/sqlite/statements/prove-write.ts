import type Database from 'better-sqlite3';

/**
 * A page in the log and an fsync, or the error; the row is what it was. In two steps, because a row that is overwritten
 * with itself is not written at all.
 */
export function proveWrite(db: Database.Database): undefined {
  const add = db.prepare('UPDATE meta SET epoch = epoch + ?');
  db.transaction(() => {
    add.run(1);
    add.run(-1);
  }).immediate();
}
