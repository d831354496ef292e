// The border between the columns of a schedule and the model. A row that cannot be read throws an UnreadableRow.
import type { ConcurrencyPolicy, MissedRun, Schedule } from '../../../pkg/models/index.ts';
import { UnreadableRow } from './rows.ts';

export interface ScheduleRow {
  schedule_id: string;
  name: string;
  cron: string;
  time_zone: string;
  concurrency_policy: string;
  starting_deadline_ms: number | null;
  suspended: number;
  job: string;
  created_at: number;
  considered_up_to: number;
  last_run_at: number | null;
  last_job_id: string | null;
  active_job_ids: string;
  missed_runs: number;
  last_missed: string | null;
}

export const scheduleColumns = `
  schedule_id, name, cron, time_zone, concurrency_policy, starting_deadline_ms, suspended, job,
  created_at, considered_up_to, last_run_at, last_job_id, active_job_ids, missed_runs, last_missed`;

export function scheduleOf(row: ScheduleRow): Schedule {
  return {
    scheduleId: row.schedule_id,
    name: row.name,
    cron: row.cron,
    timeZone: row.time_zone,
    concurrencyPolicy: row.concurrency_policy as ConcurrencyPolicy,
    ...(row.starting_deadline_ms !== null && { startingDeadlineMs: row.starting_deadline_ms }),
    suspended: row.suspended === 1,
    job: parsed(row, 'job') as Record<string, unknown>,
    createdAt: row.created_at,
    consideredUpTo: row.considered_up_to,
    ...(row.last_run_at !== null && { lastRunAt: row.last_run_at }),
    ...(row.last_job_id !== null && { lastJobId: row.last_job_id }),
    activeJobIds: parsed(row, 'active_job_ids') as string[],
    missedRuns: row.missed_runs,
    ...(row.last_missed !== null && { lastMissed: parsed(row, 'last_missed') as MissedRun }),
  };
}

function parsed(row: ScheduleRow, column: 'job' | 'active_job_ids' | 'last_missed'): object {
  try {
    const value: unknown = JSON.parse(row[column] as string);
    if (typeof value === 'object' && value !== null) return value;
  } catch {
    // reported below, like JSON that is not an object
  }
  throw new UnreadableRow(`schedule ${row.name}: ${column} is not a JSON object`);
}
