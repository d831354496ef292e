// What child Jobs are called and carry.
import { expect, it } from 'vitest';
import type { PodTemplate } from '../../../../../pkg/models/index.ts';
import { aJobSet, aJobSpec, aReplicatedJob, namesOf, planOf } from '../../../../support/jobset-builders.ts';

const twoGroups = [
  aReplicatedJob('leader', 1, { groupName: 'front' }),
  aReplicatedJob('worker', 2),
  aReplicatedJob('tail', 1, { groupName: 'front' }),
];

it('a child Job is called after the JobSet, its replicated job and its index', () => {
  const { creations } = planOf(aJobSet({ spec: { replicatedJobs: twoGroups } }));
  expect(namesOf(creations)).toEqual(['set-leader-0', 'set-worker-0', 'set-worker-1', 'set-tail-0']);
});

it('every child Job and its pod template carry the same marks, as labels and as annotations', () => {
  const { creations } = planOf(aJobSet({ spec: { replicatedJobs: twoGroups }, status: { restarts: 3 } }));
  const prefix = 'jobset.sigs.k8s.io/';
  const marks = {
    [`${prefix}jobset-name`]: 'set',
    [`${prefix}jobset-uid`]: '11111111-1111-4111-8111-111111111111',
    [`${prefix}replicatedjob-name`]: 'tail',
    [`${prefix}replicatedjob-replicas`]: '1',
    [`${prefix}job-index`]: '0',
    [`${prefix}job-global-index`]: '3',
    [`${prefix}global-replicas`]: '4',
    [`${prefix}group-name`]: 'front',
    [`${prefix}group-replicas`]: '2',
    [`${prefix}job-group-index`]: '1',
    [`${prefix}restart-attempt`]: '3',
    // printf ns/set-tail-0 | sha1sum
    [`${prefix}job-key`]: '0710f80325ceeae2685dd153b6b74e3dc27498fe',
  };
  const job = creations[3];
  const template = job?.spec?.template as PodTemplate | undefined;
  const pods = template?.metadata;
  for (const found of [job?.metadata.labels, job?.metadata.annotations, pods?.labels, pods?.annotations])
    expect(found).toEqual(marks);
});

it('the coordinator’s address is on every Job, and only with a coordinator', () => {
  const coordinator = { replicatedJob: 'leader', podIndex: 1 };
  const replicatedJobs = [
    aReplicatedJob('leader', 1, { template: { spec: aJobSpec({ completions: 2 }) } }),
    aReplicatedJob('worker'),
  ];
  const { creations } = planOf(aJobSet({ spec: { replicatedJobs, coordinator, network: { subdomain: 'net' } } }));
  const key = 'jobset.sigs.k8s.io/coordinator';
  expect(creations.map(({ metadata }) => metadata.labels?.[key])).toEqual(['set-leader-0-1.net', 'set-leader-0-1.net']);
  expect(planOf(aJobSet()).creations[0]?.metadata.labels).not.toHaveProperty([key]);
});

it('the user’s labels, annotations and spec are kept, and the JobSet is the controller', () => {
  const template = {
    metadata: { labels: { mine: 'job' }, annotations: { note: 'job' } },
    spec: aJobSpec({
      backoffLimit: 7,
      template: {
        metadata: { labels: { mine: 'pod' }, annotations: { note: 'pod' } },
        spec: { containers: [], restartPolicy: 'Never' },
      },
    }),
  };
  const [job] = planOf(aJobSet({ spec: { replicatedJobs: [aReplicatedJob('a', 1, { template })] } })).creations;
  expect(job?.metadata).toMatchObject({ labels: { mine: 'job' }, annotations: { note: 'job' } });
  expect(job?.spec).toMatchObject({
    backoffLimit: 7,
    template: { metadata: { labels: { mine: 'pod' }, annotations: { note: 'pod' } }, spec: { restartPolicy: 'Never' } },
  });
  expect(job?.metadata.ownerReferences).toEqual([
    expect.objectContaining({ kind: 'JobSet', name: 'set', controller: true, blockOwnerDeletion: true }),
  ]);
});

it('completionMode defaults to Indexed and the pods’ restartPolicy to OnFailure', () => {
  const [job] = planOf(aJobSet()).creations;
  expect(job?.spec).toMatchObject({ completionMode: 'Indexed', template: { spec: { restartPolicy: 'OnFailure' } } });
});
