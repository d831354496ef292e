// News of attempts that hold no slot (any more).
// Rule: a workload whose finished attempt still keeps it (the job TTL) is left alone; one of an attempt that is over is
// deleted, for a lost create may have made it after all; one of an attempt that no row knows is not ours to touch.
// The end of a kept workload, by our clean-up or by others, is written down. One that cannot be deleted now goes to the
// end of the line, so that it never keeps the others from being cleaned up; but never before its time, for the deletion may
// have been asked for while the attempt still ran.
import type { Attempt } from '../../pkg/models/index.ts';
import type { Decision } from '../core/decisions.ts';
import type { ClusterEvent } from '../core/events.ts';
import type { Logger } from '../platform/logger.ts';

const cleanupAgainMs = 60_000;

type AttemptEvent = Extract<ClusterEvent, { jobId: string }>;

export function strayDecisions(event: AttemptEvent, row: Attempt | undefined, logger: Logger): Decision[] {
  const { jobId, attempt } = event;
  if (!row) {
    logger.warn({ jobId, attempt, news: event.kind }, 'news of a workload that no row knows; it is left alone');
    return [];
  }
  if (row.finishedAt === undefined) return [];
  if (event.kind === 'workload_observed' || event.kind === 'create_made') {
    if (row.cleanupAt !== undefined) return [];
    logger.warn({ jobId, attempt }, 'a workload of an attempt that is over was found; it is deleted');
    return [{ kind: 'delete_workload', jobId, attempt, propagation: 'background' }];
  }
  if (row.cleanupAt === undefined) return [];
  if (event.kind === 'delete_answered' && event.outcome === 'failed') {
    const againAt = event.at + Math.max(cleanupAgainMs, event.retryAfterMs ?? 0);
    const cleanupAt = Math.max(row.cleanupAt, againAt);
    return [{ kind: 'change_attempt', jobId, attempt, set: { cleanupAt } }];
  }
  if (event.kind !== 'workload_missing' && event.kind !== 'delete_answered') return [];
  if (event.kind === 'delete_answered' && event.outcome === 'finished') return [];
  return [{ kind: 'change_attempt', jobId, attempt, set: { cleanupAt: null } }];
}
