// What the HTTP server needs from whoever owns the queue. The engine fits this by shape; tests give a small fake.
// Nothing here throws for business reasons: a refusal is a value with a code of the error catalogue. A read may throw an
// error named StoreFailure, with a message for people, when the rows cannot be had now.
import type { Answer, JobDetail, JobState, JobSubmission } from '../models/index.ts';

export interface Submitted {
  jobId: string;
  name: string;
  /** Pending jobs ahead of this one at the moment of its acceptance. */
  queuePosition: number;
}

/** `fingerprint`: of the request's content, so that a key is not taken for another request. */
export interface IdempotencyKey {
  key: string;
  fingerprint: string;
}

export interface JobChanges {
  priority?: number;
  held?: boolean;
}

export interface Settings {
  maxConcurrency: number;
  paused: boolean;
}

/** A job with what only the live queue knows: its position, and the reason of this moment. */
export interface JobView extends JobDetail {
  queuePosition?: number;
}

/** A line of the two fixed lists. */
export interface QueueEntry {
  jobId: string;
  name: string;
  priority: number;
}

/** `after` is the `next` of the page before: numbers that only the service understands. */
export interface PageRequest {
  limit: number;
  after?: readonly number[];
}

export interface Page<T> {
  items: T[];
  next?: readonly number[];
  /** How many there are in all; absent when counting would cost too much. */
  total?: number;
}

export interface JobsFilter {
  states?: JobState[];
  queue?: string;
  name?: string;
  /** What the name begins with. */
  namePrefix?: string;
  labels?: Record<string, string>;
}

export interface Health {
  /** Whether a submission would be accepted now. */
  accepting: boolean;
  /** Why not. */
  detail?: string;
  cluster: 'reachable' | 'unreachable' | 'simulated';
  store: 'ok' | 'unavailable';
  stopping: boolean;
  maxConcurrency: number;
  paused: boolean;
  running: number;
  pending: number;
  /** Held, scheduled and blocked jobs. */
  waiting: number;
}

export interface JobService {
  /** `replayed`: the answer of an earlier request with the same key. */
  submit(submission: JobSubmission, idempotency?: IdempotencyKey): Promise<Answer<Submitted & { replayed: boolean }>>;
  /** Each for itself, in their order; one answer for each. */
  submitEach(
    entries: ReadonlyArray<{ submission: JobSubmission; key?: IdempotencyKey }>,
  ): Promise<Array<Answer<Submitted & { replayed: boolean }>>>;
  /** All of them or none. */
  submitAll(
    submissions: readonly JobSubmission[],
    idempotency?: IdempotencyKey,
  ): Promise<Answer<{ jobs: Submitted[]; replayed: boolean }>>;
  /** A pending job ends at once, a running one goes to `cancelling`; a finished one is answered as it is. */
  cancel(jobId: string): Promise<Answer<JobView>>;
  /** For a job that does not run: all of the changes or none. */
  change(jobId: string, changes: JobChanges): Promise<Answer<JobView>>;
  /** A finished job is run again; it keeps its acceptance number. */
  retry(jobId: string): Promise<Answer<JobView>>;
  settings(): Settings;
  configure(changes: Partial<Settings>): Promise<Answer<Settings>>;
  job(jobId: string): JobView | undefined;
  /** In dispatch order. */
  pending(page: PageRequest): Page<QueueEntry>;
  /** In order of dispatch. */
  running(page: PageRequest): Page<QueueEntry>;
  /** The pending jobs, as `pending` lists them, in full but for attempts and timeline; from `position` on without `after`. */
  queue(page: PageRequest & { position?: number }): Page<JobView>;
  /** Finished jobs, the newest end first, without attempts and timeline. */
  finished(page: PageRequest): Page<JobView>;
  /** Newest first, without attempts and timeline. */
  jobs(filter: JobsFilter, page: PageRequest): Page<JobView>;
  health(): Health;
}
