// Whole manifests as jobs: a Job to its end, and PyTorchJobs with the real training operator. A kind that the cluster does
// not have is refused, and works from the moment that it has it. The cluster is this file's own, for it gets a new kind.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describeOwnCluster } from './harness/own-cluster.ts';
import {
  installPyTorchJobs,
  startTrainingOperator,
  trainingOperatorAvailability,
} from './harness/training-operator.ts';
import { fated, TestQueue, until } from './support/queue.ts';
import { grantPyTorchJobs } from './support/rights.ts';

interface Problem {
  code: string;
  detail: string;
  errors: Array<{ pointer: string; detail: string }>;
}

interface Pod {
  metadata: { name: string; labels: Record<string, string> };
}

interface FatedTemplate {
  template: { metadata: object; spec: { containers: object[] } };
}

/** A replica whose pod meets this fate. */
function replica(fate: string, annotations: Record<string, string> = {}, replicas = 1): object {
  const { template } = fated(fate, annotations) as FatedTemplate;
  const containers = [{ name: 'pytorch', image: 'busybox:1.36' }];
  return { replicas, restartPolicy: 'Never', template: { metadata: template.metadata, spec: { containers } } };
}

function pytorchJob(pytorchReplicaSpecs: object, runPolicy: object = { cleanPodPolicy: 'None' }): object {
  return { apiVersion: 'kubeflow.org/v1', kind: 'PyTorchJob', spec: { runPolicy, pytorchReplicaSpecs } };
}

const training = pytorchJob({ Master: replica('succeed'), Worker: replica('succeed', {}, 2) });
const goIsThere = await trainingOperatorAvailability();

describeOwnCluster('a job that is a whole manifest', {}, (cluster) => {
  let queue: TestQueue;
  beforeAll(async () => {
    queue = await TestQueue.start(cluster(), '--max-concurrency', '5', '--job-ttl', '2s');
  });
  afterAll(() => queue.stop());

  const refused = async (workload: object): Promise<Problem & { status: number }> => {
    const headers = { 'content-type': 'application/json' };
    const body = JSON.stringify({ name: 'refused', workload });
    const answer = await fetch(`${queue.url}/jobs`, { method: 'POST', headers, body });
    return { status: answer.status, ...((await answer.json()) as Problem) };
  };
  const read = async <T>(...what: string[]): Promise<T> =>
    JSON.parse(await cluster().kubectl('get', ...what, '-n', queue.namespace, '-o', 'json')) as T;

  it('runs a Job to its end under a name of ours, with its own labels beside ours', async () => {
    const metadata = { name: 'train', labels: { team: 'ml' } };
    const workload = { apiVersion: 'batch/v1', kind: 'Job', metadata, spec: fated('succeed', { duration: '2s' }) };
    const jobId = await queue.submit({ name: 'whole', workload });
    const { workload: made } = await queue.jobWhen(jobId, (job) => job.workload?.uid !== undefined);
    expect(made?.name).toBe(`train-${jobId.replaceAll('-', '').slice(-12)}-1`);
    const object = await read<Pod>('job', made?.name ?? '');
    expect(object.metadata.labels).toMatchObject({ team: 'ml', 'kubejobs.io/job-id': jobId });
    expect(await queue.finished(jobId)).toMatchObject({ state: 'succeeded', exit_code: 0, workload: { kind: 'Job' } });
  });

  it('fails with the exit code of the Job’s pod', async () => {
    const workload = { apiVersion: 'batch/v1', kind: 'Job', spec: fated('fail', { 'exit-code': '9' }) };
    const job = await queue.finished(await queue.submit({ name: 'nine', workload }));
    expect(job).toMatchObject({ state: 'failed', reason: 'exit_code', exit_code: 9 });
  });

  it('is refused with the API server’s words when the Job is wrong', async () => {
    const { status, code, errors } = await refused({ apiVersion: 'batch/v1', kind: 'Job', spec: { paralelism: 2 } });
    expect({ status, code }).toEqual({ status: 400, code: 'template_refused' });
    expect(errors[0]).toMatchObject({ pointer: '/workload', detail: expect.stringContaining('paralelism') });
  });

  describe('of a kind that the cluster does not have', () => {
    it('is refused with the rights that are missing, as long as they are', async () => {
      const { status, code, detail, errors } = await refused(training);
      expect({ status, code }).toEqual({ status: 400, code: 'workload_kind_unavailable' });
      expect(errors[0]?.pointer).toBe('/workload/kind');
      expect(detail).toContain('deploy/rbac/pytorchjobs.yaml');
    });

    it('is refused with how to install it', async () => {
      await grantPyTorchJobs(cluster().kubectl, queue.namespace);
      await until(async () => (await refused(training)).detail.startsWith('The cluster has no PyTorchJobs'), 10_000);
      expect((await refused(training)).detail).toContain('training-operator.git/manifests/overlays/standalone');
      expect(await (await fetch(`${queue.url}/jobs?name=refused`)).json()).toEqual([]);
    });
  });

  describe.skipIf(!goIsThere.available)('that is a PyTorchJob, with the training operator', () => {
    beforeAll(async () => {
      await installPyTorchJobs(cluster());
      await startTrainingOperator(cluster(), (line) => process.stderr.write(`${line}\n`));
    }, 1_200_000);

    it('succeeds when its master does, without a restart of kubejobs, and is deleted after its time', async () => {
      const metadata = { labels: { team: 'vision' } };
      const jobId = await queue.submit({ name: 'torch', priority: 3, workload: { ...training, metadata } });
      const running = await queue.jobWhen(jobId, (job) => job.state === 'running' && job.reason === undefined);
      expect(running.workload).toMatchObject({ kind: 'PyTorchJob', namespace: queue.namespace });
      const name = running.workload?.name ?? '';
      const { items } = await read<{ items: Pod[] }>('pods', '-l', `training.kubeflow.org/job-name=${name}`);
      expect(items.map((pod) => pod.metadata.name).sort()).toEqual(
        ['master-0', 'worker-0', 'worker-1'].map((replicaName) => `${name}-${replicaName}`),
      );
      for (const { metadata: of } of items) expect(of.labels).toMatchObject({ 'kubejobs.io/job-id': jobId });
      expect(await queue.finished(jobId)).toMatchObject({ state: 'succeeded', exit_code: 0 });
      const left = async (): Promise<number> => (await read<{ items: unknown[] }>('pytorchjobs')).items.length;
      await until(async () => (await left()) === 0, 30_000);
    });

    it('fails with the exit code of its first failing pod', async () => {
      const workload = pytorchJob({
        Master: replica('never'),
        Worker: replica('fail', { 'exit-code': '13', duration: '500ms' }),
      });
      const job = await queue.finished(await queue.submit({ name: 'thirteen', workload }));
      expect(job).toMatchObject({ state: 'failed', reason: 'exit_code', exit_code: 13 });
      expect(job.message).toContain('exit code 13');
    });

    // The operator looks at its own activeDeadlineSeconds only when something happens to the pods; kubejobs does not wait.
    it('fails at the job’s timeout, and is deleted, while its pods go on and on', async () => {
      const workload = pytorchJob({ Master: replica('never') });
      const job = await queue.finished(await queue.submit({ name: 'late', workload, timeout_seconds: 2 }));
      expect(job).toMatchObject({ state: 'failed', reason: 'deadline' });
      const { items } = await read<{ items: Pod[] }>('pytorchjobs');
      expect(items.map(({ metadata }) => metadata.name)).not.toContain(job.workload?.name);
    });

    it('says that it is suspended, and holds its slot until it is cancelled', async () => {
      const workload = pytorchJob({ Master: replica('succeed') }, { suspend: true });
      const jobId = await queue.submit({ name: 'asleep', workload });
      const job = await queue.jobWhen(jobId, ({ message }) => message === 'the PyTorchJob is suspended');
      expect(job).toMatchObject({ state: 'running', reason: 'starting' });
      await fetch(`${queue.url}/jobs/${jobId}`, { method: 'DELETE' });
      expect(await queue.finished(jobId)).toMatchObject({ state: 'cancelled', reason: 'by_user' });
    });

    it('is cancelled once the object and its pods are gone', async () => {
      const lingering = replica('never', { 'termination-delay': '2s' });
      const jobId = await queue.submit({ name: 'cancelled', workload: pytorchJob({ Master: lingering }) });
      const { workload } = await queue.jobWhen(jobId, (job) => job.state === 'running' && job.reason === undefined);
      await fetch(`${queue.url}/jobs/${jobId}`, { method: 'DELETE' });
      expect(await queue.finished(jobId)).toMatchObject({ state: 'cancelled', reason: 'by_user' });
      const { items } = await read<{ items: Pod[] }>('pods', '-l', `training.kubeflow.org/job-name=${workload?.name}`);
      expect(items).toEqual([]);
    });

    it('is found again by a program that was killed while it ran', async () => {
      const workload = pytorchJob({ Master: replica('succeed', { duration: '4s' }) });
      const jobId = await queue.submit({ name: 'survivor', workload });
      await queue.jobWhen(jobId, (job) => job.state === 'running' && job.reason === undefined);
      await queue.kill();
      await queue.restart();
      expect(await queue.finished(jobId)).toMatchObject({ state: 'succeeded', exit_code: 0 });
    });

    it('is tried again under another name', async () => {
      const workload = pytorchJob({ Master: replica('fail', { 'exit-code': '4' }) });
      const retries = { max: 1, backoff_seconds: 1 };
      const job = await queue.finished(await queue.submit({ name: 'again', workload, retries }));
      expect(job.attempts.map(({ attempt }) => attempt)).toEqual([1, 2]);
      expect(job).toMatchObject({ state: 'failed', exit_code: 4, workload: { kind: 'PyTorchJob' } });
      expect(job.workload?.name).toMatch(/-2$/);
    });
  });
});
