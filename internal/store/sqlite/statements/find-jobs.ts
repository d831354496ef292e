import type Database from 'better-sqlite3';
import { type JobRow, jobColumns } from '../rows.ts';

/** In the order of the ids, those that are there. */
export function findJobs(db: Database.Database): (jobIds: readonly string[]) => JobRow[] {
  const statement = db.prepare<[string], JobRow>(`
    SELECT ${jobColumns}
    FROM json_each(?) AS wanted CROSS JOIN jobs ON jobs.job_id = unhex(wanted.value, '-')
    ORDER BY wanted.key`);
  return (jobIds) => statement.all(JSON.stringify(jobIds));
}
