// Held by a person.
// Rule: a job that does not run can be held, whatever it waits for, and released; what else it waits for goes on counting
// meanwhile. A held job holds nobody up. Holding a held job, and releasing one that is not held, changes nothing.
import type { Decision } from '../decisions.ts';
import type { HoldChanged } from '../events.ts';
import type { CoreState } from '../state.ts';
import { enter, reconsider, standingChange, takeOut } from './waiting.ts';

/** For a job that does not run and is not finished. */
export function changeHold(state: CoreState, { jobId, held, at }: HoldChanged): Decision[] {
  const waiting = state.waiting.get(jobId);
  if ((waiting?.held ?? false) === held) return [];
  const mark: Decision = { kind: 'change_job', jobId, set: { held: held ? true : null } };
  if (waiting) {
    waiting.held = held;
    return [mark, ...reconsider(state, waiting, at)];
  }
  const job = takeOut(state, jobId);
  if (!job) return [];
  return [mark, standingChange(jobId, enter(state, { ...job, held }, at), at)];
}
