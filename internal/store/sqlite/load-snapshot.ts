// What the core is rebuilt from, read in the writer's thread so that reads are answered meanwhile. The pending jobs are
// packed into typed arrays, whose buffers move between the threads instead of being copied.
import type Database from 'better-sqlite3';
import { type AttemptRules, attemptRulesOf, type Job } from '../../../pkg/models/index.ts';
import { jobIdBytes, jobIdFromHex } from '../job-id.ts';
import { type PackedJobs, type RunningJobRow, type Snapshot, waitingRowOf } from '../store.ts';
import { readableRows } from './readable-rows.ts';
import { attemptOf, jobOf, parsedRules, UnreadableRow } from './rows.ts';
import { isNumber, isPriority, mostAttempts } from './sound-values.ts';
import { countByState, oddCounts } from './statements/count-by-state.ts';
import { expiringJobs } from './statements/expiring-jobs.ts';
import { lastSequences } from './statements/last-sequences.ts';
import { type PendingPage, pendingPage } from './statements/pending-page.ts';
import { type RunningRow, runningJobs } from './statements/running-jobs.ts';
import { loadSettings } from './statements/store-settings.ts';
import { waitingJobs } from './statements/waiting-jobs.ts';

const rowsAtOnce = 20_000;
/** However many are counted: room for more is made when they are there. */
const mostRoomAtOnce = 4_000_000;

/** `report` hears of rows that are left out. */
export function loadSnapshot(db: Database.Database, report: (row: string) => void): Snapshot {
  const load = db.transaction((): Snapshot => {
    const counts = countByState(db)();
    oddCounts(db).forEach(report);
    const { pending, attempts } = packPending(pendingPage(db), Math.min(counts.pending, mostRoomAtOnce));
    if (pending.count !== counts.pending)
      report(`${counts.pending} pending jobs are counted, ${pending.count} readable`);
    const readable = readableRows(report);
    const runningRows = runningJobs(db);
    const waitingRows = waitingJobs(db);
    const standing = runningRows.length + waitingRows.length;
    const counted = counts.running + counts.held + counts.blocked + counts.scheduled;
    if (standing !== counted)
      report(`${counted} running, held, blocked and scheduled jobs are counted, ${standing} there`);
    const unaccounted: NonNullable<Snapshot['unaccounted']> = [];
    const running = readable(runningRows, (row) => accountedFor(row, unaccounted, report));
    return {
      ...lastSequences(db, report),
      ...{ pending, counts, running },
      ...(unaccounted.length > 0 && { unaccounted }),
      ...waitingOf(readable(waitingRows, jobOf), attempts),
      expiries: expiringJobs(db).map((row) => ({ jobId: jobIdFromHex(row.job_id), expiresAt: row.expires_at })),
      settings: loadSettings(db, report),
    };
  });
  return load();
}

type Attempts = Snapshot['attempts'];

function waitingOf(jobs: Job[], pendingAttempts: Attempts): Pick<Snapshot, 'waiting' | 'attempts'> {
  const attempts = jobs.filter((job) => job.attempt > 0).map(({ jobId, attempt }) => ({ jobId, attempts: attempt }));
  return { waiting: jobs.map(waitingRowOf), attempts: [...pendingAttempts, ...attempts] };
}

function packPending(
  pageAfter: (after: number, limit: number) => PendingPage,
  expected: number,
): { pending: PackedJobs; attempts: Attempts } {
  const attempts: Attempts = [];
  let packed = roomFor(expected);
  let after = Number.MIN_SAFE_INTEGER;
  for (;;) {
    const page = pageAfter(after, rowsAtOnce);
    packed = append(packed, page);
    for (const [id, count] of page.attempted) attempts.push({ jobId: jobIdFromHex(id), attempts: count });
    if (page.sequences.length < rowsAtOnce) return { pending: trimmed(packed), attempts };
    after = page.sequences.at(-1) as number;
  }
}

function roomFor(capacity: number): PackedJobs {
  return {
    count: 0,
    ids: new Uint8Array(capacity * jobIdBytes),
    priorities: new Int32Array(capacity),
    sequences: new Float64Array(capacity),
  };
}

/** In place as long as the page fits, which it does unless the counts are wrong. */
function append(packed: PackedJobs, page: PendingPage): PackedJobs {
  const count = packed.count + page.sequences.length;
  const target = count <= packed.priorities.length ? packed : copied(packed, count + rowsAtOnce);
  target.ids.set(Buffer.from(page.ids, 'hex'), packed.count * jobIdBytes);
  target.priorities.set(page.priorities, packed.count);
  target.sequences.set(page.sequences, packed.count);
  target.count = count;
  return target;
}

function copied(from: PackedJobs, capacity: number): PackedJobs {
  const copy = roomFor(capacity);
  copy.ids.set(from.ids);
  copy.priorities.set(from.priorities);
  copy.sequences.set(from.sequences);
  copy.count = from.count;
  return copy;
}

function trimmed(packed: PackedJobs): PackedJobs {
  const { count, ids, priorities, sequences } = packed;
  if (count === priorities.length) return packed;
  return {
    count,
    ids: ids.slice(0, count * jobIdBytes),
    priorities: priorities.slice(0, count),
    sequences: sequences.slice(0, count),
  };
}

/** Adds to `unaccounted` and throws when it is not. */
function accountedFor(
  row: RunningRow,
  unaccounted: NonNullable<Snapshot['unaccounted']>,
  report: (row: string) => void,
): RunningJobRow {
  try {
    return runningJobOf(row, report);
  } catch (error) {
    const why = (error as Error).message;
    const attempt = isNumber(row.current, 1, mostAttempts) ? row.current : 1;
    if (error instanceof UnreadableRow) unaccounted.push({ jobId: jobIdFromHex(row.job), attempt, why });
    throw error;
  }
}

function runningJobOf(row: RunningRow, report: (row: string) => void): RunningJobRow {
  const jobId = jobIdFromHex(row.job);
  const { sequence, priority } = row;
  if (row.creation === null) throw new UnreadableRow(`job ${jobId}: it is running, but has no row of its attempt`);
  if (!isNumber(sequence, 1) || !isPriority(priority)) {
    throw new UnreadableRow(`job ${jobId}: it is running with the number ${sequence} and the priority ${priority}`);
  }
  const rules = rulesOf(row, jobId, report);
  return { jobId, sequence, priority, attempt: attemptOf(row), ...(rules && { rules }) };
}

/** Without them it runs on: that its slot is taken is worth more than its timeout and its retries. */
function rulesOf(row: RunningRow, jobId: string, report: (row: string) => void): AttemptRules | undefined {
  const [rules] = readableRows(report)(row.rules === null ? [] : [row.rules], (json) => parsedRules(jobId, json));
  return attemptRulesOf({
    ...(rules && { rules }),
    ...countIn(row.attempts_before, (attemptsBefore) => ({ attemptsBefore })),
    ...countIn(row.gave_way_times, (gaveWayTimes) => ({ gaveWayTimes })),
  });
}

/** One that makes no sense is left out. */
function countIn<T extends object>(count: number | null, named: (count: number) => T): T | undefined {
  return count !== null && isNumber(count, 0, mostAttempts) ? named(count) : undefined;
}
