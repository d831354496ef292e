// The documents about the health of workloads. Their states and reasons are Kubernetes' own words.
import Type, { type Static } from 'typebox';
import { watchedKinds, workloadStates } from '../workload-service.ts';
import { oneOf } from './common.ts';

const counts = (description: string, example: Record<string, number>) =>
  Type.Unsafe<Record<string, number>>({
    type: 'object',
    additionalProperties: { type: 'integer' },
    description,
    examples: [example],
  });

export const workloadHealthDocument = Type.Object(
  {
    kind: oneOf(watchedKinds, 'Its kind.'),
    namespace: Type.String({ description: 'Its namespace.', examples: ['default'] }),
    name: Type.String({ description: 'Its name.', examples: ['pytorch-simple'] }),
    uid: Type.String({ description: 'Its uid.' }),
    owner: Type.Optional(
      Type.Object(
        {
          kind: Type.String({ description: 'Its kind.', examples: ['JobSet'] }),
          name: Type.String({ description: 'Its name.', examples: ['bash-counter-jobset'] }),
        },
        { description: 'The object that made it.' },
      ),
    ),
    state: oneOf(workloadStates, 'Where it is.'),
    healthy: Type.Boolean({
      description:
        'False when it failed, or when it is to run and a pod of it has a container issue, failed or cannot be scheduled.',
      examples: [false],
    }),
    reason: Type.Optional(Type.String({ description: 'Why it is not healthy.', examples: ['OOMKilled'] })),
    message: Type.Optional(Type.String({ description: 'The same for people, with the pod that it is about.' })),
    pods: counts('Its pods by state.', { Running: 2 }),
    jobs: Type.Optional(counts('Of a JobSet: its Jobs by state.', { Complete: 1, Running: 1 })),
  },
  { $id: 'WorkloadHealth', description: 'How a workload is. Values that it does not have are left out.' },
);
export type WorkloadHealthDocument = Static<typeof workloadHealthDocument>;

export const kindHealthDocument = Type.Object(
  {
    kind: oneOf(watchedKinds, 'The kind.'),
    available: Type.Boolean({ description: 'Whether the cluster has it and shows it.', examples: [true] }),
    message: Type.Optional(Type.String({ description: 'Why not.' })),
    states: counts('How many by state.', { Running: 3, Failed: 1 }),
    unhealthy: Type.Integer({ description: 'How many are not healthy.', examples: [1] }),
  },
  { $id: 'KindHealth', description: 'The workloads of one kind, counted.' },
);
export type KindHealthDocument = Static<typeof kindHealthDocument>;

export const workloadsDocument = Type.Object(
  {
    kinds: Type.Array(Type.Unsafe<KindHealthDocument>({ $ref: 'KindHealth#' }), {
      description: 'Everything that is watched, whatever the filters.',
    }),
    pods: counts('Pods of watched workloads by state.', { Running: 12, Unschedulable: 1 }),
    container_issues: counts('Their containers by the reason of their issue.', { OOMKilled: 1 }),
    workloads: Type.Array(Type.Unsafe<WorkloadHealthDocument>({ $ref: 'WorkloadHealth#' }), {
      description: 'A page of those that the filters let through.',
    }),
  },
  { $id: 'Workloads', description: 'Counts over everything watched, and a list.' },
);
export type WorkloadsDocument = Static<typeof workloadsDocument>;

export const workloadTreeDocument = Type.Unsafe<object>({
  $id: 'WorkloadTree',
  type: 'object',
  additionalProperties: true,
  description:
    'One member, `jobset`, `pytorchJob` or `job`: its `name`, `status` (children by state), `lastCondition`, and its `jobs` or ' +
    '`pods` with their containers. It is the document that `kubejobs monitor` prints.',
  examples: [
    {
      pytorchJob: {
        name: 'pytorch-simple',
        status: { Running: 1 },
        lastCondition: { type: 'Running', status: 'True' },
        pods: [
          {
            name: 'pytorch-simple-master-0',
            phase: 'Running',
            node: 'node-1',
            status: 'Running',
            containers: [{ name: 'pytorch', kind: 'regular', state: 'running', restarts: 0, ready: true }],
          },
        ],
      },
    },
  ],
});

export const workloadSchemas = [workloadHealthDocument, kindHealthDocument, workloadsDocument, workloadTreeDocument];
