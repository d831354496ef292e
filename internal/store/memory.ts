// The store without a disk, for dry runs, tests and the simulation: the same promises, but for surviving the process.
// What would be on disk is a MemoryDisk of its own, so that a simulated crash can throw the store away and open another
// one on what was committed.

import {
  type Attempt,
  attemptRulesOf,
  type Delivery,
  type DeliveryState,
  type Job,
  type JobDetail,
  type JobState,
  jobStates,
  type Schedule,
  type TimelineEntry,
} from '../../pkg/models/index.ts';
import { hostOf } from './host-of.ts';
import { canonicalJobId, packJobIds } from './job-id.ts';
import { prunedOf } from './pruned.ts';
import {
  type Commit,
  type EndPlace,
  type EventPage,
  type IdempotencyRecord,
  type JobEvent,
  type JobFilter,
  type JobPage,
  type PackedJobs,
  type Prune,
  type Pruned,
  type Receipt,
  type RunningJobRow,
  type Snapshot,
  type Store,
  type StoredSettings,
  StoreFailure,
  type StoreReader,
  totalLimit,
  waitingRowOf,
} from './store.ts';

/** The job and its attempts are replaced, never changed: what a reader was given stays as it was. */
interface MemoryRow {
  job: Job;
  attempts: Map<number, Attempt>;
  /** Each entry with its event id. */
  history: Array<{ eventId: number; entry: TimelineEntry }>;
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
  settings: StoredSettings;
  keys: Map<string, IdempotencyRecord>;
  /** In the order of their ids. */
  events: JobEvent[];
  lastEventId: number;
  goneUpTo: number;
  /** By their ids. */
  schedules: Map<string, Schedule>;
  /** By their ids. */
  deliveries: Map<string, Delivery>;
  webhooksUpTo: number | undefined;
}

interface CleanupDue {
  jobId: string;
  attempt: Attempt;
}

export function memoryDisk(): MemoryDisk {
  return {
    ...{ epoch: 0, rows: new Map(), order: [], lastDispatchSequence: 0, cleanups: new Map() },
    ...{ settings: {}, keys: new Map(), events: [], lastEventId: 0, goneUpTo: 0 },
    ...{ schedules: new Map(), deliveries: new Map(), webhooksUpTo: undefined },
  };
}

export interface MemoryStoreOptions {
  queueId: string;
  disk?: MemoryDisk;
}

/** Takes the disk over, a new one by default. */
export function memoryStore({ queueId, disk = memoryDisk() }: MemoryStoreOptions): Store {
  disk.epoch += 1;
  let closed = false;
  const whenOpen = async <Value>(step: () => Value): Promise<Value> => {
    if (closed) throw new StoreFailure('io', 'the store in memory is closed.');
    return step();
  };
  return {
    queueId,
    epoch: disk.epoch,
    reader: memoryReader(disk),
    load: async () => snapshotOf(disk),
    commit: (commit) => whenOpen(() => applyCommit(disk, commit)),
    reopen: () => whenOpen(() => {}),
    prune: (what) => whenOpen(() => prune(disk, what)),
    close: async () => {
      closed = true;
    },
  };
}

function applyCommit(disk: MemoryDisk, commit: Commit): Receipt {
  const firstEventId = disk.lastEventId + 1;
  for (const job of commit.inserts) assertNew(disk, job);
  for (const schedule of commit.schedules) assertOwnName(disk, schedule);
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
  for (const { jobId, entry } of commit.timeline) addHistory(disk, jobId, { ...entry });
  Object.assign(disk.settings, commit.settings);
  for (const record of commit.idempotency) disk.keys.set(record.key, { ...record });
  for (const schedule of commit.schedules) disk.schedules.set(schedule.scheduleId, plainCopy(schedule));
  for (const scheduleId of commit.removedSchedules) disk.schedules.delete(scheduleId);
  for (const delivery of commit.deliveries) disk.deliveries.set(delivery.deliveryId, { ...delivery });
  for (const deliveryId of commit.removedDeliveries) disk.deliveries.delete(deliveryId);
  disk.webhooksUpTo = commit.webhooksUpTo ?? disk.webhooksUpTo;
  return { firstEventId };
}

function addHistory(disk: MemoryDisk, jobId: string, entry: TimelineEntry): void {
  const row = disk.rows.get(jobId);
  disk.lastEventId += 1;
  if (!row) return;
  row.history.push({ eventId: disk.lastEventId, entry });
  disk.events.push({ eventId: disk.lastEventId, jobId, queue: row.job.queue, ...entry });
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

function assertOwnName(disk: MemoryDisk, { name, scheduleId }: Schedule): void {
  const others = [...disk.schedules.values()].filter((other) => other.scheduleId !== scheduleId);
  if (!others.some((other) => other.name === name)) return;
  throw new StoreFailure('io', `the store in memory: there is another schedule ${name}.`);
}

function insert(disk: MemoryDisk, job: Job): void {
  const row: MemoryRow = { job: plainCopy(job), attempts: new Map(), history: [] };
  disk.rows.set(job.jobId, row);
  disk.order.push(row);
  addHistory(disk, job.jobId, { at: job.createdAt, state: job.state });
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
    finished: (limit, behind) => finished(disk, behind).slice(0, limit),
    dueCleanups: (at, limit) => dueCleanups(disk, at).slice(0, limit),
    idempotency: (keys) => keys.flatMap((key) => disk.keys.get(key) ?? []),
    events: (after, limit) => eventsAfter(disk, after, limit),
    lastEventId: () => disk.lastEventId,
    schedule: (name) => schedulesByName(disk).find((schedule) => schedule.name === name),
    schedules: (limit, skip) => schedulesByName(disk).slice(skip, skip + limit),
    scheduleCount: () => disk.schedules.size,
    delivery: (deliveryId) => disk.deliveries.get(deliveryId),
    deliveries: (state, limit, skip) => deliveriesOf(disk, state).slice(skip, skip + limit),
    deliveryCount: (state) => deliveriesOf(disk, state).length,
    dueDeliveries: (at, limit, exceptHosts) => dueDeliveries(disk, at, exceptHosts).slice(0, limit),
    nextDeliveryAt: (after) => nextTries(disk).find((at) => at > after),
    webhooksUpTo: () => disk.webhooksUpTo,
  };
}

function schedulesByName({ schedules }: MemoryDisk): Schedule[] {
  return [...schedules.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

function deliveriesOf({ deliveries }: MemoryDisk, state?: DeliveryState): Delivery[] {
  const fitting = [...deliveries.values()].filter((delivery) => state === undefined || delivery.state === state);
  return fitting.sort((a, b) => (a.deliveryId < b.deliveryId ? -1 : 1));
}

function dueDeliveries({ deliveries }: MemoryDisk, at: number, exceptHosts: readonly string[]): Delivery[] {
  const due = [...deliveries.values()].filter(({ nextTryAt = Number.POSITIVE_INFINITY }) => nextTryAt <= at);
  const wanted = due.filter(({ url }) => !exceptHosts.includes(hostOf(url)));
  return wanted.sort((a, b) => (a.nextTryAt as number) - (b.nextTryAt as number));
}

function nextTries({ deliveries }: MemoryDisk): number[] {
  return [...deliveries.values()].flatMap(({ nextTryAt }) => nextTryAt ?? []).sort((a, b) => a - b);
}

function detailOf(row: MemoryRow | undefined): JobDetail | undefined {
  if (!row) return undefined;
  const attempts = [...row.attempts.values()].sort((a, b) => a.attempt - b.attempt);
  return { ...row.job, attempts, timeline: row.history.map(({ entry }) => entry) };
}

function eventsAfter({ events, goneUpTo }: MemoryDisk, after: number, limit: number): EventPage {
  let from = events.length;
  while (from > 0 && (events[from - 1] as JobEvent).eventId > after) from -= 1;
  return { events: events.slice(from, from + limit), goneUpTo };
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

function finished(disk: MemoryDisk, behind?: EndPlace): Job[] {
  const ended = disk.order.flatMap(({ job }) => (isEnded(job) ? [job] : [])).sort(byEnd);
  return behind ? ended.filter((job) => byEnd(behind, job) < 0) : ended;
}

function isEnded(job: Job): job is Job & EndPlace {
  return job.finishedAt !== undefined;
}

function byEnd(a: EndPlace, b: EndPlace): number {
  return b.finishedAt - a.finishedAt || b.sequence - a.sequence;
}

function matches(job: Job, { states, queue, name, namePrefix = '', labels = {} }: JobFilter): boolean {
  if (states && !states.includes(job.state)) return false;
  if (queue !== undefined && job.queue !== queue) return false;
  if (name !== undefined && job.name !== name) return false;
  if (!job.name.startsWith(namePrefix)) return false;
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
    waiting: jobs.filter(({ state }) => waitingStates.includes(state)).map(waitingRowOf),
    expiries: jobs.flatMap(expiryOf),
    attempts: jobs.flatMap(pastAttemptsOf),
    settings: { ...disk.settings },
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
  const { jobId, sequence, priority } = job;
  const rules = attemptRulesOf(job);
  return [{ jobId, sequence, priority, attempt, ...(rules && { rules }) }];
}

const waitingStates: readonly JobState[] = ['held', 'blocked', 'scheduled'];

function expiryOf({ jobId, expiresAt, finishedAt }: Job): Snapshot['expiries'] {
  return expiresAt === undefined || finishedAt !== undefined ? [] : [{ jobId, expiresAt }];
}

function pastAttemptsOf({ jobId, attempt, state }: Job): Snapshot['attempts'] {
  return attempt > 0 && (state === 'pending' || waitingStates.includes(state)) ? [{ jobId, attempts: attempt }] : [];
}

function prune(disk: MemoryDisk, { keysBefore = 0, finishedBefore = 0, limit }: Prune): Pruned {
  const keys = [...disk.keys.values()].filter(({ createdAt }) => createdAt < keysBefore).slice(0, limit);
  for (const { key } of keys) disk.keys.delete(key);
  const old = disk.order
    .filter(({ job, attempts }) => {
      const kept = [...attempts.values()].some((attempt) => attempt.cleanupAt !== undefined);
      return !kept && job.finishedAt !== undefined && job.finishedAt < finishedBefore;
    })
    .sort((a, b) => (a.job.finishedAt as number) - (b.job.finishedAt as number))
    .slice(0, limit);
  const gone = new Set(old);
  for (const { job, history } of old) {
    disk.rows.delete(job.jobId);
    disk.goneUpTo = Math.max(disk.goneUpTo, ...history.map(({ eventId }) => eventId));
  }
  disk.order = disk.order.filter((row) => !gone.has(row));
  disk.events = disk.events.filter(({ jobId }) => disk.rows.has(jobId));
  return prunedOf(
    keys.length,
    old.map(({ job }) => job.state),
  );
}

function countsOf(jobs: Job[]): Record<JobState, number> {
  const counts = Object.fromEntries(jobStates.map((state) => [state, 0])) as Record<JobState, number>;
  for (const job of jobs) counts[job.state] += 1;
  return counts;
}
