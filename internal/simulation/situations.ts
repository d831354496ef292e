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
  if (subject.commit) return [...commitSituations(subject.commit)];
  if (subject.event) return [eventSituation(subject.event)];
  if (subject.name !== undefined) return [attemptSituation(rows, rows.keyOfWorkload(subject.name))];
  if (!subject.resource) return ['any'];
  const ofOneJob = subject.labelSelector?.includes(jobIdLabel) ?? false;
  return [ofOneJob ? `${subject.resource.plural}_of_one` : subject.resource.plural];
}

/** What stood open when the program died. */
export function unfinishedSituations(rows: Rows): string[] {
  const found = new Set<string>();
  for (const [jobId, { attempt }] of rows.running) found.add(attemptSituation(rows, `${jobId}/${attempt}`));
  if (rows.pending.size > 0) found.add('pending');
  return found.size > 0 ? [...found] : ['idle'];
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
