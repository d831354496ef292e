// Which call a running job needs next, and when.
// Rule: a job makes one call at a time. One that is ending needs its workload deleted; one whose workload is not known
// to be made needs it created, under the same name. No call goes out while the cluster is unreachable or before the
// job's `notBefore`; when the cluster is back every job that waits is looked at again.
import type { Decision } from '../decisions.ts';
import type { CoreState, Ending, RunningJob } from '../state.ts';
import { type BackoffSettings, backoffMs } from './backoff.ts';

export function callNow(state: CoreState, job: RunningJob, at: number): Decision[] {
  if (job.call !== 'none' || !state.clusterReachable || at < job.notBefore) return [];
  const { jobId, attempt } = job;
  if (job.ending) {
    job.call = 'delete';
    const unlessFinished = ownEndCounts(job.ending);
    const how = { propagation: 'foreground', ...(unlessFinished && { unlessFinished }) } as const;
    return [{ kind: 'delete_workload', jobId, attempt, ...how }];
  }
  if (job.creation === 'made') return [];
  job.call = 'create';
  return [{ kind: 'create_workload', jobId, attempt }];
}

/** One that came to its own end, unseen, is not deleted for its timeout, nor to give way. */
function ownEndCounts(ending: Ending): boolean {
  return ending.state === 'gave_way' || (ending.state === 'failed' && ending.reason === 'deadline');
}

/** After a failure: the next call waits for the backoff, or for what the server asked for if that is longer. */
export function callLater(
  state: CoreState,
  job: RunningJob,
  at: number,
  backoff: BackoffSettings,
  retryAfterMs = 0,
): Decision[] {
  job.failures += 1;
  waitUntil(state, job, at + Math.max(retryAfterMs, backoffMs(backoff, job.jobId, job.failures)));
  return [];
}

/** Whoever says the same twice gets one timer; but that the job waits until then does not mean that it has one. */
export function waitUntil(state: CoreState, job: RunningJob, at: number): void {
  if (job.notBefore === at && state.timers.has(at, job.jobId)) return;
  job.notBefore = at;
  state.timers.add(at, job.jobId);
}
