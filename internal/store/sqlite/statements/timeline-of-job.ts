import type Database from 'better-sqlite3';
import type { TimelineRow } from '../rows.ts';

export function timelineOfJob(db: Database.Database): (jobId: string) => TimelineRow[] {
  const statement = db.prepare<[string], TimelineRow>(`
    SELECT lower(hex(job_id)) AS job_id, at, state, reason, message, attempt
    FROM events WHERE job_id = unhex(?, '-') ORDER BY event_id`);
  return (jobId) => statement.all(jobId);
}
