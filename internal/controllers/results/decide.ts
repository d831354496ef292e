// What to do next about a Job whose result is to be saved. Pure: what is known in, one step out. The order is the promise:
//
//   finished ─▶ save ─▶ tell (event) ─▶ mark (annotation) ─▶ delete (success only)
//
// Nothing is deleted on the word of the mark alone, which anybody can copy: the result of that very Job has to be there.
// Each step can be repeated, and each is only taken when the one before is known to be done: after a crash at any point the
// same steps follow again, a result is never lost, and nothing is there twice.
import type { ResultJob } from './records.ts';

/** The ConfigMap of the result's name: whose it is. */
export type Place =
  | { of: 'nobody' }
  | { of: 'this_job' }
  | { of: 'earlier_job'; uid: string }
  | { of: 'somebody_else' };

export interface Situation {
  /** As the API server has it now. */
  job: ResultJob;
  /** Undefined: not looked at yet. */
  place?: Place;
  /** Whether the event was taken by the API server, now or before. */
  told: boolean;
  /** Until when the Job must not be deleted: for ever as long as the queue has not recorded its end. 0: it may be. */
  keptForMs: number;
}

export type Step =
  | { kind: 'nothing' }
  | { kind: 'look_again'; afterMs: number }
  | { kind: 'look_at_place' }
  | { kind: 'keep_earlier'; uid: string }
  | { kind: 'save' }
  | { kind: 'tell_of_the_place' }
  | { kind: 'tell' }
  | { kind: 'mark' }
  | { kind: 'delete' };

export const runningAgainMs = 30_000;
/** Somebody may free the name. */
const takenAgainMs = 300_000;

export function nextStep({ job, place, told, keptForMs }: Situation): Step {
  if (!job.end)
    return job.suspended || job.deleted ? { kind: 'nothing' } : { kind: 'look_again', afterMs: runningAgainMs };
  if (job.done && (job.end.status !== 'completed' || job.deleted)) return { kind: 'nothing' };
  if (job.done && keptForMs > 0) return { kind: 'look_again', afterMs: keptForMs };
  switch (place?.of) {
    case undefined:
      return { kind: 'look_at_place' };
    case 'nobody':
      return { kind: 'save' };
    case 'earlier_job':
      return { kind: 'keep_earlier', uid: place.uid };
    case 'somebody_else':
      return told ? { kind: 'look_again', afterMs: takenAgainMs } : { kind: 'tell_of_the_place' };
    case 'this_job':
      if (job.done) return { kind: 'delete' };
      return told ? { kind: 'mark' } : { kind: 'tell' };
  }
}
