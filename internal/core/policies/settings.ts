// What people set for the whole queue while it runs.
// Rule: a higher cap takes effect at once; a lower one only stops dispatch until enough jobs have ended, for no running
// job is ever ended by it. While the queue is paused nothing is dispatched, and everything else goes on.
import type { Decision } from '../decisions.ts';
import type { SettingsChanged } from '../events.ts';
import type { CoreState } from '../state.ts';

export function changeSettings(state: CoreState, { maxConcurrency, paused }: SettingsChanged): Decision[] {
  if (maxConcurrency !== undefined) state.settings.maxConcurrency = maxConcurrency;
  if (paused !== undefined) state.paused = paused;
  const set = { ...(maxConcurrency !== undefined && { maxConcurrency }), ...(paused !== undefined && { paused }) };
  return [{ kind: 'change_settings', set }];
}
