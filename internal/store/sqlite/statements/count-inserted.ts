import type Database from 'better-sqlite3';
import type { Job } from '../../../../pkg/models/index.ts';
import type { Value } from '../packed.ts';

/** state, number; for each state that the jobs have. */
export function packCounts(jobs: readonly Job[]): Value[] {
  const counts = new Map<string, number>();
  for (const { state } of jobs) counts.set(state, (counts.get(state) ?? 0) + 1);
  return [...counts].flat();
}

export function countInserted(db: Database.Database): (counts: Value[]) => void {
  const statement = db.prepare(`
    INSERT INTO job_counts (state, jobs) VALUES (?, ?)
    ON CONFLICT (state) DO UPDATE SET jobs = jobs + excluded.jobs`);
  return (counts) => {
    for (let at = 0; at < counts.length; at += 2) statement.run(counts.slice(at, at + 2));
  };
}
