// In which situation a fault strikes: how the job stood that the call was about, what a commit would have written, what
// an event would have told. A fault that never met a situation has not been tested in it.
import type { KubernetesObject, WatchEvent } from '../../pkg/kubernetes/cluster.ts';
import { jobIdLabel } from '../../pkg/kubernetes/labels.ts';
import type { Commit } from '../store/store.ts';
import { isOver, type Rows } from './checkers/rows.ts';
import type { Subject } from './fault-plan.ts';

/** How an attempt stands, by the rows. */
export type AttemptSituation = 'requested' | 'unknown' | 'made' | 'cancelling' | 'over' | 'nobody';

/** One or more words; `any` where there is nothing to tell apart. */
export function situationsOf(subject: Subject, rows: Rows): string[] {
  if (subject.commit) return [...commitSituations(subject.commit), ...rulesInCommit(subject.commit, rows)];
  if (subject.event) return [eventSituation(subject.event)];
  if (subject.name !== undefined) {
    const key = rows.keyOfWorkload(subject.name);
    return [attemptSituation(rows, key), ...rulesOfAttempt(rows, key)];
  }
  if (!subject.resource) return ['any'];
  const ofOneJob = subject.labelSelector?.includes(jobIdLabel) ?? false;
  return [ofOneJob ? `${subject.resource.plural}_of_one` : subject.resource.plural];
}

/** What stood open when the program died. */
export function unfinishedSituations(rows: Rows): string[] {
  const found = new Set<string>();
  for (const [jobId, { attempt }] of rows.running) found.add(attemptSituation(rows, `${jobId}/${attempt}`));
  if (rows.pending.size > 0) found.add('pending');
  for (const job of rows.running.values())
    for (const rule of rulesOfAttempt(rows, `${job.jobId}/${job.attempt}`)) found.add(rule);
  for (const { state, reason, expiresAt } of rows.waiting.values()) {
    found.add(reason === 'retry_backoff' ? reason : state);
    if (expiresAt !== undefined) found.add('may_expire');
  }
  if (rows.settings.paused) found.add('paused');
  return found.size > 0 ? [...found] : ['idle'];
}

/** Of an attempt, what people asked for beyond the workload. */
function rulesOfAttempt(rows: Rows, key = ''): string[] {
  const job = rows.jobs.get(key.slice(0, key.indexOf('/')));
  const attempt = rows.attempts.get(key);
  if (!job || !attempt || job.state !== 'running') return [];
  const found: string[] = [];
  if (attempt.giveWay !== undefined) found.push('giving_way');
  if ((job.gaveWayTimes ?? 0) > 0) found.push('gave_way');
  if (attempt.attempt > 1) found.push(job.attemptsBefore === attempt.attempt - 1 ? 'run_again' : 'retried');
  if (job.expiresAt !== undefined) found.push('may_expire');
  if (job.rules?.timeoutMs === undefined) return found;
  const isAsked = attempt.cancelRequestedAt !== undefined || attempt.giveWay !== undefined;
  const isLate = job.reason === 'cancelling' && !isAsked;
  return [...found, isLate ? 'timed_out' : 'has_timeout'];
}

/** `rows`: as they are before the commit. */
function rulesInCommit(commit: Commit, rows: Rows): Set<string> {
  const { inserts, jobChanges, attemptChanges, settings, idempotency } = commit;
  const found = new Set<string>();
  const isToGiveWay = new Set(attemptChanges.filter(({ set }) => set.giveWay).map(({ jobId }) => jobId));
  const gaveWay = new Set(attemptChanges.filter(({ set }) => set.outcome === 'gave_way').map(({ jobId }) => jobId));
  if (isToGiveWay.size > 0) found.add('to_give_way');
  if (gaveWay.size > 0) found.add('gave_way');
  for (const { state } of inserts) if (state !== 'pending') found.add(`accepted_${state}`);
  for (const { jobId, set } of jobChanges) {
    const from = rows.jobs.get(jobId)?.state;
    if (set.held !== undefined && set.attemptsBefore === undefined) found.add(set.held ? 'held' : 'released');
    if (set.attemptsBefore !== undefined) found.add('run_again');
    else if (set.startAt !== undefined && from === 'running' && !gaveWay.has(jobId)) found.add('to_be_retried');
    else if (from === 'scheduled' && set.state === 'pending') found.add('due');
    else if (from === 'blocked' && set.state === 'pending') found.add('unblocked');
    if (set.reason === 'dependency_failed') found.add('dependency_failed');
    if (set.reason === 'cancelling' && set.message && !isToGiveWay.has(jobId)) found.add('timed_out');
  }
  if (settings.paused !== undefined) found.add(settings.paused ? 'paused' : 'resumed');
  if (settings.maxConcurrency !== undefined) found.add('cap_set');
  if (idempotency.length > 0) found.add(idempotency.length > 1 ? 'keyed_batch' : 'keyed');
  return found;
}

function attemptSituation(rows: Rows, key = ''): AttemptSituation {
  const attempt = rows.attempts.get(key);
  const job = rows.jobs.get(key.slice(0, key.indexOf('/')));
  if (!attempt || !job) return 'nobody';
  if (isOver(job) || attempt.finishedAt !== undefined) return 'over';
  if (attempt.cancelRequestedAt !== undefined) return 'cancelling';
  return attempt.creation === 'refused' ? 'over' : attempt.creation;
}

export function commitSituations(commit: Commit): Set<string> {
  const found = new Set<string>();
  if (commit.inserts.length > 0) found.add('accepted');
  if (commit.attempts.length > 0) found.add('dispatched');
  for (const { set } of commit.jobChanges) {
    if (set.state && set.state !== 'running') found.add(set.state === 'pending' ? 'back_to_pending' : set.state);
    if (set.priority !== undefined) found.add('reprioritised');
  }
  for (const { set } of commit.attemptChanges) {
    if (set.creation === 'made' || set.creation === 'unknown') found.add(set.creation);
    if (set.cancelRequestedAt !== undefined) found.add('cancel_asked');
    if (set.cleanupAt === null && set.finishedAt === undefined) found.add('cleaned_up');
  }
  return found;
}

function eventSituation(event: WatchEvent): string {
  if (event.type === 'ERROR') return 'error';
  if (event.type === 'BOOKMARK') return 'bookmark';
  const { kind } = event.object;
  return `${kind.toLowerCase()}_${event.type === 'MODIFIED' ? progressOf(event.object) : event.type.toLowerCase()}`;
}

function progressOf({ metadata, status = {} }: KubernetesObject): 'ended' | 'deleting' | 'changed' {
  const conditions = (status.conditions ?? []) as Array<{ type: string }>;
  const isEnded = status.phase === 'Succeeded' || status.phase === 'Failed';
  if (isEnded || conditions.some(({ type }) => type === 'Complete' || type === 'Failed')) return 'ended';
  return metadata.deletionTimestamp === undefined ? 'changed' : 'deleting';
}
