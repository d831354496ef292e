// Jobs that wait for other jobs.
// Rule: a job waits until each job it names has ended. One that ended otherwise than it had to (`success`: succeeded;
// `failure`: failed or expired; `finish`: in any way) can no longer be waited for: the job is cancelled with
// `dependency_failed`, and then those that wait for its success, and so on.
import type { Dependency, DependencyCondition, FinishedState } from '../../../pkg/models/index.ts';
import type { Decision } from '../decisions.ts';
import type { CoreState, WaitingJob } from '../state.ts';
import { endWaiting, reconsider } from './waiting.ts';

const endings: Record<DependencyCondition, readonly FinishedState[]> = {
  success: ['succeeded'],
  failure: ['failed', 'expired'],
  finish: ['succeeded', 'failed', 'cancelled', 'expired'],
};

/** The words for people when this dependency can no longer be met; undefined while it can, or is. */
export function whyUnmeetable({ jobId, on }: Dependency, ended: FinishedState): string | undefined {
  if (endings[on].includes(ended)) return undefined;
  return `it was to run after the ${on} of job ${jobId}, which ${ended === 'cancelled' ? 'was' : 'has'} ${ended}`;
}

/** Call when a job has ended, whatever it was before: it may have been waited for. */
export function ended(state: CoreState, jobId: string, how: FinishedState, at: number): Decision[] {
  const decisions: Decision[] = [];
  const news = [{ jobId, how }];
  for (const { jobId: endedId, how: endedHow } of news) {
    state.endedNow.set(endedId, endedHow);
    for (const job of takeDependents(state, endedId)) {
      const why = job.after
        .filter((dependency) => dependency.jobId === endedId)
        .map((dependency) => whyUnmeetable(dependency, endedHow))
        .find((words) => words !== undefined);
      if (why === undefined) decisions.push(...resolved(state, job, endedId, at));
      else {
        decisions.push(cancelDependent(state, job.jobId, why, at));
        news.push({ jobId: job.jobId, how: 'cancelled' });
      }
    }
  }
  return decisions;
}

/** In order of acceptance: what follows never depends on the order of a Set. */
function takeDependents(state: CoreState, jobId: string): WaitingJob[] {
  const ids = state.dependents.get(jobId);
  if (!ids) return [];
  state.dependents.delete(jobId);
  const jobs = [...ids].map((id) => state.waiting.get(id) as WaitingJob);
  return jobs.sort((a, b) => a.sequence - b.sequence);
}

function resolved(state: CoreState, job: WaitingJob, endedId: string, at: number): Decision[] {
  job.after = job.after.filter((dependency) => dependency.jobId !== endedId);
  const waitsFor = job.after.length > 0 ? job.after : null;
  return [{ kind: 'change_job', jobId: job.jobId, set: { waitsFor } }, ...reconsider(state, job, at)];
}

export function cancelDependent(state: CoreState, jobId: string, message: string, at: number): Decision {
  return endWaiting(state, jobId, { state: 'cancelled', reason: 'dependency_failed', message }, at);
}

/** Those that may be moved when this job ends: its dependents, theirs, and so on. */
export function dependentsOf(state: CoreState, jobId: string): string[] {
  const found = new Set<string>([jobId]);
  for (const id of found) for (const dependent of state.dependents.get(id) ?? []) found.add(dependent);
  found.delete(jobId);
  return [...found];
}
