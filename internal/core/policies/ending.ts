// How a job that holds a slot comes to its end when its workload is taken away: by a cancel, to give way, or by others.
// Rule: the slot is kept until the workload is surely gone. Gone means that a consistent read did not find it, and that
// no create is on its way: neither in flight now, nor unknown within the last 90 s (a lost create may land that late).
// While a create is in flight nothing is deleted: its answer comes first, and then the deletion.
import type { Decision } from '../decisions.ts';
import type { CancelRequested, DeleteAnswered, WorkloadMissing } from '../events.ts';
import type { CoreState, Ending, RunningJob } from '../state.ts';
import { callBackoff } from './backoff.ts';
import { callLater, callNow, waitUntil } from './calls.ts';
import { finish, type Outcome } from './finish.ts';
import { gaveWay, needNotGiveWay } from './give-way.ts';
import { landedAt, mayStillLand } from './late-create.ts';
import { isPastDeadline } from './timeout.ts';

/** A deletion that was accepted is asked for again after this long, in case the news of its end was lost. */
const deletionReminderMs = 30_000;

export function cancelRunning(state: CoreState, job: RunningJob, event: CancelRequested): Decision[] {
  if (job.ending?.state === 'cancelled') return [];
  const { jobId, attempt } = job;
  const { at } = event;
  const set = { cancelRequestedAt: at, ...(job.ending?.state === 'gave_way' && { giveWay: null }) };
  job.ending = { state: 'cancelled' };
  job.reason = 'cancelling';
  delete job.message;
  job.failures = 0;
  job.notBefore = at;
  return [
    { kind: 'change_attempt', jobId, attempt, set },
    {
      kind: 'change_job',
      jobId,
      set: { reason: 'cancelling', message: null },
      timeline: { at, state: 'running', reason: 'cancelling', attempt },
    },
    ...callNow(state, job, at),
  ];
}

export function deleteAnswered(state: CoreState, job: RunningJob, event: DeleteAnswered): Decision[] {
  if (job.call === 'delete') job.call = 'none';
  if (event.outcome === 'missing') return workloadMissing(state, job, event);
  if (!job.ending) return [];
  if (event.outcome === 'finished') return endedByItself(state, job, event.at);
  if (event.outcome === 'failed') return callLater(state, job, event.at, callBackoff, event.retryAfterMs);
  job.failures = 0;
  waitUntil(state, job, event.at + deletionReminderMs);
  return [];
}

/** It had come to its own end before it was to be deleted; that end counts, and the watch tells of it or did already. */
function endedByItself(state: CoreState, job: RunningJob, at: number): Decision[] {
  if (job.ending?.state === 'cancelled') return callNow(state, job, at);
  const decisions = needNotGiveWay(job);
  delete job.ending;
  if (!job.ownEnd) return [...decisions, ...callNow(state, job, at)];
  const { phase, ...facts } = job.ownEnd;
  return [...decisions, ...finish(state, job, at, { state: phase, ...facts, keptWorkload: true })];
}

export function workloadMissing(
  state: CoreState,
  job: RunningJob,
  event: WorkloadMissing | DeleteAnswered,
): Decision[] {
  if (!job.ending && job.creation !== 'made') return [];
  job.ending ??= { state: 'failed', reason: isPastDeadline(job, event.at) ? 'deadline' : 'workload_deleted' };
  if (job.call === 'create') return [];
  if (mayStillLand(job, event.at)) {
    job.gone = true;
    waitUntil(state, job, landedAt(job));
    return [];
  }
  return endedAsWanted(state, job, job.ending, event.at);
}

/** The workload is surely gone, or never was. */
export function endedAsWanted(state: CoreState, job: RunningJob, ending: Ending, at: number): Decision[] {
  if (ending.state === 'gave_way') return gaveWay(state, job, ending.message, at);
  return finish(state, job, at, outcomeOf(ending));
}

function outcomeOf(ending: Exclude<Ending, { state: 'gave_way' }>): Outcome {
  if (ending.state === 'cancelled') return { state: 'cancelled', reason: 'by_user' };
  return { state: 'failed', reason: ending.reason, message: wordsFor[ending.reason] };
}

const wordsFor = {
  workload_deleted: 'the workload was deleted by someone else before it finished',
  deadline: 'the attempt took longer than its timeout; its workload was deleted',
} as const;
