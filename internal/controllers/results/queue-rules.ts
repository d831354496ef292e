// What the queue's rows say about the result of an attempt: whether it is wanted, and until when its Job must stay. Pure. A row
// that cannot be read now says neither yes nor no: whoever asks has to ask again.
import type { Attempt, Job } from '../../../pkg/models/index.ts';

/** `unreadable`: the store does not give it now. Undefined: there is none. */
export type Row<T> = T | 'unreadable' | undefined;

/** The queue is asked again this often whether it has recorded the end of a job. */
const recordedAgainMs = 1_000;

export function wantsResult(job: Row<Pick<Job, 'rules'>>): boolean | 'unreadable' {
  return job === 'unreadable' ? job : job?.rules?.results === true;
}

export interface DeletionTimes {
  now: number;
  /** Of this program. */
  startedAt: number;
  /** A create without an answer can be carried out so much later. */
  lateCreateMs: number;
}

/** Milliseconds from now: the Job stays until the queue has recorded its end, and no lost create could make it again. */
export function untilDeletion(
  attempt: Row<Pick<Attempt, 'finishedAt' | 'unknownAt'>>,
  { now, startedAt, lateCreateMs }: DeletionTimes,
): number {
  if (attempt === 'unreadable') return recordedAgainMs;
  if (!attempt) return 0;
  const { finishedAt, unknownAt } = attempt;
  if (finishedAt === undefined) return recordedAgainMs;
  if (unknownAt === undefined) return 0;
  // The wall clock may have been set between two starts.
  return Math.max(0, (finishedAt < startedAt ? startedAt : unknownAt) + lateCreateMs - now);
}
