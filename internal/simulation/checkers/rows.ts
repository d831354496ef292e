// The rows as the commits left them, rebuilt from the trace by the plainest means: maps, no indexes, no cleverness.
// Checkers share this model; it has nothing in common with the program's own stores.
import type { Commit } from '../../store/store.ts';

export type JobRow = Commit['inserts'][number];
export type AttemptRow = Commit['attempts'][number]['attempt'];

export class Rows {
  readonly jobs = new Map<string, JobRow>();
  readonly attempts = new Map<string, AttemptRow>();

  apply(commit: Commit): void {
    for (const job of commit.inserts) this.jobs.set(job.jobId, { ...job });
    for (const { jobId, attempt } of commit.attempts) this.attempts.set(`${jobId}/${attempt.attempt}`, { ...attempt });
    for (const { jobId, set } of commit.jobChanges) Object.assign(this.jobs.get(jobId) ?? {}, withoutNulls(set));
    for (const { jobId, attempt, set } of commit.attemptChanges) {
      Object.assign(this.attempts.get(`${jobId}/${attempt}`) ?? {}, withoutNulls(set));
    }
  }

  inState(state: JobRow['state']): JobRow[] {
    return [...this.jobs.values()].filter((job) => job.state === state);
  }
}

function withoutNulls(set: object): object {
  return Object.fromEntries(Object.entries(set).map(([name, value]) => [name, value === null ? undefined : value]));
}

const finished: readonly string[] = ['succeeded', 'failed', 'cancelled', 'expired'];

export function isOver(job: JobRow): boolean {
  return finished.includes(job.state);
}
