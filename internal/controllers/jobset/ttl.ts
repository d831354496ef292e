// A finished JobSet with `ttlSecondsAfterFinished` is deleted that long after its condition turned True. Pure.
import { endOfJobSet } from './finished.ts';
import type { JobSetRecord } from './records.ts';

/** How long it stays; 0 when it may go, undefined when it stays for good. */
export function remainingMs(jobSet: JobSetRecord, nowMs: number): number | undefined {
  const end = endOfJobSet(jobSet);
  if (jobSet.ttlSeconds === undefined || end === undefined) return undefined;
  const endedAt = Date.parse(end.lastTransitionTime);
  return Number.isNaN(endedAt) ? undefined : Math.max(0, endedAt + jobSet.ttlSeconds * 1_000 - nowMs);
}
