// How schedules are shown in tables.
import type { ScheduleDocument } from '../../../pkg/client/index.ts';
import type { View } from './output.ts';

export const scheduleView: View<ScheduleDocument> = {
  noun: 'schedules',
  name: ({ name }) => name,
  columns: [
    { heading: 'NAME', cell: ({ name }) => name },
    { heading: 'CRON', cell: ({ cron }) => cron },
    { heading: 'TIME-ZONE', cell: ({ time_zone }) => time_zone },
    { heading: 'SUSPENDED', cell: ({ suspend }) => String(suspend) },
    { heading: 'NEXT-RUN', cell: ({ next_run_at }) => next_run_at },
    { heading: 'LAST-RUN', cell: ({ last_run_at }) => last_run_at },
    { heading: 'MISSED', cell: ({ missed_runs }) => missed_runs },
  ],
  wide: [
    { heading: 'CONCURRENCY', cell: ({ concurrency_policy }) => concurrency_policy },
    { heading: 'LAST-MISSED', cell: ({ last_missed_reason }) => last_missed_reason },
    { heading: 'LAST-JOB', cell: ({ last_job_id }) => last_job_id },
  ],
};
