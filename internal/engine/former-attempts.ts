// How an attempt stands whose workload is in the way of another one: a JobSet keeps its name from attempt to attempt. It
// reads the rows, and decides nothing.
import { type AttemptStanding, lateCreateMs } from '../core/policies/late-create.ts';
import type { Clock } from '../platform/clock.ts';
import type { Store } from '../store/store.ts';

/** Undefined for an attempt that no row knows. */
export function standingOf(
  { store, clock }: { store: Pick<Store, 'reader'>; clock: Pick<Clock, 'now'> },
  jobId: string,
  attempt: number,
): AttemptStanding | undefined {
  const row = store.reader.attempt(jobId, attempt);
  if (!row) return undefined;
  if (row.finishedAt === undefined) return row.cancelRequestedAt === undefined ? 'running' : 'settling';
  const { unknownAt = Number.NEGATIVE_INFINITY } = row;
  return clock.now() < unknownAt + lateCreateMs ? 'settling' : 'over';
}
