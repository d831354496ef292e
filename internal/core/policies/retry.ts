// Whether a failed attempt is followed by another one, and when; and a finished job that a person has run again.
// Rule: a failure is retried when the job's rules name its cause and it had fewer than `max` attempts after the first.
// The wait before the n-th retry is `backoff × factor^(n−1)`, at most `max_backoff`, less the jitter of every backoff.
// The job keeps its acceptance number; attempts before a person had it run again, and those that gave way, do not count.
import type { FinishedState, JobReason, RetryCause } from '../../../pkg/models/index.ts';
import type { Decision } from '../decisions.ts';
import type { RetryRequested } from '../events.ts';
import type { CoreState, RunningJob } from '../state.ts';
import { backoffMs } from './backoff.ts';
import { enter, type Waiter } from './waiting.ts';

export interface Failure {
  state: FinishedState;
  reason?: JobReason;
  message?: string;
  exitCode?: number;
}

/** How long to wait before the next attempt; undefined when there is none. */
export function retryWaitMs({ jobId, attempt, rules = {} }: RunningJob, failure: Failure): number | undefined {
  const { retries, attemptsBefore = 0, gaveWayTimes = 0 } = rules;
  if (!retries || failure.state !== 'failed') return undefined;
  const retriesSoFar = attempt - 1 - attemptsBefore - gaveWayTimes;
  if (retriesSoFar >= retries.max || !causesOf(failure).some((cause) => retries.on.includes(cause))) return undefined;
  const { backoffMs: firstMs, maxBackoffMs: longestMs, backoffFactor: factor } = retries;
  return backoffMs({ firstMs, longestMs, factor }, jobId, retriesSoFar + 1);
}

/** Failures with a cause of their own; every other one is the job's own doing. */
const causeByReason: Partial<Record<JobReason, RetryCause>> = {
  deadline: 'timeout',
  workload_deleted: 'deleted',
  node_lost: 'node_lost',
  create_refused: 'create_refused',
};

function causesOf({ reason, exitCode }: Failure): RetryCause[] {
  const own = reason && causeByReason[reason];
  if (own) return [own];
  return exitCode === undefined ? ['failed'] : ['failed', `exit:${exitCode}`];
}

/** The attempt is over and holds no slot any more. */
export function runAgain(state: CoreState, job: RunningJob, failure: Failure, waitMs: number, at: number): Decision[] {
  return waitForNextAttempt(state, job, waitMs, `attempt ${job.attempt} failed: ${wordsOf(failure)}`, at);
}

/** `message` says why there is to be a next one. */
export function waitForNextAttempt(
  state: CoreState,
  job: RunningJob,
  waitMs: number,
  message: string,
  at: number,
): Decision[] {
  const { jobId, attempt, priority, sequence } = job;
  state.attempts.set(jobId, attempt);
  const startAt = at + waitMs;
  const waiter: Waiter = { jobId, priority, sequence, held: false, after: [], startAt, startReason: 'retry_backoff' };
  const standing = enter(state, waiter, at);
  const reason = 'reason' in standing ? standing.reason : null;
  return [
    {
      kind: 'change_job',
      jobId,
      set: { state: standing.state, reason, message, startAt: reason && startAt, startedAt: null },
      timeline: { at, state: standing.state, ...(reason && { reason }), message, attempt },
    },
  ];
}

function wordsOf({ reason, exitCode, message }: Failure): string {
  const code = exitCode === undefined ? '' : ` ${exitCode}`;
  return `${reason ?? 'failed'}${code}${message ? ` (${message})` : ''}`;
}

/** A finished job, told of by its row. */
export function retryFinished(state: CoreState, event: RetryRequested): Decision[] {
  const { jobId, priority, sequence, attempts, at } = event;
  if (attempts > 0) state.attempts.set(jobId, attempts);
  enter(state, { jobId, priority, sequence, held: false, after: [], startReason: 'start_after' }, at);
  return [
    {
      kind: 'change_job',
      jobId,
      set: {
        state: 'pending',
        ...{ reason: null, message: null, exitCode: null, startedAt: null, finishedAt: null },
        ...{ held: null, startAt: null, attemptsBefore: attempts, gaveWayTimes: null },
      },
      timeline: { at, state: 'pending' },
    },
  ];
}
