// Reads over a connection of their own: synchronous, of committed rows only, and never waiting for a commit (WAL).
// What needs more than one statement runs in one transaction, so it sees one moment.
import type Database from 'better-sqlite3';
import type { Attempt, JobDetail } from '../../../pkg/models/index.ts';
import { canonicalJobId, jobIdFromHex } from '../job-id.ts';
import type { StoreReader } from '../store.ts';
import { deliveryOf } from './delivery-rows.ts';
import { listJobs } from './list-jobs.ts';
import type { Readable } from './readable-rows.ts';
import { type AttemptRow, acceptanceOf, attemptOf, jobOf, timelineEntryOf } from './rows.ts';
import { scheduleOf } from './schedule-rows.ts';
import { attemptsOfJob } from './statements/attempts-of-job.ts';
import { dueCleanups } from './statements/due-cleanups.ts';
import { eventsAfter } from './statements/events-after.ts';
import { findAttempt } from './statements/find-attempt.ts';
import { findDeliveries } from './statements/find-deliveries.ts';
import { findIdempotency } from './statements/find-idempotency.ts';
import { findJob } from './statements/find-job.ts';
import { findJobs } from './statements/find-jobs.ts';
import { findSchedules } from './statements/find-schedules.ts';
import { finishedJobs } from './statements/finished-jobs.ts';
import { lastEvent } from './statements/last-event.ts';
import { timelineOfJob } from './statements/timeline-of-job.ts';
import { webhooksUpTo } from './statements/webhooks-up-to.ts';

export function sqliteReader(db: Database.Database, readable: Readable): StoreReader {
  const jobs = findJobs(db);
  const attempt = findAttempt(db);
  const due = dueCleanups(db);
  const detail = db.transaction(jobDetail(db, readable));
  const list = listJobs(db, readable);
  const finished = finishedJobs(db);
  const keys = findIdempotency(db);
  const events = eventsAfter(db, readable);
  const schedules = findSchedules(db);
  const deliveries = findDeliveries(db);
  return {
    job: (jobId) => {
      const id = canonicalJobId(jobId);
      return id === undefined ? undefined : detail(id);
    },
    jobs: (jobIds) => (jobIds.length === 0 ? [] : readable(jobs(jobIds), jobOf)),
    attempt: (jobId, number) => readable(found(attempt(jobId, number)), attemptOf)[0],
    list,
    finished: (limit, behind) => readable(finished(limit, behind), jobOf),
    dueCleanups: (at, limit) => readable(due(at, limit), attemptWithJob),
    idempotency: (wanted) => (wanted.length === 0 ? [] : keys(wanted)),
    events,
    lastEventId: lastEvent(db),
    schedule: (name) => readable(schedules.named(name), scheduleOf)[0],
    schedules: (limit, skip) => readable(schedules.page(limit, skip), scheduleOf),
    scheduleCount: schedules.count,
    delivery: (deliveryId) => readable(deliveries.withId(deliveryId), deliveryOf)[0],
    deliveries: (state, limit, skip) => readable(deliveries.page(state, limit, skip), deliveryOf),
    deliveryCount: deliveries.count,
    dueDeliveries: (at, limit, exceptHosts) => readable(deliveries.due(at, limit, exceptHosts), deliveryOf),
    nextDeliveryAt: deliveries.nextAt,
    webhooksUpTo: webhooksUpTo(db),
  };
}

function jobDetail(db: Database.Database, readable: Readable): (jobId: string) => JobDetail | undefined {
  const job = findJob(db);
  const attempts = attemptsOfJob(db);
  const timeline = timelineOfJob(db);
  return (jobId) => {
    const [detail] = readable(found(job(jobId)), (row) => ({ ...jobOf(row), timeline: [acceptanceOf(row)] }));
    if (!detail) return undefined;
    const history = [...detail.timeline, ...readable(timeline(jobId), timelineEntryOf)];
    return { ...detail, attempts: readable(attempts(jobId), attemptOf), timeline: history };
  };
}

function attemptWithJob(row: AttemptRow): { jobId: string; attempt: Attempt } {
  return { jobId: jobIdFromHex(row.job_id), attempt: attemptOf(row) };
}

function found<Row>(row: Row | undefined): Row[] {
  return row === undefined ? [] : [row];
}
