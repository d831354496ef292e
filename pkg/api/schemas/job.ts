// The documents about jobs that the server answers with. On the wire the fields that are always there come first, each
// group in the order of this file; that of the submission's answer and of the two fixed lists is part of the contract.
import Type, { type Static } from 'typebox';
import {
  creations,
  dependencyConditions,
  finishedStates,
  jobStates,
  reasonsByState,
  workloadKinds,
} from '../../models/index.ts';
import { jobId, jobName, oneOf, priority, timestamp } from './common.ts';
import type { WorkloadHealthDocument } from './workload.ts';

const reasons = [...new Set(Object.values(reasonsByState).flat())];
const outcomes = [...finishedStates, 'refused_by_quota', 'gave_way'] as const;

const position = (description: string) =>
  Type.String({ pattern: '^[0-9]+$', description: `${description} A number written as a string.`, examples: ['0'] });

export const submittedDocument = Type.Object(
  {
    job_id: jobId,
    name: jobName('The job’s name.'),
    queue_position: position('Pending jobs that would be dispatched before this one; 0 is next.'),
    status: Type.String({ description: 'Always the same sentence.', examples: ['Job submitted successfully'] }),
  },
  { $id: 'Submitted', description: 'The job is accepted and on disk.' },
);
export type SubmittedDocument = Static<typeof submittedDocument>;

export const queueEntryDocument = Type.Object(
  { name: jobName('The job’s name.'), job_id: jobId, priority },
  { $id: 'QueueEntry', description: 'A line of the pending or the running list.' },
);
export type QueueEntryDocument = Static<typeof queueEntryDocument>;

export const workloadDocument = Type.Object(
  {
    kind: oneOf(workloadKinds, 'The kind of Kubernetes object.'),
    namespace: Type.String({ description: 'Its namespace.', examples: ['default'] }),
    name: Type.String({ description: 'Its name.', examples: ['job1-0c8f6e1b2d3a-1'] }),
    uid: Type.Optional(Type.String({ description: 'Its uid, once the API server has told it.' })),
  },
  { $id: 'Workload', description: 'The Kubernetes object that runs an attempt.' },
);
export type WorkloadDocument = Static<typeof workloadDocument>;

const reason = Type.Optional(oneOf(reasons, 'Why it is in this state.'));
const message = Type.Optional(Type.String({ description: 'The same for people, such as the API server’s own words.' }));
const exitCode = (description: string) => Type.Optional(Type.Integer({ description, examples: [0] }));

export const attemptDocument = Type.Object(
  {
    attempt: Type.Integer({ description: 'Its number; the first is 1.', examples: [1] }),
    dispatch_sequence: Type.Integer({
      description: 'Its place in the order of dispatch over all jobs: a later dispatch has a higher number.',
      examples: [1],
    }),
    dispatched_at: timestamp('When the job got its slot'),
    finished_at: Type.Optional(timestamp('When the attempt ended')),
    outcome: Type.Optional(oneOf(outcomes, 'How it ended.')),
    reason,
    message,
    exit_code: exitCode('The exit code of its first container that failed, 0 when none did.'),
    restarts: Type.Optional(
      Type.Integer({ description: 'How often a JobSet was restarted by its failure policy; absent for never.' }),
    ),
    creation: oneOf(creations, 'How sure it is that the workload exists.'),
    workload: Type.Unsafe<WorkloadDocument>({ $ref: 'Workload#' }),
  },
  { $id: 'Attempt', description: 'One workload made for the job.' },
);
export type AttemptDocument = Static<typeof attemptDocument>;

export const timelineDocument = Type.Object(
  {
    at: timestamp('When it happened'),
    state: oneOf(jobStates, 'The state from then on.'),
    reason,
    message,
    attempt: Type.Optional(Type.Integer({ description: 'The attempt it is about.', examples: [1] })),
  },
  { $id: 'TimelineEntry', description: 'One line of a job’s history.' },
);
export type TimelineDocument = Static<typeof timelineDocument>;

export const retriesDocument = Type.Object(
  {
    max: Type.Integer({ description: 'Attempts after the first.' }),
    backoff_seconds: Type.Number({ description: 'The wait before the first retry.' }),
    backoff_factor: Type.Number({ description: 'Each wait is this many times the one before.' }),
    max_backoff_seconds: Type.Number({ description: 'The longest wait.' }),
    on: Type.Array(Type.String(), { description: 'What is retried.', examples: [['failed', 'timeout']] }),
  },
  { $id: 'Retries', description: 'When a failed attempt is followed by another one.' },
);
export type RetriesDocument = Static<typeof retriesDocument>;

export const jobDocument = Type.Object(
  {
    job_id: jobId,
    name: jobName('The job’s name.'),
    priority,
    queue: Type.String({ description: 'The queue it was submitted to.', examples: ['default'] }),
    namespace: Type.Optional(Type.String({ description: 'The namespace that was asked for.', examples: ['default'] })),
    labels: Type.Optional(
      Type.Unsafe<Record<string, string>>({
        type: 'object',
        additionalProperties: { type: 'string' },
        description: 'Its labels.',
        examples: [{ team: 'vision' }],
      }),
    ),
    state: oneOf(jobStates, 'Where it is.'),
    reason,
    message,
    queue_position: Type.Optional(position('Pending jobs ahead of it; only while it is pending.')),
    attempt: Type.Integer({ description: 'The newest attempt’s number, 0 before the first.', examples: [1] }),
    exit_code: exitCode('The exit code of the first container that failed, 0 when none did.'),
    created_at: timestamp('When it was accepted'),
    started_at: Type.Optional(timestamp('When it last got a slot')),
    finished_at: Type.Optional(timestamp('When it finished')),
    hold: Type.Optional(Type.Boolean({ description: 'Whether a person holds it back; absent when not.' })),
    start_after: Type.Optional(timestamp('Not before this time; before a retry, the end of its backoff')),
    after: Type.Optional(
      Type.Array(Type.Object({ job_id: jobId, on: oneOf(dependencyConditions, 'How it has to end.') }), {
        description: 'The jobs that it is to run after.',
      }),
    ),
    queue_timeout_seconds: Type.Optional(Type.Number({ description: 'How long it may wait for its first workload.' })),
    expires_at: Type.Optional(timestamp('When it expires if it has no workload by then')),
    timeout_seconds: Type.Optional(Type.Number({ description: 'How long an attempt may take.' })),
    retries: Type.Optional(Type.Unsafe<RetriesDocument>({ $ref: 'Retries#' })),
    on_finish: Type.Optional(
      Type.Object(
        { url: Type.String({ description: 'The URL.', examples: ['https://hooks.example/finished'] }) },
        { description: 'Who is told of its end.' },
      ),
    ),
    results: Type.Optional(Type.Boolean({ description: 'Whether its result is saved; absent when not.' })),
    workload: Type.Optional(Type.Unsafe<WorkloadDocument>({ $ref: 'Workload#' })),
    health: Type.Optional(Type.Unsafe<WorkloadHealthDocument>({ $ref: 'WorkloadHealth#' })),
    spec: Type.Optional(
      Type.Unsafe<object>({
        type: 'object',
        additionalProperties: true,
        description:
          'What it was submitted to run: its container’s fields, `template` or `workload`, and its annotations; empty for the ' +
          'server’s default template. Only `GET /jobs/{job_id}` has it.',
        examples: [{ image: 'busybox', command: ['true'] }],
      }),
    ),
    attempts: Type.Optional(
      Type.Array(Type.Unsafe<AttemptDocument>({ $ref: 'Attempt#' }), { description: 'All attempts, oldest first.' }),
    ),
    timeline: Type.Optional(
      Type.Array(Type.Unsafe<TimelineDocument>({ $ref: 'TimelineEntry#' }), {
        description: 'Its history, oldest first.',
      }),
    ),
  },
  {
    $id: 'Job',
    description: 'One job. Values that it does not have are left out; lists leave out attempts and timeline.',
  },
);
export type JobDocument = Static<typeof jobDocument>;

export const jobSchemas = [
  submittedDocument,
  queueEntryDocument,
  workloadDocument,
  attemptDocument,
  timelineDocument,
  retriesDocument,
  jobDocument,
];
