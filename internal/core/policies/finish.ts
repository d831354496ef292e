// The end of a job that held a slot.
// Rule: the slot is free at once. A workload that finished is kept for the job TTL, and in any case until no create of
// it, lost or still unanswered, can land any more: until then its name, still taken, keeps the job from running twice.
import type { FinishedState, JobReason } from '../../../pkg/models/index.ts';
import type { Decision } from '../decisions.ts';
import type { CoreState, RunningJob } from '../state.ts';
import { landedAt, lateCreateMs } from './late-create.ts';

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
  state.refusals.delete(jobId);
  const landed = job.call === 'create' ? at + lateCreateMs : landedAt(job);
  const cleanupAt = keptWorkload ? Math.max(at + state.settings.jobTtlMs, landed) : null;
  return [
    {
      kind: 'change_attempt',
      jobId,
      attempt,
      set: { finishedAt: at, outcome: finalState, ...facts, cleanupAt },
    },
    {
      kind: 'change_job',
      jobId,
      set: {
        state: finalState,
        reason: facts.reason ?? null,
        message: facts.message ?? null,
        exitCode: facts.exitCode ?? null,
        finishedAt: at,
      },
      timeline: {
        at,
        state: finalState,
        ...(facts.reason && { reason: facts.reason }),
        ...(facts.message && { message: facts.message }),
        attempt,
      },
    },
  ];
}
