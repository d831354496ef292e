import type Database from 'better-sqlite3';

/** Before the owner's words, from take-over to the end in order. */
export const openBy = 'open by ';

function owner(db: Database.Database): string {
  return db.prepare<[], string | null>('SELECT owner FROM meta').pluck().get() ?? '';
}

/** Who has the database open, in words. */
export function ownerOf(db: Database.Database): string | undefined {
  const words = owner(db);
  return words.startsWith(openBy) ? words.slice(openBy.length) : undefined;
}

/** Whether whoever had it last has not closed it in order. False for a database that has no tables yet. */
export function isOpen(db: Database.Database): boolean {
  const hasTable = db.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'meta'").get() !== undefined;
  return hasTable && ownerOf(db) !== undefined;
}
