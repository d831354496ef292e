// The documents of the operational calls.
import Type, { type Static } from 'typebox';
import { oneOf } from './common.ts';
import type { KindHealthDocument } from './workload.ts';

const healthFields = {
  cluster: oneOf(['reachable', 'unreachable', 'simulated'], 'Kubernetes, as last seen.'),
  store: oneOf(['ok', 'unavailable'], 'The database.'),
  pending: Type.Integer({ description: 'Jobs that wait for a slot.', examples: [3] }),
  running: Type.Integer({ description: 'Jobs that hold a slot.', examples: [2] }),
  waiting: Type.Integer({ description: 'Jobs that are held, scheduled or blocked.', examples: [0] }),
  max_concurrency: Type.Integer({ description: 'How many may run at once.', examples: [2] }),
  paused: Type.Boolean({ description: 'Whether dispatching was paused by a person.', examples: [false] }),
  version: Type.String({ description: 'The server’s version.', examples: ['0.1.0'] }),
  workloads: Type.Optional(
    Type.Array(Type.Unsafe<KindHealthDocument>({ $ref: 'KindHealth#' }), {
      description: 'Workloads on the cluster, ours and everyone else’s; absent when nothing follows them.',
    }),
  ),
};

export const healthDocument = Type.Object(
  { status: oneOf(['ok'], 'The server accepts jobs.'), ...healthFields },
  { $id: 'Health', description: 'The server accepts jobs, whether the cluster is reachable or not.' },
);
export type HealthDocument = Static<typeof healthDocument>;

export const aliveDocument = Type.Object(
  { status: oneOf(['ok'], 'The process answers.') },
  { $id: 'Alive', description: 'The process answers; says nothing about the store or the cluster.' },
);

export const healthSchemas = [healthDocument, aliveDocument];
