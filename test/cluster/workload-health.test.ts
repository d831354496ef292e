// The health of workloads that kubejobs did not make, as GET /workloads and `kubejobs monitor` see it: on simulated nodes with
// kinds that come and go, and on the real node for all that only real containers show.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { commandLine } from '../support/command-line.ts';
import { getJson } from '../support/server-process.ts';
import { describeOwnCluster } from './harness/own-cluster.ts';
import { describeRealNode } from './harness/shared-cluster.ts';
import {
  installPyTorchJobs,
  startTrainingOperator,
  trainingOperatorAvailability,
} from './harness/training-operator.ts';
import { fated, TestQueue, until } from './support/queue.ts';
import { grant } from './support/rights.ts';
import {
  aJobNamed,
  jobSetCrd,
  realJob,
  type SeenWorkload,
  shell,
  workloadsOf,
  workloadWhen,
} from './support/workloads.ts';

const goIsThere = await trainingOperatorAvailability();
/** Two looks at what the cluster has are 30 s apart. */
const noticedWithinMs = 60_000;

interface FatedTemplate {
  template: { metadata: object };
}

function pytorchJob(name: string, fate: string): object {
  const { template } = fated(fate) as FatedTemplate;
  const spec = { containers: [{ name: 'pytorch', image: 'busybox:1.36' }] };
  const replica = { replicas: 1, restartPolicy: 'Never', template: { ...template, spec } };
  return {
    ...{ apiVersion: 'kubeflow.org/v1', kind: 'PyTorchJob', metadata: { name } },
    spec: { runPolicy: { cleanPodPolicy: 'None' }, pytorchReplicaSpecs: { Master: replica, Worker: replica } },
  };
}

describeOwnCluster('the health of workloads of a cluster', {}, (cluster) => {
  let queue: TestQueue;
  beforeAll(async () => {
    queue = await TestQueue.start(cluster(), '--controllers', 'health');
  });
  afterAll(() => queue.stop());

  const create = (...items: object[]): Promise<string> =>
    cluster().kubectl.withInput({ apiVersion: 'v1', kind: 'List', items }, 'create', '-n', queue.namespace, '-f', '-');
  const monitor = async (...flags: string[]): Promise<unknown[]> => {
    const where = ['--kubeconfig', cluster().kubeconfigPath, '-n', queue.namespace];
    const { code, stdout, stderr } = await commandLine(['monitor', '--once', ...where, ...flags]);
    if (code !== 0) throw new Error(`monitor exited with ${code}: ${stderr}`);
    return stdout
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as unknown);
  };
  const seen = (name: string, condition: (workload: SeenWorkload) => boolean, limitMs?: number) =>
    workloadWhen(queue.url, name, condition, limitMs);
  const kind = async (name: string) => (await workloadsOf(queue.url)).kinds.find((each) => each.kind === name);

  it.each([
    ['succeed', { state: 'Complete', healthy: true }],
    ['fail', { state: 'Failed', healthy: false, reason: 'Error' }],
    ['oom', { state: 'Failed', healthy: false, reason: 'OOMKilled' }],
    ['image-pull', { state: 'Pending', healthy: false, reason: 'ImagePullBackOff' }],
    ['never', { state: 'Running', healthy: true }],
  ] as Array<[string, Pick<SeenWorkload, 'state' | 'healthy' | 'reason'>]>)(
    'sees a Job whose pod has the fate %s',
    async (fate, expected) => {
      await create(aJobNamed(`job-${fate}`, fated(fate)));
      const { state } = expected;
      const isThere = (one: SeenWorkload): boolean =>
        one.state === state && one.healthy === expected.healthy && (one.healthy || one.reason === expected.reason);
      expect(await seen(`job-${fate}`, isThere)).toMatchObject(expected);
    },
  );

  it('sees a Job that no node takes, with the scheduler’s words', async () => {
    const { template } = fated('succeed') as FatedTemplate;
    const containers = [{ name: 'main', image: 'busybox:1.36', resources: { requests: { cpu: '4000' } } }];
    await create(aJobNamed('huge', { template: { ...template, spec: { restartPolicy: 'Never', containers } } }));
    const { message } = await seen('huge', (one) => one.reason === 'Unschedulable');
    expect(message).toMatch(/Insufficient cpu/);
    const [document] = await monitor('--job', 'huge');
    expect(document).toMatchObject({ job: { status: { Unschedulable: 1 }, pods: [{ status: 'Unschedulable' }] } });
  });

  it('shows the health of the workload of a queued job with the job', async () => {
    const jobId = await queue.submit({ name: 'ours', template: fated('image-pull') });
    await until(async () => {
      const { health } = await getJson<{ health?: SeenWorkload }>(`${queue.url}/jobs/${jobId}`);
      return health?.reason === 'ImagePullBackOff';
    }, 60_000);
    await fetch(`${queue.url}/jobs/${jobId}`, { method: 'DELETE' });
  });

  it('counts everything in /health and in the metrics', async () => {
    const { workloads } = await getJson<{ workloads: Array<{ kind: string; unhealthy: number }> }>(
      `${queue.url}/health`,
    );
    expect(workloads.find((each) => each.kind === 'Job')?.unhealthy).toBeGreaterThanOrEqual(4);
    const metrics = await (await fetch(`${queue.url}/metrics`)).text();
    expect(metrics).toMatch(/^kubejobs_workloads\{kind="Job",state="Failed"\} [1-9]/m);
    expect(metrics).toMatch(/^kubejobs_container_issues\{reason="OOMKilled"\} 1$/m);
  });

  it('says that the cluster does not have a kind, and that nothing of the default names is there', async () => {
    expect(await kind('JobSet')).toMatchObject({
      available: false,
      message: expect.stringContaining('has no jobsets'),
    });
    expect(await monitor()).toEqual([
      { jobset: { name: 'bash-counter-jobset', status: 'NotFound' } },
      { pytorchJob: { name: 'pytorch-simple', status: 'NotFound' } },
    ]);
  });

  it('shows every workload of the namespace in a table, the unhealthy ones first', async () => {
    const where = ['--kubeconfig', cluster().kubeconfigPath, '-n', queue.namespace];
    const { stdout } = await commandLine(['monitor', '--once', '--all', '-o', 'wide', ...where], { terminal: true });
    const rows = stdout.trim().split('\n').slice(1);
    const healthy = rows.map((row) => / yes /.test(row));
    expect(healthy).toEqual([...healthy].sort());
    expect(stdout).toMatch(/^Job +job-oom +Failed +no +OOMKilled +Failed 1 /m);
  });

  it('finds a cluster that is not there unreachable', async () => {
    const { code, stderr } = await commandLine(['monitor', '--once', '--kubeconfig', '/nowhere/kubeconfig']);
    expect(code).toBe(1);
    expect(stderr).toContain('/nowhere/kubeconfig');
  });

  it('notices JobSets that are installed later, sees their tree, and notices that they are removed', async () => {
    await cluster().kubectl.withInput(jobSetCrd, 'create', '-f', '-');
    await until(async () => /forbidden/.test((await kind('JobSet'))?.message ?? ''), noticedWithinMs);
    await grant('health', cluster().kubectl, queue.namespace);
    await until(async () => (await kind('JobSet'))?.available === true, noticedWithinMs);

    const name = 'bash-counter-jobset';
    await create({ apiVersion: 'jobset.x-k8s.io/v1alpha2', kind: 'JobSet', metadata: { name }, spec: {} });
    const uid = await cluster().kubectl('get', 'jobset', name, '-n', queue.namespace, '-o', 'jsonpath={.metadata.uid}');
    const owner = { name, uid };
    await create(aJobNamed('set-done', fated('succeed'), owner), aJobNamed('set-runs', fated('never'), owner));
    const isWhole = (one: SeenWorkload): boolean => one.state === 'Running';
    await seen('set-done', (one) => one.state === 'Complete');
    await seen('set-runs', isWhole);
    const status = {
      restarts: 1,
      conditions: [{ type: 'Suspended', status: 'False', lastTransitionTime: '2026-01-01T00:00:00Z' }],
    };
    const patch = JSON.stringify({ status });
    await cluster().kubectl(
      'patch',
      'jobset',
      name,
      '-n',
      queue.namespace,
      '--subresource=status',
      '--type=merge',
      '-p',
      patch,
    );
    const expected = {
      jobset: {
        ...{ name, status: { Complete: 1, Running: 1 }, restarts: 1 },
        lastCondition: { type: 'Suspended', status: 'False' },
        jobs: [
          { name: 'set-done', status: 'Complete', pods: [{ phase: 'Succeeded' }] },
          { name: 'set-runs', status: 'Running', pods: [{ phase: 'Running', containers: [{ state: 'running' }] }] },
        ],
      },
    };
    await until(async () => {
      const document = await getJson<{ jobset?: { restarts: number } }>(
        `${queue.url}/workloads/JobSet/${queue.namespace}/${name}`,
      );
      return document.jobset?.restarts === 1;
    }, 20_000);
    expect(await getJson(`${queue.url}/workloads/JobSet/${queue.namespace}/${name}`)).toMatchObject(expected);
    expect(await monitor('--jobset')).toMatchObject([expected]);

    await cluster().kubectl('delete', 'crd', 'jobsets.jobset.x-k8s.io');
    await until(async () => (await kind('JobSet'))?.message?.includes('has no jobsets') === true, noticedWithinMs);
    expect((await kind('JobSet'))?.states).toEqual({});
  });

  describe.skipIf(!goIsThere.available)('with the training operator', () => {
    beforeAll(async () => {
      await installPyTorchJobs(cluster());
      await startTrainingOperator(cluster(), (line) => process.stderr.write(`${line}\n`));
      await until(async () => (await kind('PyTorchJob'))?.available === true, noticedWithinMs);
    }, 1_200_000);

    it('sees pytorch-simple run, and a PyTorchJob fail', async () => {
      await create(pytorchJob('pytorch-simple', 'never'), pytorchJob('pytorch-fails', 'fail'));
      await seen('pytorch-simple', (one) => one.state === 'Running');
      expect(await seen('pytorch-fails', (one) => one.state === 'Failed')).toMatchObject({
        healthy: false,
        reason: 'Error',
      });
      await until(async () => JSON.stringify(await monitor('--pytorchjob')).includes('"Running":2'), 30_000);
      expect(await monitor('--pytorchjob')).toMatchObject([
        {
          pytorchJob: {
            ...{ name: 'pytorch-simple', status: { Running: 2 }, lastCondition: { type: 'Running', status: 'True' } },
            pods: [{ name: 'pytorch-simple-master-0' }, { name: 'pytorch-simple-worker-0' }],
          },
        },
      ]);
    });
  });
});

describeRealNode('the health of workloads with real containers', (cluster) => {
  let queue: TestQueue;
  beforeAll(async () => {
    queue = await TestQueue.start(cluster, '--controllers', 'health');
  });
  afterAll(() => queue.stop());

  const limits = (memory: string) => ({ resources: { limits: { memory }, requests: { memory } } });
  const eatMemory = 'x=aaaaaaaaaaaaaaaa; while true; do x=$x$x; done';
  const always = { restartPolicy: 'Always' };

  it.each([
    ['an exit code', { containers: [shell('main', 'exit 7')] }, 'Error', 'container main: exit code 7'],
    [
      'an OOM kill',
      { containers: [shell('main', eatMemory, limits('16Mi'))] },
      'OOMKilled',
      'container main: exit code 137',
    ],
    [
      'a missing image',
      { containers: [shell('main', 'true', { image: 'nowhere.invalid/none:1' })] },
      'ErrImageNeverPull',
      'container main: ',
    ],
    [
      'an image name that is none',
      { containers: [shell('main', 'true', { image: 'No Image!' })] },
      'InvalidImageName',
      'container main: ',
    ],
    [
      'an init container that fails',
      { initContainers: [shell('prepare', 'exit 9')], containers: [shell('main', 'true')] },
      'Error',
      'container prepare: exit code 9',
    ],
    [
      'a crash loop',
      { restartPolicy: 'OnFailure', containers: [shell('main', 'exit 3')] },
      'CrashLoopBackOff',
      'container main: ',
    ],
    [
      'a sidecar in a crash loop',
      { initContainers: [shell('helper', 'exit 4', always)], containers: [shell('main', 'sleep 600')] },
      'CrashLoopBackOff',
      'container helper: ',
    ],
    [
      'a Secret that is not there',
      { containers: [shell('main', 'true', { envFrom: [{ secretRef: { name: 'none' } }] })] },
      'CreateContainerConfigError',
      'container main: ',
    ],
  ])('sees %s', async (title, pod, reason, message) => {
    const name = title.replaceAll(' ', '-').toLowerCase();
    const spec = reason === 'CrashLoopBackOff' ? { backoffLimit: 20 } : {};
    await cluster.kubectl.withInput(realJob(name, pod, spec), 'create', '-n', queue.namespace, '-f', '-');
    const found = await workloadWhen(queue.url, name, (one) => one.reason === reason, 120_000);
    expect(found.healthy).toBe(false);
    expect(found.message).toContain(message);
    await cluster.kubectl('delete', 'job', name, '-n', queue.namespace, '--wait=false');
  });

  it('sees a container that runs beside its sidecar, after its init container', async () => {
    const initContainers = [shell('prepare', 'true'), shell('helper', 'sleep 600', always)];
    const pod = { initContainers, containers: [shell('main', 'sleep 600')] };
    await cluster.kubectl.withInput(realJob('well', pod), 'create', '-n', queue.namespace, '-f', '-');
    await workloadWhen(queue.url, 'well', (one) => one.state === 'Running', 60_000);
    const containers = [
      { name: 'prepare', kind: 'init', state: 'terminated', exitCode: 0 },
      { name: 'helper', kind: 'sidecar', state: 'running' },
      { name: 'main', kind: 'regular', state: 'running' },
    ];
    expect(await getJson(`${queue.url}/workloads/Job/${queue.namespace}/well`)).toMatchObject({
      job: { status: { Running: 1 }, pods: [{ node: 'localhost', status: 'Running', containers }] },
    });
    await cluster.kubectl('delete', 'job', 'well', '-n', queue.namespace, '--wait=false');
  });
});
