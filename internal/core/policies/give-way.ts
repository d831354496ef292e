// A running job that is asked to give way to others: it goes back to the queue.
// Rule: its workload is deleted as a cancel does it, and the slot is kept until that is surely gone (ending.ts). Then the
// job waits as one that is retried does, 10 s the first time and twice as long each further time, up to 10 minutes, so that
// it does not take at once what it gave up; and after that it is pending, with its priority and its acceptance number. The
// attempt stays in its history as `gave_way`. It is no failure: it doesn't count against the job's retries, whatever these
// say. Who asks of an attempt that is over or is being ended already asks for nothing.
// What ends the attempt first wins: a cancel, whenever it comes; its own end or its timeout, when the workload had finished
// before it was to be deleted, which is looked at before each deletion; a create that is refused. A timeout that passes
// while the workload goes has nothing left to end.
import type { Decision } from '../decisions.ts';
import type { GiveWayRequested } from '../events.ts';
import type { CoreState, RunningJob } from '../state.ts';
import { type BackoffSettings, backoffMs } from './backoff.ts';
import { callNow } from './calls.ts';
import { expire, isExpired } from './expiry.ts';
import { waitForNextAttempt } from './retry.ts';

export const giveWayBackoff: BackoffSettings = { firstMs: 10_000, longestMs: 600_000 };

export function giveWay(state: CoreState, job: RunningJob, event: GiveWayRequested): Decision[] {
  if (job.ending) return [];
  const { jobId, attempt } = job;
  const { at, message } = event;
  const reason = 'cancelling';
  Object.assign(job, { ending: { state: 'gave_way', message }, reason, message, failures: 0, notBefore: at });
  return [
    { kind: 'change_attempt', jobId, attempt, set: { giveWay: message } },
    {
      kind: 'change_job',
      jobId,
      set: { reason, message },
      timeline: { at, state: 'running', reason, message, attempt },
    },
    ...callNow(state, job, at),
  ];
}

/** Its workload is surely gone: the slot is free, and the job goes back. */
export function gaveWay(state: CoreState, job: RunningJob, why: string, at: number): Decision[] {
  const { jobId, attempt } = job;
  const times = (job.rules?.gaveWayTimes ?? 0) + 1;
  state.running.delete(jobId);
  state.refusals.delete(jobId);
  state.gaveWayNow.set(jobId, times);
  const decisions: Decision[] = [
    {
      kind: 'change_attempt',
      jobId,
      attempt,
      set: { finishedAt: at, outcome: 'gave_way', message: why, giveWay: null, cleanupAt: null },
    },
    { kind: 'change_job', jobId, set: { gaveWayTimes: times } },
    ...waitForNextAttempt(
      state,
      job,
      backoffMs(giveWayBackoff, jobId, times),
      `attempt ${attempt} gave way: ${why}`,
      at,
    ),
  ];
  if (isExpired(state, jobId, at)) decisions.push(...expire(state, jobId, at));
  return decisions;
}

/** The attempt had come to its own end before it could give way, or never began: what it was asked for is moot. */
export function needNotGiveWay(job: RunningJob): Decision[] {
  const { jobId, attempt } = job;
  if (job.ending?.state !== 'gave_way') return [];
  delete job.ending;
  delete job.reason;
  delete job.message;
  return [
    { kind: 'change_attempt', jobId, attempt, set: { giveWay: null } },
    { kind: 'change_job', jobId, set: { reason: null, message: null } },
  ];
}
