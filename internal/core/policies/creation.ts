// What follows from the answer to a create.
// Rule: a create has three outcomes. Made: the attempt has its workload. Refused: for good, and the job has failed with
// the API server's words; or by a quota, and the job goes back among the pending ones, keeps its acceptance number and
// is tried again later while others go on. Unknown: the slot stays held and the same name is created again after a
// backoff, for a create whose answer was lost may have been carried out, or may still be.
// A refusal within 90 s of an unknown create proves nothing about that earlier create, so it counts as unknown too.
// The watch may have shown the workload before its create is answered: then the answer no longer decides anything, but
// one that was lost is still remembered, and a job that came to be ending meanwhile has its workload deleted now.
import type { Decision } from '../decisions.ts';
import type { CreateMade, CreateRefused, CreateUnknown } from '../events.ts';
import type { CoreState, RunningJob } from '../state.ts';
import { callBackoff } from './backoff.ts';
import { callLater, callNow } from './calls.ts';
import { endedAsWanted } from './ending.ts';
import { expire, isExpired } from './expiry.ts';
import { finish } from './finish.ts';
import { needNotGiveWay } from './give-way.ts';
import { mayStillLand } from './late-create.ts';
import { refuse } from './quota.ts';
import { watchDeadline } from './timeout.ts';

export function createMade(state: CoreState, job: RunningJob, event: CreateMade): Decision[] {
  answered(job);
  return [...markMade(state, job, event), ...callNow(state, job, event.at)];
}

/** After a rebuild the answer to an earlier core's create may come while a deletion is on its way. */
function answered(job: RunningJob): void {
  if (job.call === 'create') job.call = 'none';
}

/** The attempt's workload exists: by the create's answer, or because somebody saw it first. */
export function markMade(state: CoreState, job: RunningJob, { uid, at }: { uid: string; at: number }): Decision[] {
  if (job.creation === 'made') return [];
  const wasUnknown = job.reason === 'create_unknown';
  Object.assign(job, { creation: 'made', failures: 0, madeAt: at });
  watchDeadline(state, job);
  const { jobId, attempt } = job;
  const set = { creation: 'made', uid, madeAt: at } as const;
  const decisions: Decision[] = [{ kind: 'change_attempt', jobId, attempt, set }];
  if (state.expiries.delete(jobId)) decisions.push({ kind: 'change_job', jobId, set: { expiresAt: null } });
  if (job.ending) return decisions;
  job.reason = 'starting';
  delete job.message;
  if (wasUnknown) decisions.push({ kind: 'change_job', jobId, set: { reason: null, message: null } });
  return decisions;
}

export function createRefused(state: CoreState, job: RunningJob, event: CreateRefused): Decision[] {
  answered(job);
  if (job.creation === 'made') return callNow(state, job, event.at);
  if (mayStillLand(job, event.at)) return callLater(state, job, event.at, callBackoff);
  const decisions = needNotGiveWay(job);
  if (job.ending) return endedAsWanted(state, job, job.ending, event.at);
  if (event.refusal === 'quota') return [...decisions, ...backToPending(state, job, event)];
  const refusal = finish(state, job, event.at, { state: 'failed', reason: 'create_refused', message: event.message });
  return [...decisions, ...refusal];
}

export function createUnknown(state: CoreState, job: RunningJob, event: CreateUnknown): Decision[] {
  answered(job);
  const decisions = event.surelyNotMade ? tellWhy(job, event) : markUnknown(job, event);
  return [...decisions, ...callLater(state, job, event.at, callBackoff, event.retryAfterMs)];
}

/** Shown live only, as the usual steps of a start are. */
function tellWhy(job: RunningJob, { message }: CreateUnknown): Decision[] {
  if (job.reason === 'creating') job.message = message;
  return [];
}

function markUnknown(job: RunningJob, event: CreateUnknown): Decision[] {
  const { jobId, attempt } = job;
  const creation = job.creation === 'made' ? 'made' : 'unknown';
  const unknownAt = event.at;
  Object.assign(job, { creation, unknownAt });
  const decisions: Decision[] = [{ kind: 'change_attempt', jobId, attempt, set: { creation, unknownAt } }];
  if (job.ending || creation === 'made' || job.reason === 'create_unknown') return decisions;
  job.reason = 'create_unknown';
  job.message = event.message;
  const { reason, message } = job;
  decisions.push({
    kind: 'change_job',
    jobId,
    set: { reason, message },
    timeline: { at: event.at, state: 'running', reason, message, attempt },
  });
  return decisions;
}

function backToPending(state: CoreState, job: RunningJob, event: CreateRefused): Decision[] {
  const { jobId, attempt } = job;
  const { at, message } = event;
  state.running.delete(jobId);
  refuse(state, job, at);
  if (attempt > 1) state.attempts.set(jobId, attempt - 1);
  const reason = 'quota_refused';
  const decisions: Decision[] = [
    {
      kind: 'change_attempt',
      jobId,
      attempt,
      set: { creation: 'refused', finishedAt: at, outcome: 'refused_by_quota', reason, message },
    },
    {
      kind: 'change_job',
      jobId,
      set: { state: 'pending', reason, message, attempt: attempt - 1, startedAt: null },
      timeline: { at, state: 'pending', reason, message, attempt },
    },
  ];
  if (isExpired(state, jobId, at)) decisions.push(...expire(state, jobId, at));
  return decisions;
}
