import type Database from 'better-sqlite3';
import { highestNumber } from '../sound-values.ts';

/**
 * The highest event id there ever was: acceptances and changes share the numbers. 0 before the first. Absurd ones do not
 * count, or there would be no next one.
 */
export function lastEvent(db: Database.Database): () => number {
  const statement = db.prepare<[], number>(`
    SELECT max(
      coalesce((SELECT last_event FROM meta WHERE last_event <= ${highestNumber}), 0),
      coalesce((SELECT max(event_id) FROM events WHERE event_id <= ${highestNumber}), 0),
      coalesce((SELECT accepted_event FROM jobs
        WHERE sequence <= ${highestNumber} AND accepted_event <= ${highestNumber} ORDER BY sequence DESC LIMIT 1), 0)
    )`);
  statement.pluck();
  return () => statement.get() as number;
}
