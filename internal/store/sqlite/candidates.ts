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

/** One label, else the name, else a queue that is not the default one, else the states, else all jobs. */
export function candidatesOf(filter: JobFilter, indexes: IndexRuns): Candidates {
  const { name, queue } = filter;
  const states = [...new Set<JobState>(filter.states ?? jobStates)];
  const [label, ...moreLabels] = Object.entries(filter.labels ?? {});
  if (label) return { runs: [indexes.labelled(...label)], rest: withoutLabel(filter, moreLabels) };
  const rest = queue === undefined ? {} : { queue };
  if (name !== undefined) return { runs: states.map((state) => indexes.named(name, state)), rest };
  if (queue !== undefined && queue !== queueDefault) {
    return { runs: states.map((state) => indexes.inQueue(queue, state)), rest: {} };
  }
  return { runs: filter.states ? states.map((state) => indexes.inState(state)) : [indexes.allJobs()], rest };
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
