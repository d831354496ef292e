// What is different about each kind of workload, one row a rule.
import { describe, expect, it } from 'vitest';
import type { KubernetesObject } from '../../../../pkg/kubernetes/cluster.ts';
import { workloadReference } from '../../../../pkg/kubernetes/naming.ts';
import { rulesOfKind, type WorkloadState } from '../../../../pkg/kubernetes/workload-kinds.ts';
import { manifestKinds } from '../../../../pkg/models/index.ts';

const condition = (type: string, message = 'words', status = 'True') => ({ type, status, reason: `X${type}`, message });
const seen = (kind: string, conditions: object[], spec: Record<string, unknown> = {}): KubernetesObject => {
  return { apiVersion: 'v1', kind, metadata: { name: 'a' }, spec, status: { conditions } };
};
const active: WorkloadState = { complete: false, suspended: false };
const failed = (message = 'words', reason = 'XFailed') => ({ ...active, failed: { reason, message } });
const late = 'PyTorchJob a has failed because it was active longer than specified deadline';

describe('the state of', () => {
  it.each<[what: string, object: KubernetesObject, state: WorkloadState]>([
    ['a Job that has just been made', { ...seen('Job', []), status: {} }, active],
    [
      'a Job that is complete',
      seen('Job', [condition('SuccessCriteriaMet'), condition('Complete')]),
      { ...active, complete: true },
    ],
    ['a Job that is about to fail', seen('Job', [condition('FailureTarget')]), active],
    ['a Job that has failed', seen('Job', [condition('Failed')]), failed()],
    ['a Job that is suspended', seen('Job', [], { suspend: true }), { ...active, suspended: true }],
    ['a Job with a condition of the other kind', seen('Job', [condition('Succeeded')]), active],
    ['a PyTorchJob that runs', seen('PyTorchJob', [condition('Created'), condition('Running')]), active],
    ['a PyTorchJob that is restarted', seen('PyTorchJob', [condition('Restarting')]), active],
    ['a PyTorchJob that has succeeded', seen('PyTorchJob', [condition('Succeeded')]), { ...active, complete: true }],
    ['a PyTorchJob that no longer fails', seen('PyTorchJob', [condition('Failed', 'words', 'False')]), active],
    ['a PyTorchJob that has failed', seen('PyTorchJob', [condition('Failed')]), failed()],
    [
      'a PyTorchJob that was too slow',
      seen('PyTorchJob', [condition('Failed', late)]),
      failed(late, 'DeadlineExceeded'),
    ],
    [
      'a PyTorchJob that is suspended',
      seen('PyTorchJob', [], { runPolicy: { suspend: true } }),
      { ...active, suspended: true },
    ],
    ['a PyTorchJob with a condition of the other kind', seen('PyTorchJob', [condition('Complete')]), active],
    ['a JobSet that has just been made', { ...seen('JobSet', []), status: {} }, { ...active, restarts: 0 }],
    [
      'a JobSet that is completed',
      seen('JobSet', [condition('Suspended', '', 'False'), condition('Completed')]),
      { ...active, complete: true, restarts: 0 },
    ],
    ['a JobSet that has failed', seen('JobSet', [condition('Failed')]), { ...failed(), restarts: 0 }],
    ['a JobSet with a Job’s condition', seen('JobSet', [condition('Complete')]), { ...active, restarts: 0 }],
    ['a JobSet that is suspended', seen('JobSet', [], { suspend: true }), { ...active, suspended: true, restarts: 0 }],
    [
      'a JobSet that was restarted twice',
      { ...seen('JobSet', []), status: { restarts: 2 } },
      { ...active, restarts: 2 },
    ],
    [
      'a JobSet with a count that is none',
      { ...seen('JobSet', []), status: { restarts: '2' } },
      { ...active, restarts: 0 },
    ],
    ['a PyTorchJob without a status', { apiVersion: 'v1', kind: 'PyTorchJob', metadata: { name: 'a' } }, active],
  ])('%s', (_what, object, state) => {
    expect(rulesOfKind(object.kind).stateOf(object)).toEqual(state);
  });
});

describe('the deadline of', () => {
  it.each<[what: string, kind: string, spec: object, limited: object]>([
    ['a Job is in its spec', 'Job', { a: 1 }, { a: 1, activeDeadlineSeconds: 60 }],
    ['a Job stays when it is shorter', 'Job', { activeDeadlineSeconds: 5 }, { activeDeadlineSeconds: 5 }],
    ['a Job is cut when it is longer', 'Job', { activeDeadlineSeconds: 500 }, { activeDeadlineSeconds: 60 }],
    ['a PyTorchJob is in its run policy', 'PyTorchJob', { a: 1 }, { a: 1, runPolicy: { activeDeadlineSeconds: 60 } }],
    [
      'a PyTorchJob is beside the rest of its run policy, which stays',
      'PyTorchJob',
      { runPolicy: { cleanPodPolicy: 'None', suspend: true, activeDeadlineSeconds: 90 } },
      { runPolicy: { cleanPodPolicy: 'None', suspend: true, activeDeadlineSeconds: 60 } },
    ],
    ['a JobSet is the queue’s to enforce', 'JobSet', { replicatedJobs: [] }, { replicatedJobs: [] }],
  ])('%s', (_what, kind, spec, limited) => {
    expect(rulesOfKind(kind).withDeadline({ ...spec }, 60)).toEqual(limited);
  });
});

describe('the pod templates of', () => {
  const mark = (template: object): Record<string, unknown> => ({ ...template, marked: true });
  const marked = (kind: string, spec: Record<string, unknown>): unknown => rulesOfKind(kind).withPods(spec, mark);

  it('a Job are one, which is never restarted unless it says so itself', () => {
    expect(marked('Job', { parallelism: 2, template: { spec: { a: 1 } } })).toEqual({
      parallelism: 2,
      template: { marked: true, spec: { a: 1, restartPolicy: 'Never' } },
    });
    expect(marked('Job', { template: { spec: { restartPolicy: 'OnFailure' } } })).toEqual({
      template: { marked: true, spec: { restartPolicy: 'OnFailure' } },
    });
  });

  it('a PyTorchJob are those of all its replicas, and nothing else of it is changed', () => {
    const replicas = {
      Master: { replicas: 1, template: { spec: {} } },
      Worker: { restartPolicy: 'Never', template: {} },
    };
    expect(marked('PyTorchJob', { nprocPerNode: '2', pytorchReplicaSpecs: replicas })).toEqual({
      nprocPerNode: '2',
      pytorchReplicaSpecs: {
        Master: { replicas: 1, template: { spec: {}, marked: true } },
        Worker: { restartPolicy: 'Never', template: { marked: true } },
      },
    });
  });
});

describe('the pod templates of a JobSet', () => {
  it('are those of all its replicated jobs, and nothing else of it is changed', () => {
    const job = (spec: object): object => ({
      metadata: { labels: { a: 'b' } },
      spec: { completions: 2, template: spec },
    });
    const jobSet = (left: object, right: object): Record<string, unknown> => ({
      failurePolicy: { maxRestarts: 1 },
      replicatedJobs: [
        { name: 'leader', template: job(left) },
        { name: 'worker', replicas: 2, template: job(right) },
      ],
    });
    const changed = rulesOfKind('JobSet').withPods(jobSet({ spec: { a: 1 } }, {}), (template) => {
      return { ...template, marked: true };
    });
    expect(changed).toEqual(jobSet({ spec: { a: 1 }, marked: true }, { marked: true }));
  });
});

describe('a kind', () => {
  it.each(Object.entries(manifestKinds))('%s is kept where its API version %s says', (kind, apiVersion) => {
    const { group, version, kind: own } = rulesOfKind(kind).resource;
    expect([`${group}/${version}`, own]).toEqual([apiVersion, kind]);
  });

  it('that not every cluster has says how it is installed', () => {
    expect(rulesOfKind('Job').installation).toBeUndefined();
    expect(rulesOfKind('PyTorchJob').installation).toContain('training operator');
    expect(rulesOfKind('JobSet').installation).toContain('kubejobs install crds');
  });

  it.each(['CronJob', 'Pod', 'constructor'])('%s is none that kubejobs runs', (kind) => {
    expect(() => rulesOfKind(kind)).toThrow(`kubejobs does not run a ${kind}`);
  });
});

describe('the place of an attempt', () => {
  const jobId = '01a1fdce-f857-7761-88d6-e2a8f32f2d42';
  const spec = { pytorchReplicaSpecs: {} };
  const manifest = { apiVersion: 'kubeflow.org/v1', kind: 'PyTorchJob' as const, spec };

  it('is of the manifest’s kind, and its name begins with the manifest’s', () => {
    const job = { jobId, name: 'train', workload: { manifest: { ...manifest, metadata: { name: 'resnet' } } } };
    expect(workloadReference(job, 2, 'own')).toEqual({
      kind: 'PyTorchJob',
      namespace: 'own',
      name: 'resnet-e2a8f32f2d42-2',
    });
  });

  it('begins with the job’s name when the manifest has none, and is a Job without a manifest', () => {
    const job = { jobId, name: 'train', namespace: 'team' };
    expect(workloadReference({ ...job, workload: { manifest } }, 1, 'own')).toMatchObject({
      name: 'train-e2a8f32f2d42-1',
    });
    expect(workloadReference({ ...job, workload: {} }, 1, 'own')).toEqual({
      kind: 'Job',
      namespace: 'team',
      name: 'train-e2a8f32f2d42-1',
    });
  });

  const jobSetOf = (metadata: { name?: string }, replicated = 'worker') => {
    const template = { spec: { completions: 10, template: {} } };
    const replicatedJobs = [{ name: replicated, replicas: 100, template }];
    return { apiVersion: 'jobset.x-k8s.io/v1alpha2', kind: 'JobSet' as const, metadata, spec: { replicatedJobs } };
  };

  it('is a JobSet’s own name in every attempt, when it has one', () => {
    const job = { jobId, name: 'nightly', workload: { manifest: jobSetOf({ name: 'train' }) } };
    for (const attempt of [1, 2]) expect(workloadReference(job, attempt, 'own').name).toBe('train');
  });

  it('of a JobSet without a name leaves room for the names of its pods', () => {
    const job = { jobId, name: 'a-name-that-is-as-long-as-names-are', workload: { manifest: jobSetOf({}) } };
    const { name } = workloadReference(job, 1, 'own');
    expect(name).toMatch(/^a-name-that.*-e2a8f32f2d42-1$/);
    expect(`${name}-worker-99-9-abcde`).toHaveLength(63);
    const long = { ...job, workload: { manifest: jobSetOf({}, 'x'.repeat(60)) } };
    expect(workloadReference(long, 1, 'own').name).toBe('a-e2a8f32f2d42-1');
  });
});
