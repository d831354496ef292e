// The document about a group of pods. The states of pods are Kubernetes' own words, and Unschedulable.
import Type, { type Static } from 'typebox';
import { podGroupReasons, podGroupSizeSources } from '../../models/index.ts';
import { oneOf, timestamp } from './common.ts';

const waitingPod = Type.Object({
  name: Type.String({ description: 'Its name.', examples: ['train-1-x7k2p'] }),
  state: Type.String({ description: 'Its phase, or Unschedulable.', examples: ['Unschedulable'] }),
  deleted: Type.Optional(Type.Boolean({ description: 'True when it is being deleted.' })),
  message: Type.Optional(
    Type.String({
      description: 'In the scheduler’s words.',
      examples: ['0/4 nodes are available: 4 Insufficient cpu.'],
    }),
  ),
});

export const podGroupDocument = Type.Object(
  {
    namespace: Type.String({ description: 'Its namespace.', examples: ['default'] }),
    name: Type.String({ description: 'Its name, the value of the label.', examples: ['train'] }),
    size: Type.Optional(
      Type.Integer({
        description:
          'How many pods there must be. Absent until the pods that are there all run, when only owners tell.',
        examples: [4],
      }),
    ),
    size_from: Type.Optional(
      oneOf(podGroupSizeSources, 'Who says so; pods: nobody, those that are there are the group.'),
    ),
    pods: Type.Unsafe<Record<string, number>>({
      type: 'object',
      additionalProperties: { type: 'integer' },
      description: 'Its pods by phase; those that no node takes are Unschedulable.',
      examples: [{ Running: 3, Unschedulable: 1 }],
    }),
    labelled: Type.Integer({ description: 'How many of them have the ready label.', examples: [0] }),
    ready: Type.Boolean({ description: 'Whether all are there, run and are labelled.', examples: [false] }),
    since: timestamp('Since when this server has seen it ready, or not ready'),
    reason: Type.Optional(oneOf(podGroupReasons, 'Why it is not ready; the first of several.')),
    message: Type.Optional(
      Type.String({ description: 'The same for people, all reasons.', examples: ['unschedulable: train-1-x7k2p'] }),
    ),
    waiting_pods: Type.Array(waitingPod, {
      description: 'The pods that keep it from being ready: in a list the first 5, of one group the first 500.',
    }),
    waiting_pods_left_out: Type.Optional(Type.Integer({ description: 'How many more there are.', examples: [12] })),
    deadlock: Type.Optional(
      Type.Object(
        {
          since: timestamp('Since when'),
          groups: Type.Array(Type.String(), {
            description: 'The groups in it as `<namespace>/<name>`, this one too; the first 100.',
            examples: [['default/train', 'default/tune']],
          }),
        },
        { description: 'There when it and others wait for one another.' },
      ),
    ),
  },
  { $id: 'PodGroup', description: 'A group of pods. Values that it does not have are left out.' },
);
export type PodGroupDocument = Static<typeof podGroupDocument>;

export const podGroupSchemas = [podGroupDocument];
