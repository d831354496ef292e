// Where a job waits that does not run.
// Rule: the first of these that applies. Held: a person holds it. Blocked: a job that it waits for has not ended.
// Scheduled: its time has not come (a start time, or the backoff before a retry). Pending otherwise.
// Whatever moves it, it keeps its acceptance number, and with it its place among the jobs of its priority.
import type { FinishedState, JobReason } from '../../../pkg/models/index.ts';
import type { Decision } from '../decisions.ts';
import type { CoreState, WaitingJob } from '../state.ts';
import { forget } from './forget.ts';
import { openSettleWindow } from './settle.ts';

export type Standing =
  | { state: 'pending' }
  | { state: 'held'; reason: 'held_by_user' }
  | { state: 'blocked'; reason: 'waiting_for_jobs' }
  | { state: 'scheduled'; reason: 'start_after' | 'retry_backoff' };

/** What a job that waits is made of; its state is worked out here. */
export type Waiter = Omit<WaitingJob, 'state'>;

function standingOf({ held, after, startAt, startReason }: Waiter, at: number): Standing {
  if (held) return { state: 'held', reason: 'held_by_user' };
  if (after.length > 0) return { state: 'blocked', reason: 'waiting_for_jobs' };
  if (startAt !== undefined && startAt > at) return { state: 'scheduled', reason: startReason };
  return { state: 'pending' };
}

/** Puts a job that stands nowhere to where it belongs. */
export function enter(state: CoreState, job: Waiter, at: number): Standing {
  const standing = standingOf(job, at);
  if (standing.state === 'pending') makeRunnable(state, job, at);
  else wait(state, { ...job, state: standing.state });
  return standing;
}

function wait(state: CoreState, job: WaitingJob): void {
  state.waiting.set(job.jobId, job);
  if (job.startAt !== undefined) state.timers.add(job.startAt, job.jobId);
  for (const { jobId } of job.after) {
    const dependents = state.dependents.get(jobId) ?? new Set();
    state.dependents.set(jobId, dependents.add(job.jobId));
  }
}

function makeRunnable(state: CoreState, { jobId, priority, sequence }: Waiter, at: number): void {
  openSettleWindow(state, at);
  state.runnable.push(jobId, priority, sequence);
}

function forgetDependent(state: CoreState, job: WaitingJob): void {
  for (const { jobId } of job.after) {
    const dependents = state.dependents.get(jobId);
    dependents?.delete(job.jobId);
    if (dependents?.size === 0) state.dependents.delete(jobId);
  }
}

/** Something about a waiting job has changed, or its time has come. */
export function reconsider(state: CoreState, job: WaitingJob, at: number): Decision[] {
  const standing = standingOf(job, at);
  if (standing.state === job.state) return [];
  if (standing.state === 'pending') {
    state.waiting.delete(job.jobId);
    makeRunnable(state, job, at);
  } else job.state = standing.state;
  return [standingChange(job.jobId, standing, at)];
}

/** The job's row follows it to where it stands now. */
export function standingChange(jobId: string, standing: Standing, at: number): Decision {
  const reason = standing.state === 'pending' ? undefined : standing.reason;
  return {
    kind: 'change_job',
    jobId,
    set: { state: standing.state, reason: reason ?? null, message: null },
    timeline: { at, state: standing.state, ...(reason && { reason }) },
  };
}

/** Takes a job that does not run out of wherever it waits, and gives what it was. Undefined when it waits nowhere. */
export function takeOut(state: CoreState, jobId: string): Waiter | undefined {
  const waiting = state.waiting.get(jobId);
  if (waiting) {
    state.waiting.delete(jobId);
    forgetDependent(state, waiting);
    return waiting;
  }
  for (const queue of [state.runnable, state.refused]) {
    const priority = queue.priorityOf(jobId);
    if (priority === undefined) continue;
    const sequence = queue.sequenceOf(jobId) as number;
    queue.remove(jobId);
    state.refusals.delete(jobId);
    return { jobId, priority, sequence, held: false, after: [], startReason: 'start_after' };
  }
  return undefined;
}

export interface WaitingEnd {
  state: FinishedState;
  reason: JobReason;
  message?: string;
}

/** The end of a job that does not run, wherever it waits, if anywhere. Those that wait for it are `ended`'s business. */
export function endWaiting(state: CoreState, jobId: string, end: WaitingEnd, at: number): Decision {
  takeOut(state, jobId);
  forget(state, jobId);
  const { message = null } = end;
  return {
    kind: 'change_job',
    jobId,
    set: { ...end, message, finishedAt: at, waitsFor: null, expiresAt: null },
    timeline: { at, ...end },
  };
}
