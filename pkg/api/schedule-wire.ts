// Schedules between the wire and the model: seconds outside, milliseconds inside.
import type { ScheduleSettings } from '../models/index.ts';
import type { ScheduleView } from './schedule-service.ts';
import type { NewScheduleBody, ScheduleChangeBody, ScheduleDocument } from './schemas/schedule.ts';
import { timeOf } from './times.ts';

export function scheduleSettingsOf({ name: _name, ...body }: NewScheduleBody): ScheduleSettings {
  const { cron, job } = body;
  return {
    ...{ timeZone: 'UTC', concurrencyPolicy: 'Allow', suspended: false },
    ...scheduleChangesOf(body),
    ...{ cron, job },
  };
}

export function scheduleChangesOf(body: ScheduleChangeBody): Partial<ScheduleSettings> {
  const { cron, time_zone, concurrency_policy, starting_deadline_seconds, suspend, job } = body;
  return {
    ...(cron !== undefined && { cron }),
    ...(time_zone !== undefined && { timeZone: time_zone }),
    ...(concurrency_policy !== undefined && { concurrencyPolicy: concurrency_policy }),
    ...(starting_deadline_seconds !== undefined && { startingDeadlineMs: starting_deadline_seconds * 1_000 }),
    ...(suspend !== undefined && { suspended: suspend }),
    ...(job !== undefined && { job }),
  };
}

export function scheduleDocumentOf(schedule: ScheduleView): ScheduleDocument {
  const { nextRunAt, lastRunAt, lastJobId, lastMissed, startingDeadlineMs } = schedule;
  return {
    schedule_id: schedule.scheduleId,
    name: schedule.name,
    cron: schedule.cron,
    time_zone: schedule.timeZone,
    concurrency_policy: schedule.concurrencyPolicy,
    ...(startingDeadlineMs !== undefined && { starting_deadline_seconds: startingDeadlineMs / 1_000 }),
    suspend: schedule.suspended,
    job: schedule.job,
    created_at: timeOf(schedule.createdAt),
    ...(nextRunAt !== undefined && { next_run_at: timeOf(nextRunAt) }),
    ...(lastRunAt !== undefined && { last_run_at: timeOf(lastRunAt) }),
    ...(lastJobId !== undefined && { last_job_id: lastJobId }),
    missed_runs: schedule.missedRuns,
    ...(lastMissed && { last_missed_at: timeOf(lastMissed.at), last_missed_reason: lastMissed.reason }),
    ...(lastMissed?.message !== undefined && { last_missed_message: lastMissed.message }),
  };
}
