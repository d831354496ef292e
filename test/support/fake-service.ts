// A JobService for tests of the HTTP side: jobs in an array, answers at once, and switches for what a test needs
// to go wrong. It knows nothing of slots or time: what runs is what a test says runs.
import type {
  Health,
  IdempotencyKey,
  JobChanges,
  JobService,
  JobsFilter,
  JobView,
  Page,
  PageRequest,
  QueueEntry,
  Settings,
  Submitted,
} from '../../pkg/api/service.ts';
import { accepted, isFinished, type JobSubmission, type Refusal, refused } from '../../pkg/models/index.ts';

const startedAt = Date.parse('2026-11-04T09:30:00.000Z');

/** A pending job; name what matters, the rest is there. */
export function aJob(fields: Partial<JobView> = {}): JobView {
  const sequence = fields.sequence ?? 1;
  return {
    jobId: jobIdOf(sequence),
    sequence,
    name: `job${sequence}`,
    priority: 0,
    queue: 'default',
    workload: {},
    state: 'pending',
    reason: 'waiting_for_slot',
    attempt: 0,
    createdAt: startedAt,
    attempts: [],
    timeline: [{ at: startedAt, state: 'pending' }],
    ...fields,
  };
}

/** The id of the job with this acceptance number. */
export function jobIdOf(sequence: number): string {
  return `019a4e0c-5d6f-7a31-9c42-${sequence.toString(16).padStart(12, '0')}`;
}

const healthy: Health = {
  accepting: true,
  cluster: 'simulated',
  store: 'ok',
  stopping: false,
  maxConcurrency: 2,
  paused: false,
  running: 0,
  pending: 0,
  waiting: 0,
};

export class FakeService implements JobService {
  readonly submissions: JobSubmission[] = [];
  /** Idempotency keys, as they came. */
  readonly keys: string[] = [];
  /** In order of acceptance. */
  readonly stored: JobView[] = [];
  /** When set, every write is refused with it. */
  refusal: Refusal | undefined;
  /** When set, every call throws it: a bug of ours. */
  bug: Error | undefined;
  lastFilter: JobsFilter | undefined;
  state: Health = healthy;

  /** As if it were new. */
  reset(): void {
    this.submissions.length = 0;
    this.stored.length = 0;
    this.keys.length = 0;
    this.refusal = undefined;
    this.bug = undefined;
    this.lastFilter = undefined;
    this.state = healthy;
  }

  with(...jobs: JobView[]): this {
    this.stored.push(...jobs);
    return this;
  }

  async submitAll(submissions: readonly JobSubmission[], key?: IdempotencyKey) {
    this.#throwBug();
    if (this.refusal !== undefined) return { ok: false as const, refusal: this.refusal };
    const replayed = key !== undefined && this.keys.includes(key.key);
    if (key) this.keys.push(key.key);
    return accepted({ jobs: submissions.map((submission) => this.#accept(submission)), replayed });
  }

  async submitEach(entries: Parameters<JobService['submitEach']>[0]) {
    return Promise.all(entries.map(({ submission, key }) => this.submit(submission, key)));
  }

  async submit(submission: JobSubmission, key?: IdempotencyKey) {
    const answer = await this.submitAll([submission], key);
    if (!answer.ok) return answer;
    const { jobs, replayed } = answer.value;
    return accepted({ ...(jobs[0] as Submitted), replayed });
  }

  #accept(submission: JobSubmission): Submitted {
    const { name, priority, queue } = submission;
    const job = aJob({ sequence: this.stored.length + 1, name, priority, queue });
    const queuePosition = this.#pendingJobs().filter((other) => other.priority >= priority).length;
    this.submissions.push(submission);
    this.stored.push(job);
    return { jobId: job.jobId, name, queuePosition };
  }

  async cancel(jobId: string) {
    return this.#change(jobId, (job) => {
      if (job.state === 'running') job.reason = 'cancelling';
      if (job.state === 'pending') Object.assign(job, { state: 'cancelled', reason: 'by_user', finishedAt: startedAt });
      return accepted(job);
    });
  }

  async change(jobId: string, { priority, held }: JobChanges) {
    return this.#change(jobId, (job) => {
      if (isFinished(job.state)) return refused('job_finished', `job ${jobId} is ${job.state}`);
      job.priority = priority ?? job.priority;
      if (held !== undefined) Object.assign(job, { held, state: held ? 'held' : 'pending' });
      return accepted(job);
    });
  }

  async retry(jobId: string) {
    return this.#change(jobId, (job) => {
      if (!isFinished(job.state)) return refused('job_not_finished', `job ${jobId} is ${job.state}`);
      job.state = 'pending';
      return accepted(job);
    });
  }

  settings(): Settings {
    return { maxConcurrency: this.state.maxConcurrency, paused: this.state.paused };
  }

  async configure(changes: Partial<Settings>) {
    if (this.refusal !== undefined) return { ok: false as const, refusal: this.refusal };
    this.state = { ...this.state, ...changes };
    return accepted(this.settings());
  }

  job(jobId: string): JobView | undefined {
    this.#throwBug();
    return this.stored.find((job) => job.jobId === jobId);
  }

  pending(page: PageRequest): Page<QueueEntry> {
    this.#throwBug();
    return pageOf(this.#pendingJobs(), page);
  }

  running(page: PageRequest): Page<QueueEntry> {
    this.#throwBug();
    const running = this.stored.filter((job) => job.state === 'running');
    return pageOf(running, page);
  }

  queue({ position, ...page }: PageRequest & { position?: number }): Page<JobView> {
    this.#throwBug();
    const from = position === undefined ? {} : { after: [position] };
    const jobs = this.#pendingJobs().map((job, queuePosition) => ({ ...job, queuePosition }));
    return pageOf(jobs, { ...from, ...page });
  }

  finished(page: PageRequest): Page<JobView> {
    this.#throwBug();
    const ended = this.stored.filter((job) => job.finishedAt !== undefined);
    return pageOf(
      ended.sort((a, b) => (b.finishedAt as number) - (a.finishedAt as number)),
      page,
    );
  }

  jobs(filter: JobsFilter, page: PageRequest): Page<JobView> {
    this.#throwBug();
    this.lastFilter = filter;
    const fits = (job: JobView): boolean =>
      (filter.states?.includes(job.state) ?? true) &&
      (filter.queue ?? job.queue) === job.queue &&
      (filter.name ?? job.name) === job.name &&
      Object.entries(filter.labels ?? {}).every(([key, value]) => job.labels?.[key] === value);
    return pageOf(this.stored.filter(fits).reverse(), page);
  }

  health(): Health {
    return this.state;
  }

  #throwBug(): void {
    if (this.bug !== undefined) throw this.bug;
  }

  #pendingJobs(): JobView[] {
    const pending = this.stored.filter((job) => job.state === 'pending');
    return pending.sort((a, b) => b.priority - a.priority || a.sequence - b.sequence);
  }

  #change(jobId: string, change: (job: JobView) => Awaited<ReturnType<JobService['cancel']>>) {
    if (this.refusal !== undefined) return { ok: false as const, refusal: this.refusal };
    const job = this.job(jobId);
    return job === undefined ? refused('job_not_found', `There is no job with the id ${jobId}.`) : change(job);
  }
}

/** The cursor of these pages is the number of items before. */
function pageOf<T>(items: T[], { limit, after }: PageRequest): Page<T> {
  const from = after?.[0] ?? 0;
  const page: Page<T> = { items: items.slice(from, from + limit), total: items.length };
  return from + limit < items.length ? { ...page, next: [from + limit] } : page;
}
