// One turn's writes in one transaction, in the order that the interface names. Durable when `apply` returns.
import type Database from 'better-sqlite3';
import type { PackedCommit } from './packed.ts';
import { appendTimeline } from './statements/append-timeline.ts';
import { changeAttempts } from './statements/change-attempts.ts';
import { changeJobs } from './statements/change-jobs.ts';
import { countInserted } from './statements/count-inserted.ts';
import { insertJobs } from './statements/insert-jobs.ts';
import { insertLabels } from './statements/insert-labels.ts';
import { noteLastDispatch } from './statements/note-last-dispatch.ts';
import { putAttempts } from './statements/put-attempts.ts';

/** The statements, prepared once per connection. */
export function commitWriter(db: Database.Database): (commit: PackedCommit) => void {
  const insertNewJobs = insertJobs(db);
  const insertTheirLabels = insertLabels(db);
  const count = countInserted(db);
  const startAttempts = putAttempts(db);
  const noteDispatch = noteLastDispatch(db);
  const applyJobChanges = changeJobs(db);
  const applyAttemptChanges = changeAttempts(db);
  const addHistory = appendTimeline(db);
  const apply = db.transaction((commit: PackedCommit) => {
    insertNewJobs(commit.jobs);
    insertTheirLabels(commit.labels);
    count(commit.counts);
    startAttempts(commit.attempts);
    if (commit.lastDispatchSequence > 0) noteDispatch(commit.lastDispatchSequence);
    applyJobChanges(commit.jobChanges);
    applyAttemptChanges(commit.attemptChanges);
    addHistory(commit.timeline);
  });
  return apply.immediate;
}
