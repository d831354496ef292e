import type { JobState } from '../../pkg/models/index.ts';
import type { Pruned } from './store.ts';

/** From the states of the jobs that were deleted. */
export function prunedOf(keys: number, states: readonly JobState[]): Pruned {
  const jobs: Pruned['jobs'] = {};
  for (const state of states) jobs[state] = (jobs[state] ?? 0) + 1;
  return { keys, jobs };
}
