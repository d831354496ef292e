// Jobs that a ResourceQuota refused.
// Rule: such a job is pending again with its old acceptance number, steps aside so that the jobs behind it can run, and
// is runnable again after a backoff that grows with each refusal in a row. Behind many others that were refused it waits
// longer, 200 ms for each of them: so a full quota is asked some twenty times a second by ten thousand jobs, and not by
// each of them once a minute, while those at the front come back as soon as ever.
import type { CoreState } from '../state.ts';
import { backoffMs, quotaBackoff } from './backoff.ts';
import { openSettleWindow } from './settle.ts';

const behindOneMs = 200;

export function refuse(state: CoreState, job: { jobId: string; priority: number; sequence: number }, at: number): void {
  const count = (state.refusals.get(job.jobId)?.count ?? 0) + 1;
  const queueMs = behindOneMs * state.refused.countBefore(job.priority, job.sequence);
  const retryAt = at + Math.max(queueMs, backoffMs(quotaBackoff, job.jobId, count));
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
