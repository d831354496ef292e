// A commit as the writer's thread takes it; the other half is apply-commit.ts.
import type { Commit } from '../store.ts';
import type { PackedCommit } from './packed.ts';
import { packTimelineEntry } from './statements/append-timeline.ts';
import { packAttemptChange } from './statements/change-attempts.ts';
import { packJobChange } from './statements/change-jobs.ts';
import { packCounts } from './statements/count-inserted.ts';
import { packIdempotency } from './statements/insert-idempotency.ts';
import { packJob } from './statements/insert-jobs.ts';
import { packLabels } from './statements/insert-labels.ts';
import { packAttempt } from './statements/put-attempts.ts';

export function packCommit(commit: Commit): PackedCommit {
  const packed: PackedCommit = {
    jobs: [],
    labels: [],
    counts: packCounts(commit.inserts),
    attempts: [],
    lastDispatchSequence: 0,
    jobChanges: [],
    attemptChanges: [],
    timeline: [],
    settings: commit.settings,
    idempotency: [],
    schedules: commit.schedules,
    removedSchedules: commit.removedSchedules,
    deliveries: commit.deliveries,
    removedDeliveries: commit.removedDeliveries,
    webhooksUpTo: commit.webhooksUpTo,
  };
  for (const job of commit.inserts) {
    packJob(job, packed.jobs);
    packLabels(job, packed.labels);
  }
  for (const { jobId, attempt } of commit.attempts) {
    packAttempt(jobId, attempt, packed.attempts);
    packed.lastDispatchSequence = Math.max(packed.lastDispatchSequence, attempt.dispatchSequence);
  }
  for (const change of commit.jobChanges) packJobChange(change, packed.jobChanges);
  for (const change of commit.attemptChanges) packAttemptChange(change, packed.attemptChanges);
  for (const { jobId, entry } of commit.timeline) packTimelineEntry(jobId, entry, packed.timeline);
  for (const record of commit.idempotency) packIdempotency(record, packed.idempotency);
  return packed;
}
