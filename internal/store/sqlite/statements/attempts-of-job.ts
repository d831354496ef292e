import type Database from 'better-sqlite3';
import { type AttemptRow, attemptColumns } from '../rows.ts';

export function attemptsOfJob(db: Database.Database): (jobId: string) => AttemptRow[] {
  const statement = db.prepare<[string], AttemptRow>(`
    SELECT ${attemptColumns} FROM attempts WHERE job_id = unhex(?, '-') ORDER BY attempt`);
  return (jobId) => statement.all(jobId);
}
