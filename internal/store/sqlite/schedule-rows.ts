// The border between the columns of a schedule and the model. A row that cannot be read throws an UnreadableRow.
import {
  type ConcurrencyPolicy,
  concurrencyPolicies,
  type MissedRun,
  type Schedule,
} from '../../../pkg/models/index.ts';
import { UnreadableRow } from './rows.ts';
import { areTexts, isNumber, isTime } from './sound-values.ts';

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
  assertSound(row);
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
    activeJobIds: Object.values(parsed(row, 'active_job_ids')) as string[],
    missedRuns: row.missed_runs,
    ...(row.last_missed !== null && { lastMissed: parsed(row, 'last_missed') as MissedRun }),
  };
}

function assertSound(row: ScheduleRow): void {
  const { missed_runs, concurrency_policy, created_at, considered_up_to, last_run_at, last_missed } = row;
  const missedAt = last_missed === null ? null : (parsed(row, 'last_missed') as MissedRun).at;
  const problem = [
    ...[created_at, considered_up_to, last_run_at, missedAt].map((time) => !isTime(time) && 'a time that is none'),
    !isNumber(missed_runs) && `missed_runs ${missed_runs}`,
    !(concurrencyPolicies as readonly string[]).includes(concurrency_policy) && `the policy "${concurrency_policy}"`,
    !areTexts({ ...parsed(row, 'active_job_ids') }) && 'active_job_ids that are none',
  ].find((words) => words !== false);
  if (problem !== undefined) throw new UnreadableRow(`schedule ${row.name}: ${problem}`);
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
