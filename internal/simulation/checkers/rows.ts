// The rows as the commits left them, rebuilt from the trace by the plainest means: maps and no cleverness. The checkers
// share this model; it has nothing in common with the program's own stores and nothing with its core.
import type { JobState } from '../../../pkg/models/index.ts';
import type { Commit } from '../../store/store.ts';

export type JobRow = Commit['inserts'][number];
export type AttemptRow = Commit['attempts'][number]['attempt'];

/** One change of a job's row as it was made. */
export interface RowChange {
  jobId: string;
  /** The state before; undefined for a new job, and for one that has no row. */
  from: JobState | undefined;
  /** The state after; undefined when the job has no row. */
  to: JobState | undefined;
  set: Commit['jobChanges'][number]['set'] | 'inserted';
}

export class Rows {
  readonly jobs = new Map<string, JobRow>();
  /** By `<jobId>/<attempt>`. */
  readonly attempts = new Map<string, AttemptRow>();
  readonly pending = new Map<string, JobRow>();
  readonly running = new Map<string, JobRow>();
  /** Held, scheduled and blocked. */
  readonly waiting = new Map<string, JobRow>();
  readonly settings: Commit['settings'] = {};
  readonly #keyOfWorkload = new Map<string, string>();

  /** The changes of jobs, in the order in which a store makes them. */
  apply(commit: Commit): RowChange[] {
    const changes: RowChange[] = [];
    for (const job of commit.inserts) changes.push(this.#insert(job));
    for (const { jobId, attempt } of commit.attempts) this.#putAttempt(jobId, attempt);
    for (const change of commit.jobChanges) changes.push(this.#changeJob(change));
    for (const { jobId, attempt, set } of commit.attemptChanges) {
      const key = `${jobId}/${attempt}`;
      const row = this.attempts.get(key);
      if (row) this.attempts.set(key, changed(row, set));
    }
    Object.assign(this.settings, commit.settings);
    return changes;
  }

  attempt(jobId: string, attempt: number): AttemptRow | undefined {
    return this.attempts.get(`${jobId}/${attempt}`);
  }

  /** `<jobId>/<attempt>` of the workload of that name. */
  keyOfWorkload(name: string): string | undefined {
    return this.#keyOfWorkload.get(name);
  }

  /** Drops what is finished and of no more interest, so that a long run stays small. */
  forget(jobId: string): void {
    const job = this.jobs.get(jobId);
    if (!job || !isOver(job)) return;
    this.jobs.delete(jobId);
    for (let number = 1; number <= job.attempt; number += 1) {
      const key = `${jobId}/${number}`;
      this.#keyOfWorkload.delete(this.attempts.get(key)?.workload.name ?? '');
      this.attempts.delete(key);
    }
  }

  #insert(job: JobRow): RowChange {
    const from = this.jobs.get(job.jobId)?.state;
    this.#file(job);
    return { jobId: job.jobId, from, to: job.state, set: 'inserted' };
  }

  #putAttempt(jobId: string, attempt: AttemptRow): void {
    const key = `${jobId}/${attempt.attempt}`;
    this.attempts.set(key, attempt);
    this.#keyOfWorkload.set(attempt.workload.name, key);
  }

  #changeJob({ jobId, set }: Commit['jobChanges'][number]): RowChange {
    const row = this.jobs.get(jobId);
    if (!row) return { jobId, from: undefined, to: undefined, set };
    const next = changed(row, set);
    this.#file(next);
    return { jobId, from: row.state, to: next.state, set };
  }

  #file(row: JobRow): void {
    this.jobs.set(row.jobId, row);
    if (row.state === 'pending') this.pending.set(row.jobId, row);
    else this.pending.delete(row.jobId);
    if (row.state === 'running') this.running.set(row.jobId, row);
    else this.running.delete(row.jobId);
    if (waitingStates.has(row.state)) this.waiting.set(row.jobId, row);
    else this.waiting.delete(row.jobId);
  }
}

/** Another row: those that were given out stay as they were. `null` clears. */
function changed<Row extends object>(row: Row, set: object): Row {
  const next = { ...row, ...set } as Record<string, unknown>;
  for (const [name, value] of Object.entries(set)) if (value === null) next[name] = undefined;
  return next as Row;
}

const waitingStates: ReadonlySet<string> = new Set(['held', 'scheduled', 'blocked']);
const finished: readonly string[] = ['succeeded', 'failed', 'cancelled', 'expired'];

export function isOver(job: JobRow): boolean {
  return finished.includes(job.state);
}

/** The number of the newest attempt that no quota refused and that is over; 0 when there is none. */
export function lastEnded({ state, attempt }: JobRow): number {
  return state === 'running' ? attempt - 1 : attempt;
}
