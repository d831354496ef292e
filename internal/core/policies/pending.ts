// Jobs that do not run: acceptance, a new priority, a cancel.
// Rule: a job is accepted with the next acceptance number and told its position of that moment, which is the one it would
// have if it were pending. A new priority moves it, but it keeps its number. One that waits is cancelled at once.
import type { Dependency } from '../../../pkg/models/index.ts';
import type { Decision } from '../decisions.ts';
import type { CancelRequested, JobSubmitted, PriorityChanged, ToBeWaitedFor } from '../events.ts';
import { type CoreState, isUnfinished } from '../state.ts';
import { cancelDependent, ended, whyUnmeetable } from './dependents.ts';
import { willExpire } from './expiry.ts';
import { endWaiting, enter, type Standing } from './waiting.ts';

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

/** How a job was accepted: its row begins like this. */
export interface Acceptance {
  sequence: number;
  position: number;
  standing: Standing;
  /** The jobs that it still waits for. */
  waitsFor: Dependency[];
}

/** Whether the core or the rows know how it stands with the job that a new one is to wait for. */
export function isKnown(state: CoreState, { jobId, finished }: ToBeWaitedFor): boolean {
  return isUnfinished(state, jobId) || (state.endedNow.get(jobId) ?? finished) !== undefined;
}

export function acceptJob(state: CoreState, event: JobSubmitted): { accepted: Acceptance; decisions: Decision[] } {
  const { jobId, priority, at, held = false, startAt, expiresAt } = event;
  const { waitsFor, why } = judge(state, event.after ?? []);
  state.lastSequence += 1;
  const sequence = state.lastSequence;
  const position = countAhead(state, priority, sequence);
  if (why !== undefined) {
    const standing = { state: 'blocked', reason: 'waiting_for_jobs' } as const;
    const decisions = [cancelDependent(state, jobId, why, at), ...ended(state, jobId, 'cancelled', at)];
    return { accepted: { sequence, position, standing, waitsFor: [] }, decisions };
  }
  const waiter = { jobId, priority, sequence, held, after: waitsFor, startReason: 'start_after' } as const;
  const standing = enter(state, { ...waiter, ...(startAt !== undefined && { startAt }) }, at);
  if (expiresAt !== undefined) willExpire(state, jobId, expiresAt);
  return { accepted: { sequence, position, standing, waitsFor }, decisions: [] };
}

interface Judged {
  /** Why one of them can no longer be met. */
  why: string | undefined;
  waitsFor: Dependency[];
}

function judge(state: CoreState, after: readonly ToBeWaitedFor[]): Judged {
  const judged: Judged = { why: undefined, waitsFor: [] };
  for (const { finished, ...dependency } of after) {
    const { jobId } = dependency;
    const how = state.endedNow.get(jobId) ?? finished;
    if (isUnfinished(state, jobId)) judged.waitsFor.push(dependency);
    else if (how === undefined) throw new Error(`a job was accepted that waits for ${jobId}, which nobody knows`);
    else judged.why ??= whyUnmeetable(dependency, how);
  }
  return judged;
}

export function cancelWaiting(state: CoreState, { jobId, at }: CancelRequested): Decision[] {
  const end = endWaiting(state, jobId, { state: 'cancelled', reason: 'by_user' }, at);
  return [end, ...ended(state, jobId, 'cancelled', at)];
}

export function changePriority(state: CoreState, event: PriorityChanged): Decision[] {
  const { jobId, priority } = event;
  const waiting = state.waiting.get(jobId);
  if (waiting) waiting.priority = priority;
  else if (!state.runnable.reprioritise(jobId, priority)) state.refused.reprioritise(jobId, priority);
  return [{ kind: 'change_job', jobId, set: { priority } }];
}
