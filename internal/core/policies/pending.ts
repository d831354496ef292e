// Jobs that wait for a slot: acceptance, a new priority, a cancel.
// Rule: a job is accepted with the next acceptance number and told its position of that moment. A new priority moves
// it, but it keeps its number. A pending job is cancelled at once.
import type { Decision } from '../decisions.ts';
import type { CancelRequested, JobSubmitted, PriorityChanged } from '../events.ts';
import type { CoreState } from '../state.ts';
import { openSettleWindow } from './settle.ts';

/** Pending jobs ahead of this one, or −1 when it is not pending. */
export function queuePosition(state: CoreState, jobId: string): number {
  for (const queue of [state.runnable, state.refused]) {
    const priority = queue.priorityOf(jobId);
    if (priority !== undefined) return countAhead(state, priority, queue.sequenceOf(jobId) as number);
  }
  return -1;
}

function countAhead(state: CoreState, priority: number, sequence: number): number {
  return state.runnable.countBefore(priority, sequence) + state.refused.countBefore(priority, sequence);
}

export function acceptJob(state: CoreState, event: JobSubmitted): { sequence: number; position: number } {
  const { jobId, priority, at } = event;
  state.lastSequence += 1;
  const sequence = state.lastSequence;
  openSettleWindow(state, at);
  state.runnable.push(jobId, priority, sequence);
  return { sequence, position: countAhead(state, priority, sequence) };
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
