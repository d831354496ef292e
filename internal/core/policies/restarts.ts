// What follows when a workload's own controller begins all of it anew, as a JobSet's failure policy may.
// Rule: each rise of the count is written down with its cause, in the attempt and in the timeline, once: the attempt's row
// keeps the count. After many rises only each hundredth restart has a line, for some workloads restart as long as they
// are there. It changes nothing else. The attempt stays the same and keeps its slot, and its retries are untouched,
// for they count attempts. One that is ending is not looked at any more.
import type { Decision } from '../decisions.ts';
import type { WorkloadObserved } from '../events.ts';
import type { RunningJob } from '../state.ts';

/** Of one attempt. */
const restartsWithALine = 100;

export function noteRestarts(job: RunningJob, { restarts, at }: WorkloadObserved): Decision[] {
  if (job.ending || !restarts || restarts.count <= (job.restarts ?? 0)) return [];
  const { jobId, attempt } = job;
  const { count, message } = restarts;
  const isTold = hasALine(job.restarts ?? 0, count);
  job.restarts = count;
  const counted: Decision = { kind: 'change_attempt', jobId, attempt, set: { restarts: count } };
  if (!isTold) return [counted];
  const timeline = { at, state: 'running', message, attempt } as const;
  return [counted, { kind: 'change_job', jobId, set: { state: 'running' }, timeline }];
}

function hasALine(before: number, count: number): boolean {
  const hundreds = (restarts: number): number => Math.floor(restarts / restartsWithALine);
  return count <= restartsWithALine || hundreds(count) > hundreds(before);
}
