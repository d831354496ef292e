// The durable truth behind one interface. Every implementation passes the same contract suite (test/contract/store.ts).
// A commit is all or nothing and durable when its promise resolves; reads see the last commit and never wait for one.
import type {
  Attempt,
  AttemptColumns,
  Job,
  JobColumns,
  JobDetail,
  JobState,
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

/** One turn's writes, applied in this order: inserts, started attempts, job changes, attempt changes, timeline. */
export interface Commit {
  /** New jobs, in order of acceptance. Their first timeline entry (state at `createdAt`) is implied, not stored. */
  inserts: Job[];
  /** New attempts; one of the same job and number that is there already is replaced. */
  attempts: Array<{ jobId: string; attempt: Attempt }>;
  jobChanges: JobChange[];
  attemptChanges: AttemptChange[];
  timeline: Array<{ jobId: string; entry: TimelineEntry }>;
}

export function emptyCommit(): Commit {
  return { inserts: [], attempts: [], jobChanges: [], attemptChanges: [], timeline: [] };
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
}

/** What the core is rebuilt from. */
export interface Snapshot {
  lastSequence: number;
  lastDispatchSequence: number;
  pending: PackedJobs;
  running: RunningJobRow[];
  counts: Record<JobState, number>;
}

export interface JobFilter {
  states?: JobState[];
  queue?: string;
  name?: string;
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
  /** Finished attempts whose workload may be deleted now, oldest first. */
  dueCleanups(at: number, limit: number): Array<{ jobId: string; attempt: Attempt }>;
}

export interface Store {
  /** Names this queue on the cluster for ever; made with the database. */
  readonly queueId: string;
  /** Grows each time a process takes the database over. */
  readonly epoch: number;
  readonly reader: StoreReader;
  load(): Promise<Snapshot>;
  /** Rejects with a StoreFailure when nothing was stored; the handle is closed then and only `reopen` helps. */
  commit(commit: Commit): Promise<void>;
  /** Opens the handle again and proves that a write succeeds; rejects with a StoreFailure when it does not. */
  reopen(): Promise<void>;
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
