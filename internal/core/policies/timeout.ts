// How long an attempt may take.
// Rule: `timeout_seconds` counts from when the workload was first known to exist. Kubernetes is told the same limit
// (`activeDeadlineSeconds`) and gets 10 s to say so itself; then the workload is deleted here, since one on a lost node
// would hang for ever. The job has failed with `deadline` once the workload is gone. But one that came to its own end while
// nobody could see it (an outage, a restart) is not deleted, and that end counts.
import type { Decision } from '../decisions.ts';
import type { CoreState, RunningJob } from '../state.ts';
import { callNow } from './calls.ts';

const graceMs = 10_000;

function deadlineOf({ madeAt, rules }: RunningJob): number | undefined {
  if (madeAt === undefined || rules?.timeoutMs === undefined) return undefined;
  return madeAt + rules.timeoutMs + graceMs;
}

/** Call when the attempt's workload became known, and after a restart. */
export function watchDeadline(state: CoreState, job: RunningJob): void {
  const deadline = deadlineOf(job);
  if (deadline !== undefined) state.timers.add(deadline, job.jobId);
}

/** Also after a restart that forgot that the workload was being deleted for it. */
export function isPastDeadline(job: RunningJob, at: number): boolean {
  return at >= (deadlineOf(job) ?? Number.POSITIVE_INFINITY);
}

export function enforceDeadline(state: CoreState, job: RunningJob, at: number): Decision[] {
  if (job.ending || !isPastDeadline(job, at)) return [];
  const { jobId, attempt } = job;
  job.ending = { state: 'failed', reason: 'deadline' };
  const reason = 'cancelling';
  const message = 'its timeout has passed; the workload is being deleted';
  Object.assign(job, { reason, message, failures: 0, notBefore: at });
  return [
    {
      kind: 'change_job',
      jobId,
      set: { reason, message },
      timeline: { at, state: 'running', reason, message, attempt },
    },
    ...callNow(state, job, at),
  ];
}
