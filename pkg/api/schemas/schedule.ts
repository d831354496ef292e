// The documents about schedules: what is sent to make or change one, and what the server answers.
import Type, { type Static } from 'typebox';
import { concurrencyPolicies, missedReasons } from '../../models/index.ts';
import { rules } from '../rules.ts';
import { jobId, oneOf, textOf, timestamp } from './common.ts';
import { submissionBody } from './submission.ts';

const secondsMaximum = 315_360_000;

const settings = {
  cron: Type.String({
    maxLength: 256,
    description:
      'Minute, hour, day of month, month, day of week, or one of `@hourly`, `@daily`, `@weekly`, `@monthly`, `@yearly`. ' +
      'Names such as `MON` and `JAN`, `L` (last), `#` (the nth weekday) are understood. When both days are limited, ' +
      'either is enough.',
    examples: ['30 2 * * *'],
  }),
  time_zone: Type.String({
    maxLength: 64,
    default: 'UTC',
    description: 'The IANA time zone that the expression is in.',
    examples: ['Europe/Berlin'],
  }),
  concurrency_policy: oneOf(
    concurrencyPolicies,
    'What happens at a run’s time while a job of the schedule is not finished: `Allow` (the default) submits another one, ' +
      '`Forbid` leaves the run out, `Replace` cancels the unfinished one first.',
  ),
  starting_deadline_seconds: Type.Integer({
    minimum: 1,
    maximum: secondsMaximum,
    description:
      'How late a run may be, as after a time in which the server was down; without it a run is never too late.',
    examples: [600],
  }),
  suspend: Type.Boolean({ default: false, description: 'No runs while this is true; they are not made up for.' }),
};

export const newScheduleBody = Type.Object(
  {
    name: textOf(rules.dnsLabel, 'The schedule’s name, which no other one has', { examples: ['nightly'] }),
    cron: settings.cron,
    time_zone: Type.Optional(settings.time_zone),
    concurrency_policy: Type.Optional(settings.concurrency_policy),
    starting_deadline_seconds: Type.Optional(settings.starting_deadline_seconds),
    suspend: Type.Optional(settings.suspend),
    job: submissionBody,
  },
  {
    additionalProperties: false,
    description: 'A job that is submitted again and again.',
    examples: [
      { name: 'nightly', cron: '30 2 * * *', time_zone: 'Europe/Berlin', job: { name: 'report', image: 'busybox' } },
    ],
  },
);
export type NewScheduleBody = Static<typeof newScheduleBody>;

export const scheduleChangeBody = Type.Partial(Type.Object({ ...settings, job: submissionBody }), {
  additionalProperties: false,
  minProperties: 1,
  description: 'What to change; what is absent stays. A `job` replaces the one before as a whole.',
  examples: [{ suspend: true }],
});
export type ScheduleChangeBody = Static<typeof scheduleChangeBody>;

export const scheduleDocument = Type.Object(
  {
    schedule_id: Type.String({ format: 'uuid', description: 'The schedule’s id, a UUIDv7.' }),
    name: Type.String({ description: 'Its name.', examples: ['nightly'] }),
    cron: Type.String({ description: 'When it runs.', examples: ['30 2 * * *'] }),
    time_zone: Type.String({ description: 'The time zone of `cron`.', examples: ['Europe/Berlin'] }),
    concurrency_policy: oneOf(concurrencyPolicies, 'What happens while a job of it is not finished.'),
    starting_deadline_seconds: Type.Optional(Type.Number({ description: 'How late a run may be.', examples: [600] })),
    suspend: Type.Boolean({ description: 'Whether it has no runs now.', examples: [false] }),
    job: Type.Unsafe<Record<string, unknown>>({
      type: 'object',
      additionalProperties: true,
      description: 'The job of each run, as it was sent.',
      examples: [{ name: 'report', image: 'busybox' }],
    }),
    created_at: timestamp('When it was made'),
    next_run_at: Type.Optional(timestamp('The time of the next run; absent while it is suspended')),
    last_run_at: Type.Optional(timestamp('The time that the last run was for')),
    last_job_id: Type.Optional(jobId),
    missed_runs: Type.Integer({ description: 'How many runs did not take place.', examples: [0] }),
    last_missed_at: Type.Optional(timestamp('The time that the last missed run was for')),
    last_missed_reason: Type.Optional(
      oneOf(
        missedReasons,
        'Why: `too_late` (its deadline was over), `superseded` (the server was away, and a later run took its place), ' +
          '`job_unfinished` (by `Forbid`), `refused` (the job was not accepted).',
      ),
    ),
    last_missed_message: Type.Optional(Type.String({ description: 'The same for people, when there is more to say.' })),
  },
  { $id: 'Schedule', description: 'A schedule. Values that it does not have are left out.' },
);
export type ScheduleDocument = Static<typeof scheduleDocument>;

export const scheduleSchemas = [scheduleDocument];
