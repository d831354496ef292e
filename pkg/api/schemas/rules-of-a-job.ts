// The fields of a submission that say when a job may run, how long, and what happens when it fails.
import Type from 'typebox';
import { dependencyConditions, retryCauses } from '../../models/index.ts';
import { rules } from '../rules.ts';
import { jobId, oneOf, textOf } from './common.ts';

/** Ten years: longer is a mistake. */
const secondsMaximum = 315_360_000;

const seconds = (description: string, options: object = {}) =>
  Type.Integer({ minimum: 1, maximum: secondsMaximum, description: `${description}, in seconds.`, ...options });

/** One schema for both forms instead of a union: what is wrong with it is then said in one sentence. */
const startAfter = Type.Unsafe<string | { in: string }>({
  type: ['string', 'object'],
  pattern: rules.startAfter.pattern,
  properties: { in: textOf(rules.longDuration, 'From acceptance', { examples: ['10m'] }) },
  required: ['in'],
  additionalProperties: false,
  description: `The job is \`scheduled\` until then; ${rules.startAfter.allowed}.`,
  examples: ['2026-11-04T09:30:00Z', { in: '10m' }],
});

const dependency = Type.Object(
  {
    job_id: Type.String({ ...jobId, pattern: rules.uuid.pattern }),
    on: Type.Optional(
      oneOf(dependencyConditions, 'How it has to end: `failure` is failed or expired, `finish` any end.'),
    ),
  },
  { additionalProperties: false },
);

const retries = Type.Object(
  {
    max: Type.Integer({ minimum: 0, maximum: 1000, description: 'Attempts after the first.', examples: [3] }),
    backoff_seconds: Type.Optional(
      Type.Number({ minimum: 0, maximum: 604_800, default: 10, description: 'The wait before the first retry.' }),
    ),
    backoff_factor: Type.Optional(
      Type.Number({
        minimum: 1,
        maximum: 100,
        default: 2,
        description: 'Each wait is this many times the one before.',
      }),
    ),
    max_backoff_seconds: Type.Optional(
      Type.Number({ minimum: 0, maximum: 604_800, default: 3600, description: 'The longest wait.' }),
    ),
    on: Type.Optional(
      Type.Array(textOf(rules.retryCause, 'A cause'), {
        minItems: 1,
        maxItems: 64,
        default: retryCauses.filter((cause) => cause !== 'create_refused'),
        description:
          'What is retried: `failed` is any failure of the job’s own doing, `exit:137` only that exit code, `timeout` its ' +
          'deadline, `deleted` a workload that others deleted.',
      }),
    ),
  },
  {
    additionalProperties: false,
    description: 'When a failed attempt is followed by another one.',
    examples: [{ max: 3 }],
  },
);

export const ruleFields = {
  hold: Type.Optional(Type.Boolean({ default: false, description: 'The job waits until it is released.' })),
  start_after: Type.Optional(startAfter),
  after: Type.Optional(
    Type.Array(dependency, {
      minItems: 1,
      maxItems: 100,
      description: 'The job is `blocked` until each of these has ended; it is cancelled when one ends otherwise.',
    }),
  ),
  queue_timeout_seconds: Type.Optional(seconds('How long it may wait for its first workload; then it is `expired`')),
  timeout_seconds: Type.Optional(seconds('How long an attempt may take')),
  retries: Type.Optional(retries),
  on_finish: Type.Optional(
    Type.Object(
      {
        url: Type.String({
          minLength: 1,
          maxLength: 2_048,
          description:
            'Called with POST when the job has finished, on a host that the operator allowed (`--webhooks`).',
          examples: ['https://hooks.example/finished'],
        }),
      },
      { additionalProperties: false, description: 'Who is told of the job’s end.' },
    ),
  ),
  results: Type.Optional(
    Type.Boolean({
      default: false,
      description:
        'Its log and the facts of its pods are saved in a ConfigMap when it has finished, and a Job that succeeded is deleted ' +
        'then. Only for jobs that run as a Kubernetes Job.',
    }),
  ),
};
