import type Database from 'better-sqlite3';
import type { Schedule } from '../../../../pkg/models/index.ts';

/** A row of the same id is replaced. */
export function putSchedules(db: Database.Database): (schedules: readonly Schedule[]) => void {
  const statement = db.prepare(`
    INSERT INTO schedules (
      schedule_id, name, cron, time_zone, concurrency_policy, starting_deadline_ms, suspended, job,
      created_at, considered_up_to, last_run_at, last_job_id, active_job_ids, missed_runs, last_missed
    ) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (schedule_id) DO UPDATE SET
      name = excluded.name, cron = excluded.cron, time_zone = excluded.time_zone,
      concurrency_policy = excluded.concurrency_policy, starting_deadline_ms = excluded.starting_deadline_ms,
      suspended = excluded.suspended, job = excluded.job, considered_up_to = excluded.considered_up_to,
      last_run_at = excluded.last_run_at, last_job_id = excluded.last_job_id,
      active_job_ids = excluded.active_job_ids, missed_runs = excluded.missed_runs,
      last_missed = excluded.last_missed`);
  return (schedules) => {
    for (const schedule of schedules) statement.run(valuesOf(schedule));
  };
}

function valuesOf(schedule: Schedule): Array<string | number | null> {
  const { scheduleId, name, cron, timeZone, concurrencyPolicy, startingDeadlineMs, suspended, job } = schedule;
  const { createdAt, consideredUpTo, lastRunAt, lastJobId, activeJobIds, missedRuns, lastMissed } = schedule;
  return [
    ...[scheduleId, name, cron, timeZone, concurrencyPolicy, startingDeadlineMs ?? null, Number(suspended)],
    ...[JSON.stringify(job), createdAt, consideredUpTo, lastRunAt ?? null, lastJobId ?? null],
    ...[JSON.stringify(activeJobIds), missedRuns, lastMissed ? JSON.stringify(lastMissed) : null],
  ];
}
