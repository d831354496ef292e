// Which index answers a filter best, and what is left to check on the rows themselves.
import { type JobState, jobStates, queueDefault } from '../../../pkg/models/index.ts';
import type { JobFilter } from '../store.ts';
import type { IndexRuns, Run } from './statements/index-runs.ts';

export interface Candidates {
  /** Every match is in exactly one of them. */
  runs: Run[];
  /** The part of the filter that the runs do not answer; empty when they answer all of it. */
  rest: JobFilter;
}

/** Jobs whose name begins alike, that are sorted for a page; more are told by their rows. */
export const namedLikeLimit = 10_000;

/**
 * One label, else the name, else the beginning of a name when it is rare, else a queue that is not the default one, else
 * the states, else all jobs.
 */
export function candidatesOf(filter: JobFilter, indexes: IndexRuns): Candidates {
  const { name, namePrefix, queue } = filter;
  const states = [...new Set<JobState>(filter.states ?? jobStates)];
  const [label, ...moreLabels] = Object.entries(filter.labels ?? {});
  if (label) return { runs: [indexes.labelled(...label)], rest: withoutLabel(filter, moreLabels) };
  const ofQueue = queue === undefined ? {} : { queue };
  const rest = namePrefix === undefined ? ofQueue : { ...ofQueue, namePrefix };
  if (name !== undefined) return { runs: states.map((state) => indexes.named(name, state)), rest };
  const namedLike = namePrefix === undefined ? undefined : rareOnly(indexes.namedLike(namePrefix));
  if (namedLike) return { runs: [namedLike], rest: filter.states ? { ...ofQueue, states } : ofQueue };
  if (queue !== undefined && queue !== queueDefault) {
    const { queue: _, ...unanswered } = rest as JobFilter;
    return { runs: states.map((state) => indexes.inQueue(queue, state)), rest: unanswered };
  }
  return { runs: filter.states ? states.map((state) => indexes.inState(state)) : [indexes.allJobs()], rest };
}

function rareOnly(run: Run): Run | undefined {
  return run.count(namedLikeLimit + 1) > namedLikeLimit ? undefined : run;
}

function withoutLabel({ labels: _, ...rest }: JobFilter, moreLabels: Array<[string, string]>): JobFilter {
  return moreLabels.length > 0 ? { ...rest, labels: Object.fromEntries(moreLabels) } : rest;
}

/** The newest candidates below `before`, descending. */
export function newestOf(runs: readonly Run[], before: number, limit: number): number[] {
  if (runs.length === 1) return (runs[0] as Run).page(before, limit);
  const all = runs.flatMap((run) => run.page(before, limit));
  return all.sort((a, b) => b - a).slice(0, limit);
}
