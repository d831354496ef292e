// The settle window: an idle queue waits a moment, so that a burst is ordered by priority and not by who came first by
// a millisecond.
// Rule: a window opens when a job becomes runnable while a slot is free and no other job is runnable; it closes
// `settleMs` later and is never extended. While it is open nothing is dispatched.
import type { CoreState } from '../state.ts';

/** Call before the job is put among the runnable ones. */
export function openSettleWindow(state: CoreState, at: number): void {
  if (state.settings.settleMs === 0 || isOpen(state, at) || state.runnable.size > 0) return;
  if (state.running.size >= state.settings.maxConcurrency) return;
  state.settleUntil = at + state.settings.settleMs;
}

/** Also while the job that opened it has left the queue again: the next one must not wait longer for that. */
function isOpen(state: CoreState, at: number): boolean {
  return state.settleUntil !== undefined && at < state.settleUntil;
}

export function closeSettleWindow(state: CoreState, now: number): void {
  if (state.settleUntil !== undefined && now >= state.settleUntil) state.settleUntil = undefined;
}
