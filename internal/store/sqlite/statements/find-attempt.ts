import type Database from 'better-sqlite3';
import { type AttemptRow, attemptColumns } from '../rows.ts';

export function findAttempt(db: Database.Database): (jobId: string, attempt: number) => AttemptRow | undefined {
  const statement = db.prepare<[string, number], AttemptRow>(`
    SELECT ${attemptColumns} FROM attempts WHERE job_id = unhex(?, '-') AND attempt = ?`);
  return (jobId, attempt) => statement.get(jobId, attempt);
}
