// `workload` of POST /jobs: what reaches the service, and each mistake with its place and what is allowed there.
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import type { JobSubmission } from '../../pkg/models/index.ts';
import { newServer } from '../support/api-server.ts';
import { FakeService } from '../support/fake-service.ts';

const service = new FakeService();
const app = await newServer({ service });
afterAll(() => app.close());
beforeEach(() => void service.submissions.splice(0));

const containers = [{ name: 'pytorch', image: 'busybox' }];
const template = { spec: { containers } };
const job = { apiVersion: 'batch/v1', kind: 'Job', spec: { template } };
const pytorchJob = {
  apiVersion: 'kubeflow.org/v1',
  kind: 'PyTorchJob',
  spec: { pytorchReplicaSpecs: { Master: { replicas: 1, template }, Worker: { replicas: 2, template } } },
};
const replicatedJob = { name: 'worker', replicas: 2, template: { spec: { completions: 2, template } } };
const jobSet = (replicatedJobs: unknown = [replicatedJob], more: object = {}) => ({
  apiVersion: 'jobset.x-k8s.io/v1alpha2',
  kind: 'JobSet',
  spec: { ...more, replicatedJobs },
});
const replicas = (pytorchReplicaSpecs: unknown) => ({ ...pytorchJob, spec: { a: 1, pytorchReplicaSpecs } });
/** A value for each of the simple fields. */
const simple = { image: 'a', command: ['a'], args: ['a'], env: [], resources: {}, completions: 1, parallelism: 1 };
const nested = (levels: number): object => (levels === 0 ? {} : { a: nested(levels - 1) });

function post(payload: object) {
  return app.inject({ method: 'POST', url: '/jobs', payload });
}

async function submitted(fields: object): Promise<JobSubmission | undefined> {
  const answer = await post({ name: 'train', ...fields });
  expect(answer.statusCode).toBe(201);
  return service.submissions[0];
}

describe('a manifest', () => {
  it.each([job, pytorchJob, jobSet()])(
    'of a $kind reaches the service untouched, and gives the job no namespace',
    async (workload) => {
      expect(await submitted({ workload })).toEqual({
        name: 'train',
        priority: 0,
        queue: 'default',
        workload: { manifest: workload },
      });
    },
  );

  it('gives the job its namespace', async () => {
    const metadata = { name: 'resnet', namespace: 'ml', labels: { a: 'b' }, annotations: { note: 'x' } };
    expect(await submitted({ workload: { ...job, metadata } })).toMatchObject({ namespace: 'ml' });
  });

  it('may repeat the job’s namespace', async () => {
    const workload = { ...job, metadata: { namespace: 'ml' } };
    expect(await submitted({ namespace: 'ml', workload })).toMatchObject({ namespace: 'ml' });
  });
});

const kinds = 'must be Job (batch/v1), JobSet (jobset.x-k8s.io/v1alpha2) or PyTorchJob (kubeflow.org/v1)';
const dnsLabel =
  'must be a DNS label (RFC 1123): 1 to 63 characters, lower-case letters, digits and "-", beginning and ending with a letter or a digit';
const metadataFields = 'is not a field that is known here; allowed: name, namespace, labels, annotations';

/** What is sent, where it is wrong, and what is allowed there. */
const mistakes: Array<[what: string, fields: object, pointer: string, detail: string]> = [
  ['that is a text', { workload: 'kind: Job' }, '/workload', 'must be an object'],
  [
    'without a kind',
    { workload: { ...job, kind: undefined } },
    '/workload/kind',
    'is required and must be a string of at most 63 characters',
  ],
  [
    'without a spec',
    { workload: { ...job, spec: undefined } },
    '/workload/spec',
    'is required and must be an object with at least 1 fields',
  ],
  [
    'with an empty spec',
    { workload: { ...job, spec: {} } },
    '/workload/spec',
    'must be an object with at least 1 fields',
  ],
  ['of another kind', { workload: { ...job, apiVersion: 'v1', kind: 'Pod' } }, '/workload/kind', kinds],
  ['of a kind that only objects have', { workload: { ...job, kind: 'constructor' } }, '/workload/kind', kinds],
  [
    'of an old API version',
    { workload: { ...job, apiVersion: 'batch/v1beta1' } },
    '/workload/apiVersion',
    'must be batch/v1 for a Job',
  ],
  [
    'of the other kind’s API version',
    { workload: { ...pytorchJob, apiVersion: 'batch/v1' } },
    '/workload/apiVersion',
    'must be kubeflow.org/v1 for a PyTorchJob',
  ],
  [
    'with a status',
    { workload: { ...job, status: {} } },
    '/workload/status',
    'is not a field that is known here; allowed: apiVersion, kind, metadata, spec',
  ],
  [
    'with a generated name',
    { workload: { ...job, metadata: { generateName: 'a-' } } },
    '/workload/metadata/generateName',
    metadataFields,
  ],
  [
    'with finalizers',
    { workload: { ...job, metadata: { finalizers: ['a/b'] } } },
    '/workload/metadata/finalizers',
    metadataFields,
  ],
  ['with a bad name', { workload: { ...job, metadata: { name: 'A_b' } } }, '/workload/metadata/name', dnsLabel],
  [
    'for another namespace than the job’s',
    { namespace: 'ml', workload: { ...job, metadata: { namespace: 'default' } } },
    '/workload/metadata/namespace',
    'must be the job’s namespace ml, or be left out',
  ],
  [
    'with a label of the server’s own',
    { workload: { ...job, metadata: { labels: { 'kubejobs.io/queue-id': 'x' } } } },
    '/workload/metadata/labels/kubejobs.io~1queue-id',
    'is the server’s own: labels under kubejobs.io/ cannot be set',
  ],
  [
    'with an annotation of the server’s own',
    { workload: { ...job, metadata: { annotations: { 'kubejobs.io/x': '' } } } },
    '/workload/metadata/annotations/kubejobs.io~1x',
    'is the server’s own; annotations under kubejobs.io/ that can be set: kubejobs.io/podgroup-size, kubejobs.io/simulate-duration, kubejobs.io/simulate-exit-code',
  ],
  ['that is bottomless', { workload: { ...job, spec: nested(70) } }, '/workload', 'must be at most 64 levels deep'],
  [
    'beside a template',
    { template: { template }, workload: job },
    '/template',
    'cannot be given together with workload: leave one of them out',
  ],
  ...Object.keys(simple).map((field): [string, object, string, string] => [
    `beside ${field}`,
    { ...simple, workload: job },
    `/${field}`,
    `cannot be given together with workload: put ${field} into the workload, or leave workload out`,
  ]),
  [
    'of a PyTorchJob without replicas',
    { workload: replicas(undefined) },
    '/workload/spec/pytorchReplicaSpecs',
    'must be an object with Master, Worker or both',
  ],
  [
    'of a PyTorchJob with a list of replicas',
    { workload: replicas([{ template }]) },
    '/workload/spec/pytorchReplicaSpecs',
    'must be an object with Master, Worker or both',
  ],
  [
    'of a PyTorchJob with a replica of another name',
    { workload: replicas({ Chief: { template } }) },
    '/workload/spec/pytorchReplicaSpecs/Chief',
    'must be called Master or Worker',
  ],
  [
    'of a PyTorchJob with nothing for a replica',
    { workload: replicas({ Master: null }) },
    '/workload/spec/pytorchReplicaSpecs/Master',
    'must be an object with replicas and template',
  ],
  [
    'of a PyTorchJob with a replica without a template',
    { workload: replicas({ Master: { replicas: 1 } }) },
    '/workload/spec/pytorchReplicaSpecs/Master/template',
    'is required and must be a pod template, an object',
  ],
  [
    'of a PyTorchJob whose name begins with a digit',
    { workload: { ...pytorchJob, metadata: { name: '4th' } } },
    '/workload/metadata/name',
    'must begin with a letter for a PyTorchJob',
  ],
  [
    'of a PyTorchJob in a job whose name begins with a digit',
    { name: '4th', workload: pytorchJob },
    '/name',
    'must begin with a letter for a PyTorchJob, or workload/metadata/name must be given and begin with one',
  ],
];

const jobSetMistakes: typeof mistakes = [
  [
    'an old API version',
    { workload: { ...jobSet(), apiVersion: 'jobset.x-k8s.io/v1alpha1' } },
    '/workload/apiVersion',
    'must be jobset.x-k8s.io/v1alpha2 for a JobSet',
  ],
  [
    'no replicated jobs',
    { workload: jobSet([]) },
    '/workload/spec/replicatedJobs',
    'must be an array of at least one replicated job',
  ],
  [
    'replicated jobs by name',
    { workload: jobSet({ worker: {} }) },
    '/workload/spec/replicatedJobs',
    'must be an array of at least one replicated job',
  ],
  [
    'nothing for a replicated job',
    { workload: jobSet([replicatedJob, null]) },
    '/workload/spec/replicatedJobs/1',
    'must be an object with name and template',
  ],
  [
    'a Job’s template without one of pods',
    { workload: jobSet([{ name: 'a', template: { spec: { completions: 1 } } }]) },
    '/workload/spec/replicatedJobs/0/template/spec/template',
    'is required and must be a pod template, an object',
  ],
  [
    'a name that begins with a digit',
    { workload: { ...jobSet(), metadata: { name: '4th' } } },
    '/workload/metadata/name',
    'must begin with a letter for a JobSet',
  ],
  [
    'a generated name',
    { workload: { ...jobSet(), metadata: { generateName: 'a-' } } },
    '/workload/metadata/generateName',
    metadataFields,
  ],
  [
    'another controller',
    { workload: jobSet([replicatedJob], { managedBy: 'kueue.x-k8s.io/multikueue' }) },
    '/workload/spec/managedBy',
    'must be jobset.sigs.k8s.io/jobset-controller, or be left out: the queue runs no JobSet of another controller',
  ],
];

describe('a JobSet is refused with', () => {
  it.each(jobSetMistakes)('%s', async (_what, fields, pointer, detail) => {
    const answer = await post({ name: 'train', ...fields });
    expect(answer.statusCode).toBe(400);
    expect((answer.json() as { errors: object[] }).errors).toContainEqual({ pointer, detail });
  });
});

describe('a manifest is refused', () => {
  it.each(mistakes)('%s', async (_what, fields, pointer, detail) => {
    const answer = await post({ name: 'train', ...fields });
    expect(answer.statusCode).toBe(400);
    expect(answer.json()).toMatchObject({ code: 'validation_failed' });
    expect((answer.json() as { errors: object[] }).errors).toContainEqual({ pointer, detail });
    expect(service.submissions).toEqual([]);
  });
});
