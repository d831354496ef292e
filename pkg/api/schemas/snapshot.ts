// The document of GET /debug/snapshot. What is inside its objects may grow from version to version: it is for people who look
// into a server, and for their reports, not for programs.
import Type, { type Static } from 'typebox';
import { jobId, timestamp } from './common.ts';

const figures = (description: string, examples: Array<Record<string, number>>) =>
  Type.Record(Type.String(), Type.Number(), { description, examples });
const anything = (description: string) => Type.Record(Type.String(), Type.Unknown(), { description });

const heldSlot = Type.Object({
  job_id: jobId,
  attempt: Type.Integer({ description: 'The attempt that holds the slot.', examples: [1] }),
  priority: Type.Integer({ description: 'The job’s.', examples: [5] }),
  dispatched_at: timestamp('Since when'),
  creation: Type.String({ description: 'How sure it is that the workload exists.', examples: ['made'] }),
  reason: Type.Optional(Type.String({ description: 'What is odd about it.', examples: ['unschedulable'] })),
});

const watch = Type.Object({
  resource: Type.String({ description: 'What is watched.', examples: ['pods'] }),
  namespace: Type.Optional(Type.String({ description: 'Where; absent for everywhere.', examples: ['ml'] })),
  synced: Type.Boolean({ description: 'Whether a complete list was taken in.', examples: [true] }),
  objects: Type.Integer({ description: 'How many are in the copy.', examples: [12] }),
});

const problem = Type.Object({
  level: Type.String({ description: 'warn or error.', examples: ['warn'] }),
  message: Type.String({ description: 'As the log has it.', examples: ['the API server does not answer'] }),
  count: Type.Integer({ description: 'How often since the start.', examples: [3] }),
  first_at: timestamp('The first time since the start'),
  last_at: timestamp('The last time'),
  fields: Type.Record(Type.String(), Type.String(), { description: 'Of the last time, shortened, without secrets.' }),
});

export const snapshotDocument = Type.Object(
  {
    taken_at: timestamp('When it was taken'),
    versions: Type.Record(Type.String(), Type.String(), {
      description: 'Of kubejobs, Node.js and its parts, and of the system.',
      examples: [{ kubejobs: '0.1.0', node: '20.19.0' }],
    }),
    configuration: anything('The options in force by their names. What may be a secret is `***`.'),
    queue: Type.Object({
      jobs: figures('Jobs by state.', [{ pending: 3, running: 2 }]),
      max_concurrency: Type.Integer({ description: 'The slots there are.', examples: [2] }),
      paused: Type.Boolean({ description: 'Whether a person paused dispatching.', examples: [false] }),
      slots: Type.Array(heldSlot, { description: 'Who holds them, in order of dispatch; at most 1,000.' }),
    }),
    engine: anything('Whether it accepts jobs, dispatches, stops.'),
    store: anything('Which kind, and how it is.'),
    cluster: anything('Which, and whether it answers.'),
    watches: Type.Array(watch, { description: 'What the queue watches of its own workloads.' }),
    problems: Type.Array(problem, { description: 'What the log warned of since the start, the newest first.' }),
    process: Type.Object({
      pid: Type.Integer({ description: 'Of the process.', examples: [1] }),
      uptime_seconds: Type.Number({ description: 'Since its start.', examples: [86_400] }),
      memory_bytes: figures('As Node.js counts it.', [{ rss: 120_000_000 }]),
      event_loop_lag_seconds: figures('How late timers were.', [{ p99: 0.012 }]),
    }),
    metrics: Type.String({ description: 'What GET /metrics answers.', examples: ['kubejobs_queue_depth 3\n'] }),
  },
  { $id: 'Snapshot', description: 'How the server is, for support. It holds no secret.' },
);
export type SnapshotDocument = Static<typeof snapshotDocument>;

export const snapshotSchemas = [snapshotDocument];
