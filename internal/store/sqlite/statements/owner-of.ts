import type Database from 'better-sqlite3';

/** Who took the database over last, in words. */
export function ownerOf(db: Database.Database): string | undefined {
  const owner = db.prepare<[], string | null>('SELECT owner FROM meta').pluck().get();
  return owner ?? undefined;
}
