import type Database from 'better-sqlite3';
import { type JobRow, jobColumns } from '../rows.ts';

/** Held, blocked and scheduled jobs in order of acceptance. */
export function waitingJobs(db: Database.Database): JobRow[] {
  const statement = db.prepare<[], JobRow>(`
    SELECT ${jobColumns} FROM jobs INDEXED BY jobs_by_state
    WHERE state IN ('held', 'blocked', 'scheduled') ORDER BY sequence`);
  return statement.all();
}
