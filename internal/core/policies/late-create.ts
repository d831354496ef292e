// How long a create whose answer was lost may still be carried out by the API server.
// Rule: 90 s, more than any request stays alive in an API server (its own limit is 60 s). Until then a 404 proves nothing.
import type { RunningJob } from '../state.ts';

export const lateCreateMs = 90_000;

/**
 * How an attempt stands whose workload is in the way of another one. `settling`: it was cancelled and is about to go, or is
 * over but a lost create of its workload may still land.
 */
export type AttemptStanding = 'running' | 'settling' | 'over';

export function mayStillLand(job: RunningJob, at: number): boolean {
  return at < landedAt(job);
}

/** From when on no lost create of this attempt can land; 0 when none was lost. */
export function landedAt(job: RunningJob): number {
  return job.unknownAt === undefined ? 0 : job.unknownAt + lateCreateMs;
}
