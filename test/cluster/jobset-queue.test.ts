// JobSets as jobs of the queue, on a real control plane with simulated nodes: to their ends, restarted, cancelled, and refused
// where nobody would run them. The cluster is this file's own, for it gets the kind, loses it, and gets another operator's.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JobSetSpec, ReplicatedJob } from '../../pkg/models/index.ts';
import { getJson, runProgram } from '../support/server-process.ts';
import { describeOwnCluster } from './harness/own-cluster.ts';
import { type Outcome, playJobSets, problemsOf, storyCluster } from './jobset-demo/story.ts';
import { fated, type JobDocument, TestQueue, until } from './support/queue.ts';
import { grant, removeRights } from './support/rights.ts';
import { jobSetCrd } from './support/workloads.ts';

interface Problem {
  status: number;
  code: string;
  detail: string;
  errors: Array<{ pointer: string; detail: string }>;
}

interface Listed {
  items: Array<{ metadata: { name: string; labels: Record<string, string> } }>;
}

interface SeenJob extends Omit<JobDocument, 'attempts' | 'timeline'> {
  health?: { kind: string; state: string; healthy: boolean };
  attempts: Array<{ attempt: number; restarts?: number; workload: { name: string } }>;
  timeline: Array<{ message?: string }>;
}

const fateLabel = 'test.kubejobs.io/fate';
const groupLabel = 'podgroup.jhwagner.github.io/name';
const refused = { status: 400, code: 'workload_kind_unavailable' };

/** Jobs of so many pods, each of which meets its fate. */
function fatedJobs(name: string, fate: string, more: Partial<ReplicatedJob> & { pods?: number } = {}): ReplicatedJob {
  const { pods = 1, ...rest } = more;
  const spec = { ...fated(fate), parallelism: pods, completions: pods };
  return { name, template: { spec } as ReplicatedJob['template'], ...rest };
}

function jobSet(spec: JobSetSpec | ReplicatedJob, name?: string): object {
  const metadata = name === undefined ? {} : { metadata: { name } };
  const whole = 'template' in spec ? { replicatedJobs: [spec] } : spec;
  return { apiVersion: 'jobset.x-k8s.io/v1alpha2', kind: 'JobSet', ...metadata, spec: whole };
}

const restartsIn = ({ timeline }: SeenJob): string[] =>
  timeline.flatMap(({ message }) => (message?.startsWith('restart ') ? [message] : []));

describeOwnCluster('a job that is a JobSet', {}, (cluster) => {
  let queue: TestQueue;
  const { kubectl } = { kubectl: (...words: string[]) => cluster().kubectl(...words) };
  const install = () => runProgram(['install', 'crds', '--kubeconfig', cluster().kubeconfigPath]);
  beforeAll(async () => {
    queue = await TestQueue.start(cluster(), '--max-concurrency', '8', '--job-ttl', '1h');
  });
  afterAll(async () => {
    await queue.stop();
    await removeRights(cluster().kubectl, queue.namespace);
  });

  const tryOut = async (workload: object): Promise<Problem> => {
    const headers = { 'content-type': 'application/json' };
    const body = JSON.stringify({ name: 'tried', workload });
    const answer = await fetch(`${queue.url}/jobs`, { method: 'POST', headers, body });
    return { ...((await answer.json()) as Problem), status: answer.status };
  };
  const read = async (...what: string[]): Promise<Listed> =>
    JSON.parse(await kubectl('get', ...what, '-n', queue.namespace, '-o', 'json')) as Listed;
  const submit = (workload: object, more: object = {}): Promise<string> =>
    queue.submit({ name: 'set', workload, ...more });
  const jobWhen = (jobId: string, condition: (job: SeenJob) => boolean): Promise<SeenJob> =>
    queue.jobWhen(jobId, (job) => condition(job as unknown as SeenJob)) as unknown as Promise<SeenJob>;
  const running = (jobId: string) => jobWhen(jobId, ({ state, reason }) => state === 'running' && reason === undefined);
  const decide = (jobId: string, fate: string, more = '') =>
    kubectl(
      ...['label', 'pods', '-n', queue.namespace, '-l', `kubejobs.io/job-id=${jobId}${more}`],
      ...[`${fateLabel}=${fate}`, '--overwrite'],
    );
  const good = jobSet(fatedJobs('a', 'succeed'));

  describe('where nobody would run it', () => {
    it('is refused with the rights that are missing, as long as they are', async () => {
      const { status, code, detail } = await tryOut(good);
      expect({ status, code }).toEqual(refused);
      expect(detail).toContain('deploy/rbac/jobset.yaml');
    });

    it('is refused without the definition, with how to install it', async () => {
      for (const file of ['jobset', 'jobset-lookups', 'health', 'podgroup'] as const)
        await grant(file, cluster().kubectl, queue.namespace);
      await until(async () => (await tryOut(good)).detail.startsWith('The cluster has no JobSets'), 10_000);
      expect((await tryOut(good)).detail).toContain('kubejobs install crds');
    });

    it('is refused with a definition that is another operator’s', async () => {
      await cluster().kubectl.withInput(jobSetCrd, 'create', '-f', '-');
      await until(async () => (await tryOut(good)).detail?.includes('without the annotation'), 10_000);
      const { status, code, errors } = await tryOut(good);
      expect({ status, code }).toEqual(refused);
      expect(errors[0]?.pointer).toBe('/workload/kind');
      await kubectl('delete', 'crd', 'jobsets.jobset.x-k8s.io');
    });

    it('is refused when the controller is off, with how to switch it on', async () => {
      expect((await install()).code).toBe(0);
      await queue.kill('SIGTERM');
      await queue.restart('--controllers', 'health');
      const { status, code, detail } = await tryOut(good);
      expect({ status, code }).toEqual(refused);
      expect(detail).toContain('--controllers');
      await queue.kill('SIGTERM');
      await queue.restart('--controllers', 'health,podgroup,jobset');
    });

    it('is refused while another operator has its webhooks there', async () => {
      const service = { name: 'jobset-webhook-service', namespace: 'jobset-system' };
      const webhook = {
        ...{
          name: 'jobset.example.com',
          admissionReviewVersions: ['v1'],
          sideEffects: 'None',
          failurePolicy: 'Ignore',
        },
        clientConfig: { service },
      };
      const configuration = {
        apiVersion: 'admissionregistration.k8s.io/v1',
        kind: 'ValidatingWebhookConfiguration',
        metadata: { name: 'jobset-validating-webhook-configuration' },
        webhooks: [webhook],
      };
      await cluster().kubectl.withInput(configuration, 'create', '-f', '-');
      await until(async () => (await tryOut(good)).detail?.includes('jobset-validating-webhook-configuration'), 10_000);
      expect(await tryOut(good)).toMatchObject(refused);
      await kubectl('delete', 'validatingwebhookconfiguration', configuration.metadata.name);
      await until(async () => (await tryOut(good)).status === 201, 10_000);
    });
  });

  it('that is wrong is refused with the API server’s words', async () => {
    const after = { dependsOn: [{ name: 'nobody', status: 'Ready' as const }] };
    const wrong = jobSet({ replicatedJobs: [fatedJobs('a', 'succeed'), fatedJobs('b', 'succeed', after)] });
    const { status, code, errors } = await tryOut(wrong);
    expect({ status, code }).toEqual({ status: 400, code: 'template_refused' });
    expect(errors[0]).toMatchObject({ pointer: '/workload', detail: expect.stringContaining('dependsOn') });
  });

  it('holds one slot until it is completed, with its labels on all its pods, its health and its gang’s size', async () => {
    const member = (name: string, replicas: number, pods: number): ReplicatedJob => {
      const job = fatedJobs(name, 'never', { replicas, pods });
      const { template } = job.template.spec;
      template.metadata = { ...template.metadata, labels: { ...template.metadata?.labels, [groupLabel]: 'gang' } };
      return job;
    };
    const jobId = await submit(jobSet({ replicatedJobs: [member('leader', 1, 1), member('worker', 2, 2)] }));
    const job = await running(jobId);
    expect(job.workload).toMatchObject({ kind: 'JobSet', name: `set-${jobId.replaceAll('-', '').slice(-12)}-1` });
    const mine = `kubejobs.io/job-id=${jobId}`;
    await until(async () => (await read('pods', '-l', mine)).items.length === 5, 30_000);
    const healthy = await jobWhen(jobId, ({ health }) => health?.state === 'Running');
    expect(healthy.health).toMatchObject({ kind: 'JobSet', healthy: true, jobs: { Running: 3 } });
    const place = `${queue.namespace}/${job.workload?.name}`;
    const seen = await getJson<{ jobset: object }>(`${queue.url}/workloads/JobSet/${place}`);
    expect(seen.jobset).toMatchObject({ name: job.workload?.name, status: { Running: 3 }, restarts: 0 });
    const groups = (): Promise<Array<{ name: string; ready: boolean; size: object }>> =>
      getJson(`${queue.url}/podgroups`);
    await until(async () => (await groups()).some(({ ready }) => ready), 30_000);
    expect((await groups()).find(({ name }) => name === 'gang')).toMatchObject({ size: 5, size_from: 'owners' });
    expect((await queue.names('running')).filter((name) => name === 'set')).toHaveLength(1);
    await decide(jobId, 'succeed');
    expect(await queue.finished(jobId)).toMatchObject({ state: 'succeeded', exit_code: 0 });
    const logs = await (await fetch(`${queue.url}/jobs/${jobId}/logs`)).text();
    expect(logs.split('\n').length).toBeGreaterThan(5);
  });

  it('fails with the exit code of its first failing pod', async () => {
    const bad = fatedJobs('bad', 'fail');
    const { template } = bad.template.spec;
    template.metadata = { ...template.metadata, annotations: { 'test.kubejobs.io/exit-code': '13' } };
    const job = await queue.finished(await submit(jobSet({ replicatedJobs: [fatedJobs('good', 'never'), bad] })));
    expect(job).toMatchObject({ state: 'failed', reason: 'exit_code', exit_code: 13 });
    expect(job.message).toContain('exit code 13');
  });

  it('tells each restart once in its timeline, with its cause, also when kubejobs is killed in between', async () => {
    const again = { failurePolicy: { maxRestarts: 5 }, replicatedJobs: [fatedJobs('a', 'never', { replicas: 2 })] };
    const jobId = await submit(jobSet(again));
    await running(jobId);
    for (const count of [1, 2]) {
      const attempt = `,jobset.sigs.k8s.io/restart-attempt=${count - 1}`;
      const pods = async () => (await read('pods', '-l', `kubejobs.io/job-id=${jobId}${attempt}`)).items.length;
      await until(async () => (await pods()) === 2, 30_000);
      await decide(jobId, 'fail', `${attempt},jobset.sigs.k8s.io/job-index=1`);
      const job = await jobWhen(jobId, ({ attempts }) => attempts.at(-1)?.restarts === count);
      expect(restartsIn(job)).toHaveLength(count);
      expect(restartsIn(job).at(-1)).toMatch(
        new RegExp(`^restart ${count} of the JobSet: pod .*-a-1-0-.* exit code 1`),
      );
      await queue.kill();
      await queue.restart('--controllers', 'health,podgroup,jobset');
    }
    const last = async () =>
      (await read('pods', '-l', `kubejobs.io/job-id=${jobId},jobset.sigs.k8s.io/restart-attempt=2`)).items.length;
    await until(async () => (await last()) === 2, 30_000);
    await decide(jobId, 'succeed');
    const job = (await queue.finished(jobId)) as unknown as SeenJob;
    expect(job).toMatchObject({ state: 'succeeded', attempts: [{ attempt: 1, restarts: 2 }] });
    expect(restartsIn(job)).toHaveLength(2);
  });

  it('keeps the name that it has, is found under it by its pods, and is tried again under it', async () => {
    const workload = jobSet(fatedJobs('leader', 'never'), 'train');
    const jobId = await submit(workload, { retries: { max: 1, backoff_seconds: 1 } });
    expect((await running(jobId)).workload?.name).toBe('train');
    const other = await queue.finished(await submit(workload));
    expect(other).toMatchObject({ state: 'failed', reason: 'create_refused' });
    expect(other.message).toContain(`runs already, for the job ${jobId}`);
    await decide(jobId, 'fail');
    const isSecond = ({ attempts, reason }: SeenJob): boolean => attempts.length === 2 && reason === undefined;
    const second = await jobWhen(jobId, (job) => isSecond(job) && job.state === 'running');
    expect(second.attempts.map(({ workload: made }) => made.name)).toEqual(['train', 'train']);
    await decide(jobId, 'succeed', ',kubejobs.io/attempt=2');
    expect(await queue.finished(jobId)).toMatchObject({ state: 'succeeded', attempt: 2 });
    const third = await submit(workload);
    await running(third);
    await decide(third, 'succeed');
    expect(await queue.finished(third)).toMatchObject({ state: 'succeeded' });
  });

  it('is cancelled once it and its pods are gone', async () => {
    const jobId = await submit(jobSet(fatedJobs('a', 'never', { replicas: 2 })));
    await running(jobId);
    await fetch(`${queue.url}/jobs/${jobId}`, { method: 'DELETE' });
    const job = await queue.finished(jobId);
    expect(job).toMatchObject({ state: 'cancelled', reason: 'by_user' });
    const mine = `kubejobs.io/job-id=${jobId}`;
    expect((await read('pods', '-l', mine)).items).toEqual([]);
    expect((await read('jobsets', '-l', mine)).items).toEqual([]);
  });

  it('is ended at its timeout, whatever its failure policy says', async () => {
    const workload = jobSet({ failurePolicy: { maxRestarts: 9 }, replicatedJobs: [fatedJobs('a', 'never')] });
    const job = (await queue.finished(await submit(workload, { timeout_seconds: 2 }))) as unknown as SeenJob;
    expect(job).toMatchObject({ state: 'failed', reason: 'deadline' });
    expect(job.attempts.map(({ restarts }) => restarts)).toEqual([undefined]);
  });

  it('says that it is suspended, and runs when somebody resumes it', async () => {
    const jobId = await submit(jobSet({ suspend: true, replicatedJobs: [fatedJobs('a', 'succeed')] }));
    const { workload } = await jobWhen(jobId, ({ message }) => message === 'the JobSet is suspended');
    const resumed = JSON.stringify({ spec: { suspend: false } });
    await kubectl('patch', 'jobset', workload?.name ?? '', '-n', queue.namespace, '--type', 'merge', '-p', resumed);
    expect(await queue.finished(jobId)).toMatchObject({ state: 'succeeded' });
  });

  it('is found again by a program that was killed while it ran', async () => {
    const jobId = await submit(jobSet(fatedJobs('a', 'never')));
    await running(jobId);
    await queue.kill();
    await decide(jobId, 'succeed');
    await queue.restart('--controllers', 'health,podgroup,jobset');
    expect(await queue.finished(jobId)).toMatchObject({ state: 'succeeded', exit_code: 0 });
  });

  it('fails when somebody else deletes it', async () => {
    const jobId = await submit(jobSet(fatedJobs('a', 'never')));
    const { workload } = await running(jobId);
    await kubectl('delete', 'jobset', workload?.name ?? '', '-n', queue.namespace);
    expect(await queue.finished(jobId)).toMatchObject({ state: 'failed', reason: 'workload_deleted' });
  });
});

describeOwnCluster('the JobSets of examples/jobset', storyCluster, (cluster) => {
  const lines: string[] = [];
  let outcome: Outcome;
  beforeAll(async () => {
    outcome = await playJobSets({ cluster: cluster(), say: (line) => lines.push(line) });
  });

  it('run through the queue as they should', () => {
    expect(problemsOf(outcome), lines.join('\n')).toEqual([]);
    expect(outcome.jobs.map(({ name }) => name)).toEqual(['train', 'ranking', 'resume', 'racks']);
  });
});
