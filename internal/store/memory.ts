// The store without a disk, for dry runs, tests and the simulation: the same promises, but for surviving the process.
// What would be on disk is a MemoryDisk of its own, so that a simulated crash can throw the store away and open another
// one on what was committed.
import { type Attempt, type Job, type JobDetail, type JobState, jobStates } from '../../pkg/models/index.ts';
import { canonicalJobId, packJobIds } from './job-id.ts';
import {
  type Commit,
  type JobFilter,
  type JobPage,
  type PackedJobs,
  type RunningJobRow,
  type Snapshot,
  type Store,
  StoreFailure,
  type StoreReader,
  totalLimit,
} from './store.ts';

/** The job and its attempts are replaced, never changed: what a reader was given stays as it was. */
interface MemoryRow {
  job: Job;
  attempts: Map<number, Attempt>;
  timeline: JobDetail['timeline'];
}

/** What outlives a store: the committed rows. */
export interface MemoryDisk {
  epoch: number;
  rows: Map<string, MemoryRow>;
  /** In order of acceptance. */
  order: MemoryRow[];
  lastDispatchSequence: number;
  /** The attempts that have a `cleanupAt`, by job and number. */
  cleanups: Map<string, CleanupDue>;
}

interface CleanupDue {
  jobId: string;
  attempt: Attempt;
}

export function memoryDisk(): MemoryDisk {
  return { epoch: 0, rows: new Map(), order: [], lastDispatchSequence: 0, cleanups: new Map() };
}

export interface MemoryStoreOptions {
  queueId: string;
  disk?: MemoryDisk;
}

/** Takes the disk over, a new one by default. */
export function memoryStore({ queueId, disk = memoryDisk() }: MemoryStoreOptions): Store {
  disk.epoch += 1;
  let closed = false;
  const whenOpen = async (step: () => void): Promise<void> => {
    if (closed) throw new StoreFailure('io', 'the store in memory is closed.');
    step();
  };
  return {
    queueId,
    epoch: disk.epoch,
    reader: memoryReader(disk),
    load: async () => snapshotOf(disk),
    commit: (commit) => whenOpen(() => applyCommit(disk, commit)),
    reopen: () => whenOpen(() => {}),
    close: async () => {
      closed = true;
    },
  };
}

function applyCommit(disk: MemoryDisk, commit: Commit): void {
  for (const job of commit.inserts) assertNew(disk, job);
  for (const job of commit.inserts) insert(disk, job);
  for (const { jobId, attempt } of commit.attempts) {
    putAttempt(disk, jobId, plainCopy(attempt));
    disk.lastDispatchSequence = Math.max(disk.lastDispatchSequence, attempt.dispatchSequence);
  }
  for (const { jobId, set } of commit.jobChanges) {
    const row = disk.rows.get(jobId);
    if (row) row.job = changed(row.job, set);
  }
  for (const change of commit.attemptChanges) changeAttempt(disk, change);
  for (const { jobId, entry } of commit.timeline) disk.rows.get(jobId)?.timeline.push({ ...entry });
}

/** Rows are plain JSON, for which this is many times faster than a structured clone. */
function plainCopy<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(plainCopy) as T;
  const entries = Object.entries(value).map(([name, part]) => [name, plainCopy(part)] as const);
  return Object.fromEntries(entries) as T;
}

function assertNew(disk: MemoryDisk, { jobId, sequence }: Job): void {
  const last = disk.order.at(-1)?.job.sequence ?? 0;
  if (!disk.rows.has(jobId) && sequence > last) return;
  throw new StoreFailure('io', `the store in memory: job ${jobId} (acceptance number ${sequence}) is not a new one.`);
}

function insert(disk: MemoryDisk, job: Job): void {
  const row: MemoryRow = {
    job: plainCopy(job),
    attempts: new Map(),
    timeline: [{ at: job.createdAt, state: job.state }],
  };
  disk.rows.set(job.jobId, row);
  disk.order.push(row);
}

function putAttempt(disk: MemoryDisk, jobId: string, attempt: Attempt): void {
  const row = disk.rows.get(jobId);
  if (!row) return;
  row.attempts.set(attempt.attempt, attempt);
  const key = `${jobId} ${attempt.attempt}`;
  if (attempt.cleanupAt === undefined) disk.cleanups.delete(key);
  else disk.cleanups.set(key, { jobId, attempt });
}

function changeAttempt(disk: MemoryDisk, change: Commit['attemptChanges'][number]): void {
  const { uid, ...set } = change.set;
  const attempt = disk.rows.get(change.jobId)?.attempts.get(change.attempt);
  if (!attempt) return;
  const next = changed(attempt, set);
  putAttempt(disk, change.jobId, uid === undefined ? next : { ...next, workload: { ...next.workload, uid } });
}

/** `null` clears a field; a cleared field is left out. */
function changed<T extends object>(row: T, set: object): T {
  const next = { ...row } as Record<string, unknown>;
  for (const [field, value] of Object.entries(set)) {
    if (value === null) delete next[field];
    else if (value !== undefined) next[field] = value;
  }
  return next as T;
}

function memoryReader(disk: MemoryDisk): StoreReader {
  const rowOf = (jobId: string): MemoryRow | undefined => disk.rows.get(canonicalJobId(jobId) ?? '');
  return {
    job: (jobId) => detailOf(rowOf(jobId)),
    jobs: (jobIds) => jobIds.flatMap((jobId) => rowOf(jobId)?.job ?? []),
    attempt: (jobId, attempt) => rowOf(jobId)?.attempts.get(attempt),
    list: (filter, limit, before) => list(disk, filter, limit, before),
    dueCleanups: (at, limit) => dueCleanups(disk, at).slice(0, limit),
  };
}

function detailOf(row: MemoryRow | undefined): JobDetail | undefined {
  if (!row) return undefined;
  const attempts = [...row.attempts.values()].sort((a, b) => a.attempt - b.attempt);
  return { ...row.job, attempts, timeline: [...row.timeline] };
}

function list(disk: MemoryDisk, filter: JobFilter, limit: number, before = Number.MAX_SAFE_INTEGER): JobPage {
  const matching = disk.order.filter(({ job }) => matches(job, filter));
  const older = matching.filter(({ job }) => job.sequence < before);
  const jobs = older
    .slice(-limit)
    .map(({ job }) => job)
    .reverse();
  const last = jobs.at(-1);
  return {
    jobs,
    ...(last && older.length > limit && { next: last.sequence }),
    ...(matching.length <= totalLimit && { total: matching.length }),
  };
}

function matches(job: Job, { states, queue, name, labels = {} }: JobFilter): boolean {
  if (states && !states.includes(job.state)) return false;
  if (queue !== undefined && job.queue !== queue) return false;
  if (name !== undefined && job.name !== name) return false;
  return Object.entries(labels).every(([label, value]) => job.labels?.[label] === value);
}

function dueCleanups(disk: MemoryDisk, at: number): CleanupDue[] {
  const cleanupAt = ({ attempt }: CleanupDue): number => attempt.cleanupAt as number;
  const due = [...disk.cleanups.values()].filter((cleanup) => cleanupAt(cleanup) <= at);
  return due.sort((a, b) => cleanupAt(a) - cleanupAt(b));
}

function snapshotOf(disk: MemoryDisk): Snapshot {
  const jobs = disk.order.map((row) => row.job);
  return {
    lastSequence: jobs.at(-1)?.sequence ?? 0,
    lastDispatchSequence: disk.lastDispatchSequence,
    pending: packed(jobs.filter((job) => job.state === 'pending')),
    running: disk.order.flatMap(runningRowOf).sort((a, b) => a.attempt.dispatchSequence - b.attempt.dispatchSequence),
    counts: countsOf(jobs),
  };
}

function packed(jobs: Job[]): PackedJobs {
  return {
    count: jobs.length,
    ids: packJobIds(jobs.map((job) => job.jobId)),
    priorities: Int32Array.from(jobs, (job) => job.priority),
    sequences: Float64Array.from(jobs, (job) => job.sequence),
  };
}

function runningRowOf({ job, attempts }: MemoryRow): RunningJobRow[] {
  const attempt = attempts.get(job.attempt);
  if (job.state !== 'running' || !attempt) return [];
  return [{ jobId: job.jobId, sequence: job.sequence, priority: job.priority, attempt }];
}

function countsOf(jobs: Job[]): Record<JobState, number> {
  const counts = Object.fromEntries(jobStates.map((state) => [state, 0])) as Record<JobState, number>;
  for (const job of jobs) counts[job.state] += 1;
  return counts;
}
