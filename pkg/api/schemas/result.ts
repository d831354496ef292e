// A saved result as clients see it.
import Type, { type Static } from 'typebox';
import { jobId, oneOf, timestamp } from './common.ts';

const result = Type.Object(
  {
    namespace: Type.String({ description: 'The Job’s namespace.', examples: ['default'] }),
    job: Type.String({ description: 'The Job’s name.', examples: ['nightly-29384756'] }),
    status: oneOf(['completed', 'failed'], 'How the Job ended.'),
    completion_time: timestamp('When the Job ended'),
    job_id: Type.Optional(jobId),
    attempt: Type.Optional(Type.Integer({ description: 'The attempt of a job of the queue.', examples: [1] })),
    exit_code: Type.Optional(Type.Integer({ description: 'The exit code of a job of the queue.', examples: [0] })),
    pods: Type.Array(Type.Unsafe<unknown>({ type: 'object', additionalProperties: true }), {
      description:
        'Each pod with its `name`, `phase`, `node`, `started` and `containers[]`, as they were; the names are Kubernetes’.',
    }),
    logs: Type.Optional(Type.String({ description: 'The logs of all containers, a section for each pod.' })),
    log_problem: Type.Optional(Type.String({ description: 'Why the saved log cannot be read, if it cannot.' })),
  },
  { $id: 'Result', description: 'What was saved of a finished Job.' },
);
export type ResultDocument = Static<typeof result>;

export const resultSchemas = [result];
