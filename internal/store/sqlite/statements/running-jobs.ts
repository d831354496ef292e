import type Database from 'better-sqlite3';
import { type AttemptRow, attemptColumns } from '../rows.ts';

/** A running job with its current attempt; without one the attempt's columns are null, all but `current`. */
export interface RunningRow extends AttemptRow {
  job: string;
  current: number;
  sequence: number;
  priority: number;
  rules: string | null;
  attempts_before: number | null;
  gave_way_times: number | null;
}

/** In order of dispatch. */
export function runningJobs(db: Database.Database): RunningRow[] {
  const statement = db.prepare<[], RunningRow>(`
    SELECT lower(hex(jobs.job_id)) AS job, jobs.attempt AS current, jobs.sequence, jobs.priority, jobs.rules, jobs.attempts_before,
      jobs.gave_way_times, ${attemptColumns}
    FROM jobs INDEXED BY jobs_by_state
      LEFT JOIN attempts ON attempts.job_id = jobs.job_id AND attempts.attempt = jobs.attempt
    WHERE jobs.state = 'running'
    ORDER BY attempts.dispatch_sequence`);
  return statement.all();
}
