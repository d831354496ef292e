// Jobs that wait for a slot: acceptance, a new priority, a cancel.
// Rule: a job is accepted with the next acceptance number and told its position of that moment. A new priority moves
// it, but it keeps its number. A pending job is cancelled at once.
import type { Decision } from '../decisions.ts';
import type { CancelRequested, JobSubmitted, PriorityChanged } from '../events.ts';
import type { CoreState } from '../state.ts';
import { openSettleWindow } from './settle.ts';

/** Pending jobs ahead of this one, or −1 when it is not pending. */
export function queuePosition(state: CoreState, jobId: string): number {
  const inLine = state.runnable.rank(jobId);
  const order = inLine >= 0 ? state.runnable : state.refused;
  const other = inLine >= 0 ? state.refused : state.runnable;
  const rank = inLine >= 0 ? inLine : order.rank(jobId);
  if (rank < 0) return -1;
  return rank + other.countBefore(order.priorityOf(jobId) as number, order.sequenceOf(jobId) as number);
}

export function acceptJob(state: CoreState, event: JobSubmitted): { sequence: number; position: number } {
  state.lastSequence += 1;
  openSettleWindow(state, event.at);
  state.runnable.push(event.jobId, event.priority, state.lastSequence);
  return { sequence: state.lastSequence, position: queuePosition(state, event.jobId) };
}

export function cancelPending(state: CoreState, event: CancelRequested): Decision[] {
  const { jobId, at } = event;
  if (!state.runnable.remove(jobId)) state.refused.remove(jobId);
  state.refusals.delete(jobId);
  return [
    {
      kind: 'change_job',
      jobId,
      set: { state: 'cancelled', reason: 'by_user', message: null, finishedAt: at },
      timeline: { at, state: 'cancelled', reason: 'by_user' },
    },
  ];
}

export function changePriority(state: CoreState, event: PriorityChanged): Decision[] {
  const { jobId, priority } = event;
  if (!state.runnable.reprioritise(jobId, priority)) state.refused.reprioritise(jobId, priority);
  return [{ kind: 'change_job', jobId, set: { priority } }];
}
