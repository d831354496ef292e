// Jobs that a ResourceQuota refused.
// Rule: such a job is pending again with its old acceptance number, steps aside so that the jobs behind it can run, and
// is runnable again after a backoff that grows with each refusal in a row.
import type { CoreState } from '../state.ts';
import { backoffMs, quotaBackoff } from './backoff.ts';
import { openSettleWindow } from './settle.ts';

export function refuse(state: CoreState, job: { jobId: string; priority: number; sequence: number }, at: number): void {
  const count = (state.refusals.get(job.jobId)?.count ?? 0) + 1;
  const retryAt = at + backoffMs(quotaBackoff, job.jobId, count);
  state.refused.push(job.jobId, job.priority, job.sequence);
  state.refusals.set(job.jobId, { count, retryAt });
  state.timers.add(retryAt, job.jobId);
}

/** Back among the runnable jobs when its time has come. */
export function retryRefused(state: CoreState, jobId: string, at: number): void {
  const refusals = state.refusals.get(jobId);
  if (!refusals || at < refusals.retryAt || !state.refused.has(jobId)) return;
  const priority = state.refused.priorityOf(jobId) as number;
  const sequence = state.refused.sequenceOf(jobId) as number;
  state.refused.remove(jobId);
  openSettleWindow(state, at);
  state.runnable.push(jobId, priority, sequence);
}
