import type Database from 'better-sqlite3';
import { type JobState, jobStates } from '../../../../pkg/models/index.ts';

/** The maintained counts: nine rows at most, however many jobs there are. */
export function countByState(db: Database.Database): () => Record<JobState, number> {
  const statement = db.prepare<[], { state: string; jobs: number }>('SELECT state, jobs FROM job_counts');
  return () => {
    const rows = new Map(statement.all().map(({ state, jobs }) => [state, jobs]));
    return Object.fromEntries(jobStates.map((state) => [state, rows.get(state) ?? 0])) as Record<JobState, number>;
  };
}
