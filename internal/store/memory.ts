// A store that forgets everything when the process ends: for dry runs and tests. It keeps every promise of the interface
// but durability, so a simulated crash may drop the process around it and open it again.
import {
  type Attempt,
  type Job,
  type JobDetail,
  type JobState,
  jobStates,
  type TimelineEntry,
} from '../../pkg/models/index.ts';
import { packJobIds } from './job-id.ts';
import {
  type Commit,
  type JobFilter,
  type JobPage,
  type RunningJobRow,
  type Snapshot,
  type Store,
  StoreFailure,
  type StoreReader,
} from './store.ts';

interface Row {
  job: Job;
  attempts: Attempt[];
  timeline: TimelineEntry[];
}

/** Throws nothing; `epoch` counts the opens of the same rows. */
export function memoryStore(options: { queueId: string }): Store {
  return new MemoryStore(options.queueId);
}

class MemoryStore implements Store, StoreReader {
  readonly queueId: string;
  readonly epoch = 1;
  readonly #rows = new Map<string, Row>();
  /** In order of acceptance. */
  readonly #accepted: Row[] = [];
  /** Finished attempts with something to delete. */
  readonly #cleanups = new Map<string, { jobId: string; attempt: Attempt }>();
  #open = true;

  constructor(queueId: string) {
    this.queueId = queueId;
  }

  get reader(): StoreReader {
    return this;
  }

  async load(): Promise<Snapshot> {
    const pending = this.#accepted.filter((row) => row.job.state === 'pending').map((row) => row.job);
    const counts = Object.fromEntries(jobStates.map((state) => [state, 0])) as Record<JobState, number>;
    let lastDispatchSequence = 0;
    for (const { job, attempts } of this.#accepted) {
      counts[job.state] += 1;
      for (const one of attempts) lastDispatchSequence = Math.max(lastDispatchSequence, one.dispatchSequence);
    }
    return {
      lastSequence: this.#accepted.at(-1)?.job.sequence ?? 0,
      lastDispatchSequence,
      pending: {
        count: pending.length,
        ids: packJobIds(pending.map((job) => job.jobId)),
        priorities: Int32Array.from(pending, (job) => job.priority),
        sequences: Float64Array.from(pending, (job) => job.sequence),
      },
      running: this.#accepted.flatMap(runningRow),
      counts,
    };
  }

  async commit(commit: Commit): Promise<void> {
    if (!this.#open) throw new StoreFailure('io', 'the memory store is closed');
    for (const job of commit.inserts) this.#insert(job);
    for (const { jobId, attempt } of commit.attempts) this.#putAttempt(jobId, { ...attempt });
    for (const { jobId, set } of commit.jobChanges) change(this.#row(jobId).job, set);
    for (const { jobId, attempt, set } of commit.attemptChanges) this.#changeAttempt(jobId, attempt, set);
    for (const { jobId, entry } of commit.timeline) this.#row(jobId).timeline.push({ ...entry });
  }

  async reopen(): Promise<void> {
    this.#open = true;
  }

  async close(): Promise<void> {
    this.#open = false;
  }

  job(jobId: string): JobDetail | undefined {
    const row = this.#rows.get(jobId.toLowerCase());
    if (!row) return undefined;
    const { job, attempts, timeline } = row;
    return { ...job, attempts: attempts.map(copyAttempt), timeline: timeline.map((entry) => ({ ...entry })) };
  }

  jobs(jobIds: readonly string[]): Job[] {
    return jobIds.flatMap((jobId) => {
      const row = this.#rows.get(jobId.toLowerCase());
      return row ? [{ ...row.job }] : [];
    });
  }

  attempt(jobId: string, attempt: number): Attempt | undefined {
    const found = this.#rows.get(jobId)?.attempts.find((one) => one.attempt === attempt);
    return found && copyAttempt(found);
  }

  list(filter: JobFilter, limit: number, before = Number.POSITIVE_INFINITY): JobPage {
    const matching = this.#accepted.filter((row) => matches(row.job, filter));
    const rest = matching.filter((row) => row.job.sequence < before).reverse();
    const jobs = rest.slice(0, limit).map((row) => ({ ...row.job }));
    const more = rest.length > jobs.length ? jobs.at(-1) : undefined;
    return { jobs, total: matching.length, ...(more && { next: more.sequence }) };
  }

  dueCleanups(at: number, limit: number): Array<{ jobId: string; attempt: Attempt }> {
    return [...this.#cleanups.values()]
      .filter(({ attempt }) => (attempt.cleanupAt as number) <= at)
      .sort((a, b) => (a.attempt.cleanupAt as number) - (b.attempt.cleanupAt as number))
      .slice(0, limit)
      .map(({ jobId, attempt }) => ({ jobId, attempt: copyAttempt(attempt) }));
  }

  #insert(job: Job): void {
    const timeline: TimelineEntry[] = [
      { at: job.createdAt, state: job.state, ...(job.reason !== undefined && { reason: job.reason }) },
    ];
    const row = { job: { ...job }, attempts: [], timeline };
    this.#rows.set(job.jobId, row);
    this.#accepted.push(row);
  }

  #row(jobId: string): Row {
    const row = this.#rows.get(jobId);
    if (!row) throw new Error(`there is no row of job ${jobId}`);
    return row;
  }

  #putAttempt(jobId: string, attempt: Attempt): void {
    const { attempts } = this.#row(jobId);
    const index = attempts.findIndex((one) => one.attempt === attempt.attempt);
    if (index < 0) attempts.push(attempt);
    else attempts[index] = attempt;
  }

  #changeAttempt(jobId: string, number: number, set: Commit['attemptChanges'][number]['set']): void {
    const attempt = this.#row(jobId).attempts.find((one) => one.attempt === number);
    if (!attempt) throw new Error(`there is no attempt ${number} of job ${jobId}`);
    const { uid, ...columns } = set;
    change(attempt, columns);
    if (uid !== undefined) attempt.workload = { ...attempt.workload, uid };
    const key = `${jobId}/${number}`;
    if (attempt.cleanupAt === undefined) this.#cleanups.delete(key);
    else this.#cleanups.set(key, { jobId, attempt });
  }
}

/** `null` clears a column, `undefined` leaves it. */
function change(row: object, set: object): void {
  const columns = row as Record<string, unknown>;
  for (const [column, value] of Object.entries(set)) {
    if (value === null) delete columns[column];
    else if (value !== undefined) columns[column] = value;
  }
}

function copyAttempt(attempt: Attempt): Attempt {
  return { ...attempt, workload: { ...attempt.workload } };
}

function runningRow({ job, attempts }: Row): RunningJobRow[] {
  if (job.state !== 'running') return [];
  const attempt = attempts.find((one) => one.attempt === job.attempt);
  const { jobId, sequence, priority } = job;
  return attempt ? [{ jobId, sequence, priority, attempt: copyAttempt(attempt) }] : [];
}

function matches(job: Job, filter: JobFilter): boolean {
  if (filter.states && !filter.states.includes(job.state)) return false;
  if (filter.queue !== undefined && job.queue !== filter.queue) return false;
  if (filter.name !== undefined && job.name !== filter.name) return false;
  return Object.entries(filter.labels ?? {}).every(([key, value]) => job.labels?.[key] === value);
}
