// One turn's writes in one transaction, in the order that the interface names. Durable when `apply` returns.
import type Database from 'better-sqlite3';
import type { PackedCommit } from './packed.ts';
import { appendTimeline } from './statements/append-timeline.ts';
import { changeAttempts } from './statements/change-attempts.ts';
import { changeJobs } from './statements/change-jobs.ts';
import { countInserted } from './statements/count-inserted.ts';
import { insertIdempotency } from './statements/insert-idempotency.ts';
import { insertJobs } from './statements/insert-jobs.ts';
import { insertLabels } from './statements/insert-labels.ts';
import { lastEvent } from './statements/last-event.ts';
import { noteLastDispatch } from './statements/note-last-dispatch.ts';
import { putAttempts } from './statements/put-attempts.ts';
import { putDeliveries } from './statements/put-deliveries.ts';
import { putSchedules } from './statements/put-schedules.ts';
import { removeDeliveries } from './statements/remove-deliveries.ts';
import { removeSchedules } from './statements/remove-schedules.ts';
import { storeSettings } from './statements/store-settings.ts';
import { storeWebhooksUpTo } from './statements/webhooks-up-to.ts';

/** The statements, prepared once per connection. The answer is the id of the commit's first event. */
export function commitWriter(db: Database.Database): (commit: PackedCommit) => number {
  const insertNewJobs = insertJobs(db);
  const insertTheirLabels = insertLabels(db);
  const count = countInserted(db);
  const startAttempts = putAttempts(db);
  const noteDispatch = noteLastDispatch(db);
  const applyJobChanges = changeJobs(db);
  const applyAttemptChanges = changeAttempts(db);
  const addHistory = appendTimeline(db);
  const changeSettings = storeSettings(db);
  const rememberKeys = insertIdempotency(db);
  const keepSchedules = putSchedules(db);
  const forgetSchedules = removeSchedules(db);
  const keepDeliveries = putDeliveries(db);
  const forgetDeliveries = removeDeliveries(db);
  const noteWebhooks = storeWebhooksUpTo(db);
  let lastEventId = lastEvent(db)();
  const apply = db.transaction((commit: PackedCommit) => {
    const firstEventId = lastEventId + 1;
    let eventId = insertNewJobs(commit.jobs, firstEventId);
    insertTheirLabels(commit.labels);
    count(commit.counts);
    startAttempts(commit.attempts);
    if (commit.lastDispatchSequence > 0) noteDispatch(commit.lastDispatchSequence);
    applyJobChanges(commit.jobChanges);
    applyAttemptChanges(commit.attemptChanges);
    eventId = addHistory(commit.timeline, eventId);
    changeSettings(commit.settings);
    rememberKeys(commit.idempotency);
    keepSchedules(commit.schedules);
    forgetSchedules(commit.removedSchedules);
    keepDeliveries(commit.deliveries);
    forgetDeliveries(commit.removedDeliveries);
    noteWebhooks(commit.webhooksUpTo);
    return { firstEventId, lastEventId: eventId - 1 };
  });
  return (commit) => {
    const ids = apply.immediate(commit);
    lastEventId = ids.lastEventId;
    return ids.firstEventId;
  };
}
