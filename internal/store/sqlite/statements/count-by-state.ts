import type Database from 'better-sqlite3';
import { type JobState, jobStates } from '../../../../pkg/models/index.ts';
import { isNumber } from '../sound-values.ts';

/** More than one file holds. */
const mostJobs = 2 ** 32;

/** The maintained counts: nine rows at most, however many jobs there are. One that cannot be is counted anew. */
export function countByState(db: Database.Database): () => Record<JobState, number> {
  const statement = db.prepare<[], { state: string; jobs: number }>('SELECT state, jobs FROM job_counts');
  const counted = db.prepare<[string], number>('SELECT count(*) FROM jobs INDEXED BY jobs_by_state WHERE state = ?');
  counted.pluck();
  const countOf = (state: JobState, jobs = 0): number =>
    isNumber(jobs, 0, mostJobs) ? jobs : (counted.get(state) as number);
  return () => {
    const rows = new Map(statement.all().map(({ state, jobs }) => [state, jobs]));
    const counts = jobStates.map((state) => [state, countOf(state, rows.get(state))]);
    return Object.fromEntries(counts) as Record<JobState, number>;
  };
}

/** What the counts say that cannot be, in words. */
export function oddCounts(db: Database.Database): string[] {
  const rows = db.prepare<[], { state: string; jobs: number }>('SELECT state, jobs FROM job_counts').all();
  return rows.flatMap(({ state, jobs }) => {
    const isKnown = (jobStates as readonly string[]).includes(state);
    if (!isKnown && jobs !== 0) return [`${jobs} jobs are in the state "${state}", which this program does not know`];
    return isNumber(jobs, 0, mostJobs) ? [] : [`${jobs} jobs are counted as ${state}; they were counted anew`];
  });
}
