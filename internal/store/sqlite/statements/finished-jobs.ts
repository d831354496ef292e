import type Database from 'better-sqlite3';
import type { EndPlace } from '../../store.ts';
import { type JobRow, jobColumns } from '../rows.ts';

/** The newest ends first. The index on the ends has the acceptance numbers too, for they are the rows' own. */
export function finishedJobs(db: Database.Database): (limit: number, behind?: EndPlace) => JobRow[] {
  const statement = db.prepare<[number, number, number], JobRow>(`
    SELECT ${jobColumns} FROM jobs INDEXED BY jobs_by_end
    WHERE finished_at IS NOT NULL AND (finished_at, sequence) < (?, ?)
    ORDER BY finished_at DESC, sequence DESC LIMIT ?`);
  const first: EndPlace = { finishedAt: Number.MAX_SAFE_INTEGER, sequence: Number.MAX_SAFE_INTEGER };
  return (limit, { finishedAt, sequence } = first) => statement.all(finishedAt, sequence, limit);
}
