// How long a job waits at most.
// Rule: `queue_timeout_seconds` counts from acceptance to the first workload, in whatever state the job waits. A job
// whose create is under way when the time comes is left alone; if a quota then refuses it, it expires instead of waiting
// again. Once it had a workload it never expires.
import type { Decision } from '../decisions.ts';
import type { CoreState } from '../state.ts';
import { ended } from './dependents.ts';
import { endWaiting } from './waiting.ts';

export function willExpire(state: CoreState, jobId: string, expiresAt: number): void {
  state.expiries.set(jobId, expiresAt);
  state.timers.add(expiresAt, jobId);
}

export function isExpired(state: CoreState, jobId: string, at: number): boolean {
  return at >= (state.expiries.get(jobId) ?? Number.POSITIVE_INFINITY);
}

/** For a job that does not run. */
export function expire(state: CoreState, jobId: string, at: number): Decision[] {
  const end = endWaiting(state, jobId, { state: 'expired', reason: 'queue_timeout' }, at);
  return [end, ...ended(state, jobId, 'expired', at)];
}
