// The way back: a core from what the store holds. Slots are derived from the rows of running jobs, never from a cache
// or a counter, so the cap holds from the first moment. A create whose answer was not recorded may have been carried
// out, and one that was unknown may have been on its way once more when the program ended: both count as unknown from
// now on, and that is written down before anything else is done about it. When a create was once unknown is not taken from
// the row either, but counted from the restart: the wall clock may have been set in between.
import type { Attempt, AttemptRules, Dependency, ScheduledReason } from '../../pkg/models/index.ts';
import { PriorityQueue } from '../queue/priority-queue.ts';
import { Core } from './core.ts';
import type { Decision } from './decisions.ts';
import { willExpire } from './policies/expiry.ts';
import { watchDeadline } from './policies/timeout.ts';
import { endUnaccounted, type UnaccountedJob } from './policies/unaccounted.ts';
import { enter, standingChange, type Waiter } from './policies/waiting.ts';
import type { CoreSettings, RunningJob } from './state.ts';

export interface CoreSnapshot {
  lastSequence: number;
  lastDispatchSequence: number;
  /** In order of acceptance, packed; 16 id bytes each. */
  pending: { count: number; ids: Uint8Array; priorities: Int32Array; sequences: Float64Array };
  running: Array<{ jobId: string; sequence: number; priority: number; attempt: Attempt; rules?: AttemptRules }>;
  /** Jobs that run by their rows, but whose attempt cannot be read. */
  unaccounted?: UnaccountedJob[];
  /** Held, blocked and scheduled jobs, in order of acceptance. */
  waiting: Array<{
    jobId: string;
    sequence: number;
    priority: number;
    held: boolean;
    waitsFor: Dependency[];
    startAt?: number;
    startReason: ScheduledReason;
  }>;
  /** Unfinished jobs that expire. */
  expiries: Array<{ jobId: string; expiresAt: number }>;
  /** Jobs that do not run and had attempts already. */
  attempts: Array<{ jobId: string; attempts: number }>;
  /** What people set while the queue ran; absent values are as the program was started. */
  settings: { maxConcurrency?: number; paused?: boolean };
}

/** The cluster counts as unreachable until an event says otherwise. */
export function restoreCore(snapshot: CoreSnapshot, settings: CoreSettings, at: number): Core {
  const { maxConcurrency = settings.maxConcurrency, paused = false } = snapshot.settings;
  const core = new Core({ ...settings, maxConcurrency });
  core.state.paused = paused;
  core.state.lastSequence = snapshot.lastSequence;
  core.state.lastDispatchSequence = snapshot.lastDispatchSequence;
  core.state.runnable = PriorityQueue.bulkLoad(snapshot.pending);
  for (const row of snapshot.running) {
    const job = restoreRunning(row, at);
    core.state.running.set(job.jobId, job);
    watchDeadline(core.state, job);
    core.decide(distrustLostCreate(job, row.attempt, at));
  }
  for (const { waitsFor, ...job } of snapshot.waiting)
    core.decide(restoreWaiting(core, { ...job, after: waitsFor }, at));
  for (const { jobId, attempts } of snapshot.attempts) core.state.attempts.set(jobId, attempts);
  for (const { jobId, expiresAt } of snapshot.expiries) willExpire(core.state, jobId, expiresAt);
  for (const job of snapshot.unaccounted ?? []) core.decide(endUnaccounted(core.state, job, at));
  return core;
}

/** One whose time came while the program was down is pending now, and its row is told. */
function restoreWaiting(core: Core, job: Waiter, at: number): Decision[] {
  const standing = enter(core.state, job, at);
  return standing.state === 'pending' ? [standingChange(job.jobId, standing, at)] : [];
}

function restoreRunning(row: CoreSnapshot['running'][number], at: number): RunningJob {
  const { jobId, sequence, priority, attempt } = row;
  const made = attempt.creation === 'made';
  const unknownAt = made && attempt.unknownAt === undefined ? undefined : at;
  return {
    jobId,
    sequence,
    priority,
    attempt: attempt.attempt,
    dispatchSequence: attempt.dispatchSequence,
    dispatchedAt: attempt.dispatchedAt,
    creation: made ? 'made' : 'unknown',
    ...(attempt.madeAt !== undefined && { madeAt: attempt.madeAt }),
    ...(row.rules && { rules: row.rules }),
    ...(attempt.restarts !== undefined && { restarts: attempt.restarts }),
    ...(unknownAt !== undefined && { unknownAt }),
    call: 'none',
    failures: 0,
    notBefore: at,
    ...howItStands(attempt),
  };
}

function howItStands({
  cancelRequestedAt,
  giveWay,
  creation,
}: Attempt): Pick<RunningJob, 'ending' | 'reason' | 'message'> {
  if (cancelRequestedAt !== undefined) return { ending: { state: 'cancelled' }, reason: 'cancelling' };
  if (giveWay !== undefined) {
    return { ending: { state: 'gave_way', message: giveWay }, reason: 'cancelling', message: giveWay };
  }
  return { reason: creation === 'made' ? 'starting' : 'create_unknown' };
}

function distrustLostCreate(job: RunningJob, attempt: Attempt, at: number): Decision[] {
  if (attempt.creation === 'made') return [];
  const set = { creation: 'unknown', unknownAt: at } as const;
  return [{ kind: 'change_attempt', jobId: job.jobId, attempt: attempt.attempt, set }];
}
