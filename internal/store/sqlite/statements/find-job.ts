import type Database from 'better-sqlite3';
import { type JobRow, jobColumns } from '../rows.ts';

export function findJob(db: Database.Database): (jobId: string) => JobRow | undefined {
  const statement = db.prepare<[string], JobRow>(`SELECT ${jobColumns} FROM jobs WHERE job_id = unhex(?, '-')`);
  return (jobId) => statement.get(jobId);
}
