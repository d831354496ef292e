// JobSets with pods, on a real control plane with simulated nodes: the Job controller, the scheduler and the garbage collector
// play their own part, and all is asserted through the Kubernetes API.
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { JobSetSpec, ReplicatedJob } from '../../pkg/models/index.ts';
import { describeCluster } from './harness/shared-cluster.ts';
import { JobSetGround, type TestJobSet } from './support/jobsets.ts';
import { until } from './support/queue.ts';

interface Pod {
  metadata: { name: string; uid: string; labels: Record<string, string>; deletionTimestamp?: string };
  spec: { nodeName?: string; hostname: string; subdomain: string };
  status: { phase: string };
}

const fate = 'test.kubejobs.io/fate';

/** Jobs of so many pods, each of which meets its fate. */
function fatedJobs(
  name: string,
  replicas: number,
  fateOfPods: string,
  more: Partial<ReplicatedJob> & { pods?: number } = {},
): ReplicatedJob {
  const { pods = 1, ...rest } = more;
  const template = {
    metadata: { labels: { [fate]: fateOfPods } },
    spec: { restartPolicy: 'Never', containers: [{ name: 'main', image: 'busybox:1.36' }] },
  };
  const spec = { parallelism: pods, completions: pods, backoffLimit: 0, template };
  return { name, replicas, template: { spec }, ...rest };
}

const labelOf = (set: TestJobSet, job: string): string =>
  `jobset.sigs.k8s.io/jobset-name=${set.name},jobset.sigs.k8s.io/job-index=${job}`;

describeCluster('a JobSet with pods', (cluster) => {
  let ground!: JobSetGround;
  beforeAll(async () => {
    ground = await JobSetGround.prepare(cluster);
  });
  afterAll(() => ground?.clear());

  const create = (spec: JobSetSpec, annotations?: Record<string, string>): Promise<TestJobSet> =>
    ground.create(spec, annotations);
  const pods = async (set: TestJobSet): Promise<Pod[]> => {
    const selector = `jobset.sigs.k8s.io/jobset-name=${set.name}`;
    const text = await cluster.kubectl('get', 'pods', '-n', ground.namespace, '-l', selector, '-o', 'json');
    return (JSON.parse(text) as { items: Pod[] }).items;
  };
  const podsWhen = async (set: TestJobSet, condition: (pods: Pod[]) => boolean): Promise<Pod[]> => {
    let found: Pod[] = [];
    const look = async (): Promise<boolean> => {
      found = await pods(set);
      return condition(found);
    };
    const explain = (): string => found.map(({ metadata, status }) => `${metadata.name} ${status.phase}`).join();
    await until(look, 60_000, explain);
    return found;
  };
  const isRunning = ({ status }: Pod): boolean => status.phase === 'Running';

  it('runs leader and workers to the end, their pods with names that resolve below the Service', async () => {
    const set = await create({
      replicatedJobs: [fatedJobs('leader', 1, 'never'), fatedJobs('worker', 2, 'succeed', { pods: 2 })],
    });
    const all = await podsWhen(set, (found) => found.length === 5);
    expect(all.map(({ spec }) => `${spec.hostname}.${spec.subdomain}`).sort()).toEqual([
      `${set.name}-leader-0-0.${set.name}`,
      ...[0, 1].flatMap((job) => [0, 1].map((pod) => `${set.name}-worker-${job}-${pod}.${set.name}`)),
    ]);
    await set.counts('worker', { succeeded: 2 });
    await set.counts('leader', { ready: 1 });
    const leader = `jobset.sigs.k8s.io/jobset-name=${set.name},jobset.sigs.k8s.io/replicatedjob-name=leader`;
    await cluster.kubectl('label', 'pods', '-n', ground.namespace, '-l', leader, `${fate}=succeed`, '--overwrite');
    await set.condition('Completed');
  });

  it('restarts with new pods as often as it may, then fails, and no pod is left', async () => {
    const set = await create({
      replicatedJobs: [fatedJobs('bad', 1, 'fail'), fatedJobs('good', 2, 'never')],
      failurePolicy: { maxRestarts: 2 },
    });
    expect((await set.condition('Failed')).reason).toBe('ReachedMaxRestarts');
    expect(await set.status()).toMatchObject({ restarts: 2, restartsCountTowardsMax: 2 });
    await podsWhen(set, (found) => !found.some(isRunning));
    await set.jobsAre('bad-0');
  });

  it('BlockingRecreate starts no pod while one of the attempt before runs', async () => {
    const slow = fatedJobs('slow', 1, 'never');
    const { template } = slow.template.spec;
    template.metadata = { ...template.metadata, annotations: { 'test.kubejobs.io/termination-delay': '3s' } };
    const set = await create({
      replicatedJobs: [fatedJobs('bad', 1, 'fail'), slow],
      failurePolicy: { maxRestarts: 1, restartStrategy: 'BlockingRecreate' },
    });
    await set.statusWhen(({ restarts }) => restarts === 1);
    const attempts = new Set<string>();
    await until(async () => {
      const running = (await pods(set)).filter(isRunning);
      const now = new Set(running.map(({ metadata }) => metadata.labels['jobset.sigs.k8s.io/restart-attempt'] ?? ''));
      for (const attempt of now) attempts.add(attempt);
      expect(now.size).toBeLessThan(2);
      return (await set.status()).terminalState === 'Failed';
    }, 60_000);
    expect([...attempts]).toContain('1');
  });

  it('has no pods while it is suspended, and has them again once it is resumed', async () => {
    const set = await create({ replicatedJobs: [fatedJobs('a', 2, 'never')] });
    await set.counts('a', { ready: 2 });
    await set.change({ suspend: true });
    await podsWhen(set, (found) => found.length === 0);
    await set.counts('a', { suspended: 2, active: 0 });
    await set.change({ suspend: false });
    await set.counts('a', { ready: 2, suspended: 0 });
    await set.condition('Suspended', 'False');
  });

  it('is admitted by an outside queue: created suspended, sent to nodes, resumed, suspended again, sent elsewhere', async () => {
    await cluster.kubectl('label', 'nodes', 'kwok-0', 'pool=one', '--overwrite');
    await cluster.kubectl('label', 'nodes', 'kwok-1', 'pool=two', '--overwrite');
    const admitted = (pool: string): ReplicatedJob => {
      const jobs = fatedJobs('a', 2, 'never');
      const { template } = jobs.template.spec;
      template.spec = { ...template.spec, nodeSelector: { pool } };
      return jobs;
    };
    const set = await create({ replicatedJobs: [fatedJobs('a', 2, 'never')], suspend: true });
    await set.counts('a', { suspended: 2 });
    expect(await pods(set)).toEqual([]);
    for (const [pool, node] of [
      ['one', 'kwok-0'],
      ['two', 'kwok-1'],
    ] as const) {
      await set.change({ replicatedJobs: [admitted(pool)], suspend: false });
      const running = await podsWhen(set, (found) => found.length === 2 && found.every(isRunning));
      expect(running.map(({ spec }) => spec.nodeName)).toEqual([node, node]);
      await set.change({ suspend: true });
      await podsWhen(set, (found) => found.length === 0);
      await set.condition('Suspended');
    }
  });

  it('InOrder starts the next replicated job when the pods of the one before are ready', async () => {
    const set = await create({
      replicatedJobs: [fatedJobs('first', 1, 'never', { pods: 2 }), fatedJobs('second', 1, 'never')],
      startupPolicy: { startupPolicyOrder: 'InOrder' },
    });
    await set.condition('StartupPolicyCompleted');
    const all = await pods(set);
    const started = (name: string): number[] =>
      all
        .filter(({ metadata }) => metadata.labels['jobset.sigs.k8s.io/replicatedjob-name'] === name)
        .map(({ metadata }) => Date.parse((metadata as unknown as { creationTimestamp: string }).creationTimestamp));
    expect(Math.min(...started('second'))).toBeGreaterThanOrEqual(Math.max(...started('first')));
  });

  it('dependsOn Complete runs a replicated job after the one that it needs', async () => {
    const set = await create({
      replicatedJobs: [
        fatedJobs('prepare', 2, 'succeed'),
        fatedJobs('train', 1, 'succeed', { dependsOn: [{ name: 'prepare', status: 'Complete' }] }),
      ],
    });
    await set.counts('prepare', { ready: 2 });
    expect((await set.jobs()).includes('train-0')).toBe(false);
    await set.condition('Completed');
    await set.counts('train', { succeeded: 1 });
  });

  it('with exclusive-topology each Job has a rack for itself, and waits when there is none left', async () => {
    for (const node of [0, 1, 2, 3])
      await cluster.kubectl('label', 'nodes', `kwok-${node}`, `rack=r${node % 2}`, '--overwrite');
    const annotations = { 'alpha.jobset.sigs.k8s.io/exclusive-topology': 'rack' };
    const set = await create({ replicatedJobs: [fatedJobs('a', 3, 'never', { pods: 2 })] }, annotations);
    const placed = await podsWhen(set, (found) => found.length === 6 && found.filter(isRunning).length === 4);
    const racks = new Map<string, Set<number>>();
    for (const { metadata, spec } of placed.filter(isRunning)) {
      const job = metadata.labels['jobset.sigs.k8s.io/job-index'] ?? '';
      racks.set(job, (racks.get(job) ?? new Set()).add(Number(spec.nodeName?.slice('kwok-'.length)) % 2));
    }
    expect([...racks.values()].map((each) => each.size)).toEqual([1, 1]);
    expect(new Set([...racks.values()].map((each) => [...each][0])).size).toBe(2);
    const [first = ''] = racks.keys();
    const waiting = ['0', '1', '2'].find((job) => !racks.has(job));
    await cluster.kubectl(
      'label',
      'pods',
      '-n',
      ground.namespace,
      '-l',
      labelOf(set, first),
      `${fate}=succeed`,
      '--overwrite',
    );
    const isOfWaiting = ({ metadata }: Pod): boolean => metadata.labels['jobset.sigs.k8s.io/job-index'] === waiting;
    await podsWhen(set, (found) => found.filter(isOfWaiting).filter(isRunning).length === 2);
    await set.delete();
  });
});
