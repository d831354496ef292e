import type Database from 'better-sqlite3';
import { latestTime } from '../sound-values.ts';

export interface ExpiringRow {
  job_id: string;
  expires_at: number;
}

/** Unfinished jobs that never had a workload and expire. */
export function expiringJobs(db: Database.Database): ExpiringRow[] {
  const statement = db.prepare<[], ExpiringRow>(`
    SELECT lower(hex(job_id)) AS job_id, expires_at FROM jobs INDEXED BY jobs_expiring
    WHERE expires_at IS NOT NULL AND abs(expires_at) <= ${latestTime} AND finished_at IS NULL ORDER BY sequence`);
  return statement.all();
}
