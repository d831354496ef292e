// The end of an attempt, and of the job unless the attempt is retried.
// Rule: the slot is free at once. A workload that finished is kept for the job TTL, and in any case until no create of
// it, lost or still unanswered, can land any more: until then its name, still taken, keeps the job from running twice.
import type { FinishedState, JobReason } from '../../../pkg/models/index.ts';
import type { Decision } from '../decisions.ts';
import type { CoreState, RunningJob } from '../state.ts';
import { ended } from './dependents.ts';
import { forget } from './forget.ts';
import { landedAt, lateCreateMs } from './late-create.ts';
import { retryWaitMs, runAgain } from './retry.ts';

export interface Outcome {
  state: FinishedState;
  reason?: JobReason;
  message?: string;
  exitCode?: number;
  /** The workload is still there and is to be deleted later. */
  keptWorkload?: boolean;
}

export function finish(state: CoreState, job: RunningJob, at: number, outcome: Outcome): Decision[] {
  const { jobId, attempt } = job;
  const { keptWorkload, state: finalState, ...facts } = outcome;
  state.running.delete(jobId);
  const landed = job.call === 'create' ? at + lateCreateMs : landedAt(job);
  const cleanupAt = keptWorkload ? Math.max(at + state.settings.jobTtlMs, landed) : null;
  const attemptEnd: Decision = {
    kind: 'change_attempt',
    jobId,
    attempt,
    set: { finishedAt: at, outcome: finalState, ...facts, cleanupAt },
  };
  state.refusals.delete(jobId);
  const waitMs = retryWaitMs(job, outcome);
  if (waitMs !== undefined) return [attemptEnd, ...runAgain(state, job, outcome, waitMs, at)];
  const expires = state.expiries.has(jobId);
  forget(state, jobId);
  return [
    attemptEnd,
    {
      kind: 'change_job',
      jobId,
      set: {
        state: finalState,
        reason: facts.reason ?? null,
        message: facts.message ?? null,
        exitCode: facts.exitCode ?? null,
        finishedAt: at,
        ...(expires && { expiresAt: null }),
      },
      timeline: {
        at,
        state: finalState,
        ...(facts.reason && { reason: facts.reason }),
        ...(facts.message && { message: facts.message }),
        attempt,
      },
    },
    ...ended(state, jobId, finalState, at),
  ];
}
