// The durable truth behind one interface. Every implementation passes the same contract suite (test/contract/store.ts).
// A commit is all or nothing and durable when its promise resolves; reads see the last commit and never wait for one.
import type {
  Attempt,
  AttemptColumns,
  AttemptRules,
  Delivery,
  DeliveryState,
  Dependency,
  Job,
  JobColumns,
  JobDetail,
  JobState,
  Schedule,
  ScheduledReason,
  TimelineEntry,
} from '../../pkg/models/index.ts';

export interface JobChange {
  jobId: string;
  set: JobColumns;
}

export interface AttemptChange {
  jobId: string;
  attempt: number;
  set: AttemptColumns;
}

/** Settings that people changed while the queue ran; absent ones are as the program was started. */
export interface StoredSettings {
  maxConcurrency?: number;
  paused?: boolean;
}

/** The answer that an idempotency key stands for. */
export interface IdempotencyRecord {
  key: string;
  /** Of the request's content: another one under the same key is a mistake. */
  fingerprint: string;
  jobId: string;
  queuePosition: number;
  createdAt: number;
}

/** One turn's writes, applied in this order: inserts, started attempts, job changes, attempt changes, timeline, the rest. */
export interface Commit {
  /** New jobs, in order of acceptance. Their first timeline entry (state at `createdAt`) is implied, not stored. */
  inserts: Job[];
  /** New attempts; one of the same job and number that is there already is replaced. */
  attempts: Array<{ jobId: string; attempt: Attempt }>;
  jobChanges: JobChange[];
  attemptChanges: AttemptChange[];
  timeline: Array<{ jobId: string; entry: TimelineEntry }>;
  settings: StoredSettings;
  idempotency: IdempotencyRecord[];
  /** New ones, and changed ones in full; told apart by their ids. */
  schedules: Schedule[];
  /** The ids of those to delete. */
  removedSchedules: string[];
  /** New ones, and changed ones in full; told apart by their ids. */
  deliveries: Delivery[];
  /** The ids of those to delete. */
  removedDeliveries: string[];
  /** The finishes among the events up to this one have their deliveries. */
  webhooksUpTo?: number;
}

export function emptyCommit(): Commit {
  return {
    ...{ inserts: [], attempts: [], jobChanges: [], attemptChanges: [], timeline: [] },
    ...{ settings: {}, idempotency: [], schedules: [], removedSchedules: [] },
    ...{ deliveries: [], removedDeliveries: [] },
  };
}

/**
 * The events of a commit have consecutive ids from `firstEventId` on: the acceptances of its inserts in their order, then
 * its timeline entries in theirs. Ids only grow, over all commits.
 */
export interface Receipt {
  firstEventId: number;
}

/** A state change as the stream of events tells it. */
export interface JobEvent extends TimelineEntry {
  eventId: number;
  jobId: string;
  queue: string;
}

export interface EventPage {
  /** In order of their ids; at most `limit`, and fewer only when there are no more. */
  events: JobEvent[];
  /** Events up to this id may be gone: what came after it is complete. */
  goneUpTo: number;
}

/** Pending jobs in order of acceptance, packed: 16 id bytes each. */
export interface PackedJobs {
  count: number;
  ids: Uint8Array;
  priorities: Int32Array;
  sequences: Float64Array;
}

export interface RunningJobRow {
  jobId: string;
  sequence: number;
  priority: number;
  attempt: Attempt;
  rules?: AttemptRules;
}

/** A held, blocked or scheduled job. */
export interface WaitingJobRow {
  jobId: string;
  sequence: number;
  priority: number;
  held: boolean;
  waitsFor: Dependency[];
  startAt?: number;
  startReason: ScheduledReason;
}

/** `startReason`: a job that had an attempt waits for its retry. */
export function waitingRowOf({
  jobId,
  sequence,
  priority,
  held = false,
  waitsFor = [],
  startAt,
  attempt,
}: Job): WaitingJobRow {
  const startReason = attempt > 0 ? 'retry_backoff' : 'start_after';
  return { jobId, sequence, priority, held, waitsFor, startReason, ...(startAt !== undefined && { startAt }) };
}

/** What the core is rebuilt from. */
export interface Snapshot {
  lastSequence: number;
  lastDispatchSequence: number;
  pending: PackedJobs;
  running: RunningJobRow[];
  /** Jobs that run by their rows, but whose attempt cannot be read; `why` is for people. */
  unaccounted?: Array<{ jobId: string; attempt: number; why: string }>;
  /** In order of acceptance. */
  waiting: WaitingJobRow[];
  /** Unfinished jobs that expire. */
  expiries: Array<{ jobId: string; expiresAt: number }>;
  /** Jobs that do not run and had attempts already. */
  attempts: Array<{ jobId: string; attempts: number }>;
  settings: StoredSettings;
  counts: Record<JobState, number>;
}

export interface JobFilter {
  states?: JobState[];
  queue?: string;
  name?: string;
  /** What the name begins with. */
  namePrefix?: string;
  labels?: Record<string, string>;
}

export interface JobPage {
  /** At most `limit`; fewer with a `next` when rare matches lie far apart, since one call looks at only so many rows. */
  jobs: Job[];
  /** Give it as `before` for the next page; absent on the last one. */
  next?: number;
  /** How many match in all; absent when counting would cost more than the list (over `totalLimit`). */
  total?: number;
}

/** A finished job's place in the order of ends. */
export interface EndPlace {
  finishedAt: number;
  sequence: number;
}

/** The largest total that is counted exactly for a filter without an index of its own. */
export const totalLimit = 100_000;

/** Synchronous reads of committed rows. Each throws a StoreFailure when the rows cannot be had now. */
export interface StoreReader {
  job(jobId: string): JobDetail | undefined;
  /** The rows without history, in the order of `jobIds`; ids that are not there are left out. */
  jobs(jobIds: readonly string[]): Job[];
  attempt(jobId: string, attempt: number): Attempt | undefined;
  /** Newest first (descending acceptance number), those before `before` when given. */
  list(filter: JobFilter, limit: number, before?: number): JobPage;
  /** Finished jobs, the newest end first (among equals the higher acceptance number), those behind `behind` when given. */
  finished(limit: number, behind?: EndPlace): Job[];
  /** Finished attempts whose workload may be deleted now, oldest first. */
  dueCleanups(at: number, limit: number): Array<{ jobId: string; attempt: Attempt }>;
  /** Those of the keys that are there. */
  idempotency(keys: readonly string[]): IdempotencyRecord[];
  /** What happened after the event `after`. */
  events(after: number, limit: number): EventPage;
  /** 0 before the first. */
  lastEventId(): number;
  schedule(name: string): Schedule | undefined;
  /** In the order of their names, without the first `skip`. */
  schedules(limit: number, skip: number): Schedule[];
  scheduleCount(): number;
  delivery(deliveryId: string): Delivery | undefined;
  /** Oldest first, without the first `skip`; all states when none is given. */
  deliveries(state: DeliveryState | undefined, limit: number, skip: number): Delivery[];
  deliveryCount(state?: DeliveryState): number;
  /** Those to be tried now, the longest due first, but for those to `exceptHosts` (as in a URL, with the port). */
  dueDeliveries(at: number, limit: number, exceptHosts: readonly string[]): Delivery[];
  /** The earliest next try later than `after`. */
  nextDeliveryAt(after: number): number | undefined;
  /** See the commit's field; undefined before the first. */
  webhooksUpTo(): number | undefined;
}

export interface Prune {
  /** Idempotency keys made before this. */
  keysBefore?: number;
  /** Jobs that finished before this, with their attempts and events; one whose workload is still there stays. */
  finishedBefore?: number;
  /** At most so many keys, and so many jobs, those that ended first. */
  limit: number;
}

/** What a pruning deleted. */
export interface Pruned {
  keys: number;
  /** Jobs by state. */
  jobs: Partial<Record<JobState, number>>;
}

export interface Store {
  /** Names this queue on the cluster for ever; made with the database. */
  readonly queueId: string;
  /** Grows each time a process takes the database over. */
  readonly epoch: number;
  readonly reader: StoreReader;
  load(): Promise<Snapshot>;
  /** Rejects with a StoreFailure when nothing was stored; the handle is closed then and only `reopen` helps. */
  commit(commit: Commit): Promise<Receipt>;
  /** Opens the handle again and proves that a write succeeds; rejects with a StoreFailure when it does not. */
  reopen(): Promise<void>;
  /** Deletes what is too old, as one commit of bounded size. */
  prune(prune: Prune): Promise<Pruned>;
  close(): Promise<void>;
}

export const storeFailureCodes = [
  'locked',
  'newer',
  'foreign',
  'corrupt',
  'read_only',
  'disk_full',
  'not_found',
  'io',
] as const;
export type StoreFailureCode = (typeof storeFailureCodes)[number];

/** Where the jobs of a database run: once it has been used for the one, it is refused for the other. */
export type ClusterKind = 'simulated' | 'kubernetes';

/** Why a store could not be opened or written; the message is for people and names the path. */
export class StoreFailure extends Error {
  readonly code: StoreFailureCode;

  constructor(code: StoreFailureCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'StoreFailure';
    this.code = code;
  }
}

/** For a read that is made again soon: what it gives, or `otherwise` while the rows cannot be had. */
export function whenReadable<T>(read: () => T, otherwise: T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof StoreFailure) return otherwise;
    throw error;
  }
}
