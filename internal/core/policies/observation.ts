// What follows from a look at a running job's workload.
// Rule: Complete or Failed ends the job with the true reason; anything else only changes what people are told.
// A job that is ending ignores what its workload still does: it ends when the workload is gone, and what a lost create makes
// after that is deleted as soon as it is seen. Only for a timeout, and where it gives way, the end is remembered, for it may
// be the workload's own, which nobody had seen in time.
import type { Decision } from '../decisions.ts';
import type { WorkloadObserved } from '../events.ts';
import type { CoreState, RunningJob } from '../state.ts';
import { callNow } from './calls.ts';
import { markMade } from './creation.ts';
import { finish } from './finish.ts';
import { noteRestarts } from './restarts.ts';

export function workloadObserved(state: CoreState, job: RunningJob, event: WorkloadObserved): Decision[] {
  const made = [...markMade(state, job, event), ...noteRestarts(job, event)];
  const { phase, ...facts } = event.observation;
  if (job.ending) {
    if (job.ending.state !== 'cancelled' && event.observation.phase !== 'active') job.ownEnd = event.observation;
    if (job.gone) job.notBefore = event.at;
    delete job.gone;
    return [...made, ...callNow(state, job, event.at)];
  }
  if (phase === 'active') return [...made, ...noteProgress(job, event)];
  return [...made, ...finish(state, job, event.at, { state: phase, ...facts, keptWorkload: true })];
}

/** Trouble is written down and enters the timeline; the usual steps of a start are shown live only. */
function noteProgress(job: RunningJob, event: WorkloadObserved): Decision[] {
  if (event.observation.phase !== 'active') return [];
  const { reason, message } = event.observation;
  const before = job.reason;
  setOrDelete(job, reason, message);
  const { jobId, attempt } = job;
  if (reason === before) return [];
  if (isTrouble(reason)) {
    const text = message ?? null;
    return [
      {
        kind: 'change_job',
        jobId,
        set: { reason: reason ?? null, message: text },
        timeline: { at: event.at, state: 'running', ...(reason && { reason }), ...(message && { message }), attempt },
      },
    ];
  }
  if (isTrouble(before)) return [{ kind: 'change_job', jobId, set: { reason: null, message: null } }];
  return [];
}

function isTrouble(reason: RunningJob['reason']): boolean {
  return reason === 'unschedulable' || reason === 'image_problem';
}

function setOrDelete(job: RunningJob, reason: RunningJob['reason'], message: string | undefined): void {
  if (reason === undefined) delete job.reason;
  else job.reason = reason;
  if (message === undefined) delete job.message;
  else job.message = message;
}
