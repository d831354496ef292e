import type Database from 'better-sqlite3';

/** The highest event id there ever was: acceptances and changes share the numbers. 0 before the first. */
export function lastEvent(db: Database.Database): () => number {
  const statement = db.prepare<[], number>(`
    SELECT max(
      coalesce((SELECT last_event FROM meta), 0),
      coalesce((SELECT max(event_id) FROM events), 0),
      coalesce((SELECT accepted_event FROM jobs ORDER BY sequence DESC LIMIT 1), 0)
    )`);
  statement.pluck();
  return () => statement.get() as number;
}
