import type Database from 'better-sqlite3';

/** The last write of an owner that closes the database in order. */
export function handOver(db: Database.Database): void {
  db.prepare('UPDATE meta SET owner = NULL').run();
}
