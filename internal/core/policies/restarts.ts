// What follows when a workload's own controller begins all of it anew, as a JobSet's failure policy may.
// Rule: each rise of the count is written down with its cause, in the attempt and in the timeline, once: the attempt's row
// keeps the count. It changes nothing else. The attempt stays the same and keeps its slot, and its retries are untouched,
// for they count attempts. One that is ending is not looked at any more.
import type { Decision } from '../decisions.ts';
import type { WorkloadObserved } from '../events.ts';
import type { RunningJob } from '../state.ts';

export function noteRestarts(job: RunningJob, { restarts, at }: WorkloadObserved): Decision[] {
  if (job.ending || !restarts || restarts.count <= (job.restarts ?? 0)) return [];
  const { jobId, attempt } = job;
  const { count, message } = restarts;
  job.restarts = count;
  return [
    { kind: 'change_attempt', jobId, attempt, set: { restarts: count } },
    { kind: 'change_job', jobId, set: { state: 'running' }, timeline: { at, state: 'running', message, attempt } },
  ];
}
