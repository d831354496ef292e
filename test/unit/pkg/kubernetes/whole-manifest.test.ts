// The object of an attempt whose job is a whole manifest: what is kept of it, and what is ours.
import { describe, expect, it } from 'vitest';
import { builtInTemplate, jobManifest } from '../../../../pkg/kubernetes/manifest.ts';
import { workloadReference } from '../../../../pkg/kubernetes/naming.ts';
import type { JobRules, WorkloadManifest } from '../../../../pkg/models/index.ts';

const jobId = '01a1fdce-f857-7761-88d6-e2a8f32f2d42';
const marks = {
  'app.kubernetes.io/managed-by': 'kubejobs',
  'kubejobs.io/queue-id': 'q1',
  'kubejobs.io/job-id': jobId,
  'kubejobs.io/attempt': '2',
};

interface JobParts {
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  rules?: JobRules;
}

function objectOf(manifest: WorkloadManifest, parts: JobParts = {}) {
  const job = { jobId, name: 'train', workload: { manifest }, ...parts };
  const attempt = { attempt: 2, workload: workloadReference(job, 2, 'team') };
  return jobManifest({ job, attempt, queueId: 'q1', namespace: 'own', defaultTemplate: builtInTemplate });
}

const containers = [{ name: 'pytorch', image: 'i' }];
const replica = { restartPolicy: 'OnFailure', template: { metadata: { labels: { app: 'x' } }, spec: { containers } } };
const pytorchJob: WorkloadManifest = {
  apiVersion: 'kubeflow.org/v1',
  kind: 'PyTorchJob',
  metadata: { name: 'resnet', labels: { team: 'ml', tier: 'gold' }, annotations: { note: 'own' } },
  spec: {
    runPolicy: { cleanPodPolicy: 'None', suspend: true },
    pytorchReplicaSpecs: { Master: replica, Worker: replica },
  },
};

describe('the object of a JobSet manifest', () => {
  const replicatedJob = (pods: object, metadata: object = {}): Record<string, unknown> => ({
    name: 'worker',
    template: { metadata: { labels: { own: 'job' } }, spec: { completions: 2, template: { metadata, spec: pods } } },
  });
  const jobSet: WorkloadManifest = {
    apiVersion: 'jobset.x-k8s.io/v1alpha2',
    kind: 'JobSet',
    metadata: { name: 'train', labels: { team: 'ml' } },
    spec: { suspend: true, replicatedJobs: [replicatedJob({ containers }), replicatedJob({ containers })] },
  };

  it('has the manifest’s own name, and its labels under ours', () => {
    const { metadata } = objectOf(jobSet);
    expect(metadata).toMatchObject({ name: 'train', namespace: 'team', labels: { team: 'ml', ...marks } });
  });

  it('has our marks on the pods of every replicated job, and not on the Jobs between; a timeout changes nothing', () => {
    const marked = { labels: marks, annotations: { 'kubejobs.io/job-name': 'train' } };
    const expected = replicatedJob({ containers }, marked);
    expect(objectOf(jobSet, { rules: { timeoutMs: 60_000 } }).spec).toEqual({
      suspend: true,
      replicatedJobs: [expected, expected],
    });
  });
});

describe('the object of a PyTorchJob manifest', () => {
  it('has its kind and spec, our name, and its labels under the job’s and ours', () => {
    const object = objectOf(pytorchJob, { labels: { tier: 'silver' }, annotations: { note: 'job' } });
    expect(object).toMatchObject({ apiVersion: 'kubeflow.org/v1', kind: 'PyTorchJob' });
    expect(object.metadata).toEqual({
      name: 'resnet-e2a8f32f2d42-2',
      namespace: 'team',
      labels: { team: 'ml', tier: 'silver', ...marks },
      annotations: { note: 'job', 'kubejobs.io/job-name': 'train' },
    });
    expect(object.spec?.runPolicy).toEqual({ cleanPodPolicy: 'None', suspend: true });
  });

  it('has our marks on the pods of every replica, beside their own labels', () => {
    const expected = {
      restartPolicy: 'OnFailure',
      template: {
        metadata: { labels: { app: 'x', ...marks }, annotations: { 'kubejobs.io/job-name': 'train' } },
        spec: { containers },
      },
    };
    expect(objectOf(pytorchJob).spec?.pytorchReplicaSpecs).toEqual({ Master: expected, Worker: expected });
  });

  it('has the job’s timeout in its run policy', () => {
    const { spec } = objectOf(pytorchJob, { rules: { timeoutMs: 60_000 } });
    expect(spec?.runPolicy).toEqual({ cleanPodPolicy: 'None', suspend: true, activeDeadlineSeconds: 60 });
  });

  it('leaves the job’s row as it is', () => {
    const before = structuredClone(pytorchJob);
    objectOf(pytorchJob, { labels: { a: 'b' }, rules: { timeoutMs: 1_000 } });
    expect(pytorchJob).toEqual(before);
  });
});

describe('the object of a Job manifest', () => {
  const manifest: WorkloadManifest = {
    apiVersion: 'batch/v1',
    kind: 'Job',
    spec: { backoffLimit: 3, suspend: true, template: { spec: { containers } } },
  };

  it('has its spec with our marks and a restart policy that a Job may have', () => {
    const object = objectOf(manifest);
    expect(object).toMatchObject({ apiVersion: 'batch/v1', kind: 'Job', metadata: { labels: marks } });
    expect(object.spec).toMatchObject({
      backoffLimit: 3,
      suspend: true,
      template: { metadata: { labels: marks }, spec: { restartPolicy: 'Never', containers } },
    });
  });

  it('has the job’s timeout as its own deadline', () => {
    expect(objectOf(manifest, { rules: { timeoutMs: 1_500 } }).spec).toMatchObject({ activeDeadlineSeconds: 2 });
  });
});
