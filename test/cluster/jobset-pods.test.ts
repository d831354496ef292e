// JobSets with pods, on a real control plane with simulated nodes: the Job controller, the scheduler and the garbage collector
// play their own part, and all is asserted through the Kubernetes API. Each title is a sentence of what JobSet promises. The
// cases run together: each that cares about nodes has a label of its own on them.
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { JobSetSpec, ReplicatedJob } from '../../pkg/models/index.ts';
import { apiObject } from './harness/api-request.ts';
import { describeCluster } from './harness/shared-cluster.ts';
import { prefix } from './support/jobset-objects.ts';
import { JobSetGround, type TestJobSet } from './support/jobsets.ts';
import { until } from './support/queue.ts';

vi.setConfig({ maxConcurrency: 16 });

interface Pod {
  metadata: { name: string; uid: string; creationTimestamp: string; labels: Record<string, string> };
  spec: { nodeName?: string; hostname: string; subdomain: string };
  status: { phase: string };
}

interface More extends Partial<ReplicatedJob> {
  pods?: number;
  spec?: object;
  annotations?: Record<string, string>;
}

const fate = 'test.kubejobs.io/fate';
const topology = 'alpha.jobset.sigs.k8s.io/exclusive-topology';
const namespacedJob = 'alpha.jobset.sigs.k8s.io/namespaced-job';
const noSchedule = 'alpha.jobset.sigs.k8s.io/no-schedule';

/** Jobs of so many pods, each of which meets its fate. */
function fatedJobs(name: string, replicas: number, fateOfPods: string, more: More = {}): ReplicatedJob {
  const { pods = 1, spec: own = {}, annotations = {}, ...rest } = more;
  const template = {
    metadata: { labels: { [fate]: fateOfPods }, annotations },
    spec: { restartPolicy: 'Never', containers: [{ name: 'main', image: 'busybox:1.36' }], ...own },
  };
  const spec = { parallelism: pods, completions: pods, backoffLimit: 0, template };
  return { name, replicas, template: { spec }, ...rest };
}

const isRunning = ({ status }: Pod): boolean => status.phase === 'Running';
const labelOf = ({ metadata }: Pod, mark: string): string => metadata.labels[prefix + mark] ?? '';

describeCluster('a JobSet with pods', (cluster) => {
  let ground!: JobSetGround;
  beforeAll(async () => {
    ground = await JobSetGround.prepare(cluster);
  });
  afterAll(() => ground?.clear());

  const create = (spec: JobSetSpec, annotations?: Record<string, string>): Promise<TestJobSet> =>
    ground.create(spec, annotations);
  const pods = async (set: TestJobSet): Promise<Pod[]> => {
    const selector = encodeURIComponent(`${prefix}jobset-name=${set.name}`);
    const path = `/api/v1/namespaces/${ground.namespace}/pods?labelSelector=${selector}`;
    return (await apiObject<{ items: Pod[] }>(ground.access, 'GET', path)).items;
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
  const running = async (set: TestJobSet, count: number): Promise<Pod[]> =>
    (await podsWhen(set, (found) => found.filter(isRunning).length === count)).filter(isRunning);
  const labelNode = (node: number, label: string): Promise<string> =>
    cluster.kubectl('label', 'nodes', `kwok-${node}`, label, '--overwrite');
  /** Its pods come to their end. */
  const finish = async (set: TestJobSet, mark: string): Promise<void> => {
    const selector = `${prefix}jobset-name=${set.name},${prefix}${mark}`;
    await cluster.kubectl('label', 'pods', '-n', ground.namespace, '-l', selector, `${fate}=succeed`, '--overwrite');
  };

  describe.concurrent('lives', () => {
    it('leader and workers: hostname <job>-<podIndex>, pods <job>-<podIndex>-<suffix>, subdomain the Service', async () => {
      const set = await create({
        replicatedJobs: [fatedJobs('leader', 1, 'never'), fatedJobs('worker', 2, 'succeed', { pods: 2 })],
      });
      const all = await podsWhen(set, (found) => found.length === 5);
      expect(all.map(({ spec }) => `${spec.hostname}.${spec.subdomain}`).sort()).toEqual([
        `${set.name}-leader-0-0.${set.name}`,
        ...[0, 1].flatMap((job) => [0, 1].map((pod) => `${set.name}-worker-${job}-${pod}.${set.name}`)),
      ]);
      for (const { metadata, spec } of all) expect(metadata.name).toMatch(new RegExp(`^${spec.hostname}-[a-z0-9]{5}$`));
      await set.counts('worker', { succeeded: 2 });
      await set.counts('leader', { ready: 1 });
      await finish(set, 'replicatedjob-name=leader');
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
      const slow = fatedJobs('slow', 1, 'never', { annotations: { 'test.kubejobs.io/termination-delay': '3s' } });
      const set = await create({
        replicatedJobs: [fatedJobs('bad', 1, 'fail'), slow],
        failurePolicy: { maxRestarts: 1, restartStrategy: 'BlockingRecreate' },
      });
      await set.statusWhen(({ restarts }) => restarts === 1);
      const attempts = new Set<string>();
      await until(async () => {
        const now = new Set((await pods(set)).filter(isRunning).map((pod) => labelOf(pod, 'restart-attempt')));
        for (const attempt of now) attempts.add(attempt);
        expect(now.size).toBeLessThan(2);
        return (await set.status()).terminalState === 'Failed';
      }, 60_000);
      expect([...attempts]).toContain('1');
    });

    it('no pods while suspend is true, and again once it is resumed', async () => {
      const set = await create({ replicatedJobs: [fatedJobs('a', 2, 'never')] });
      await set.counts('a', { ready: 2 });
      await set.change({ suspend: true });
      await podsWhen(set, (found) => found.length === 0);
      await set.counts('a', { suspended: 2, active: 0 });
      await set.change({ suspend: false });
      await set.counts('a', { ready: 2, suspended: 0 });
      await set.condition('Suspended', 'False');
    });

    it('an outside queue: created suspended, sent to nodes, resumed, suspended again, sent elsewhere', async () => {
      await Promise.all([labelNode(0, 'pool=one'), labelNode(1, 'pool=two')]);
      const admitted = (pool: string): ReplicatedJob =>
        fatedJobs('a', 2, 'never', { spec: { nodeSelector: { pool } } });
      const set = await create({ replicatedJobs: [fatedJobs('a', 2, 'never')], suspend: true });
      await set.counts('a', { suspended: 2 });
      expect(await pods(set)).toEqual([]);
      for (const [pool, node] of [
        ['one', 'kwok-0'],
        ['two', 'kwok-1'],
      ] as const) {
        await set.change({ replicatedJobs: [admitted(pool)], suspend: false });
        expect((await running(set, 2)).map(({ spec }) => spec.nodeName)).toEqual([node, node]);
        await set.change({ suspend: true });
        await podsWhen(set, (found) => found.length === 0);
        await set.condition('Suspended');
      }
    });

    it('InOrder starts the next replicated job once the pods of the one before are ready', async () => {
      const set = await create({
        replicatedJobs: [fatedJobs('first', 1, 'never', { pods: 2 }), fatedJobs('second', 1, 'never')],
        startupPolicy: { startupPolicyOrder: 'InOrder' },
      });
      await set.condition('StartupPolicyCompleted');
      const all = await pods(set);
      const started = (name: string): number[] =>
        all
          .filter((pod) => labelOf(pod, 'replicatedjob-name') === name)
          .map(({ metadata }) => Date.parse(metadata.creationTimestamp));
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

    it('a failed JobSet deletes the Jobs that run, with their pods', async () => {
      const set = await create({ replicatedJobs: [fatedJobs('bad', 1, 'fail'), fatedJobs('good', 2, 'never')] });
      await set.condition('Failed');
      await set.jobsAre('bad-0');
      const left = await podsWhen(set, (found) => found.every((pod) => labelOf(pod, 'replicatedjob-name') === 'bad'));
      expect(left.map(({ status }) => status.phase)).toEqual(['Failed']);
    });
  });

  describe.concurrent('exclusive placement', () => {
    /** Which domain the pods of each Job are in; all of a Job's must be in one. */
    const domains = (found: Pod[], domainOf: (node: number) => string): Map<string, string> => {
      const seen = new Map<string, Set<string>>();
      for (const pod of found) {
        const job = labelOf(pod, 'job-key');
        const domain = domainOf(Number(pod.spec.nodeName?.slice('kwok-'.length)));
        seen.set(job, (seen.get(job) ?? new Set()).add(domain));
      }
      for (const each of seen.values()) expect([...each]).toHaveLength(1);
      return new Map([...seen].map(([job, each]) => [job, [...each].join()]));
    };
    const inDomains = async (label: string, ...values: string[]): Promise<void> => {
      await Promise.all(values.map((value, node) => labelNode(node, `${label}=${value}`)));
    };

    // Exclusive Jobs of one priority avoid each other in every domain that one of them names: each case has its own.
    const classOf = (priority: number): string => `priority${priority}-${ground.namespace}`;
    const priorities = [10, 20, -5];
    const of = (priority: number): object => ({ priorityClassName: classOf(priority) });
    beforeAll(async () => {
      for (const priority of priorities) {
        const words = [
          'create',
          'priorityclass',
          classOf(priority),
          `--value=${priority}`,
          '--preemption-policy=Never',
        ];
        await cluster.kubectl(...words);
      }
    });
    afterAll(() => cluster.kubectl('delete', 'priorityclass', ...priorities.map(classOf)));

    it('each child Job gets a whole domain of that node label for itself, and waits when there is none left', async () => {
      await inDomains('rack', 'r0', 'r1', 'r0', 'r1');
      const set = await create({ replicatedJobs: [fatedJobs('a', 3, 'never', { pods: 2 })] }, { [topology]: 'rack' });
      await podsWhen(set, (found) => found.length === 6);
      const placed = await running(set, 4);
      const racks = domains(placed, (node) => `r${node % 2}`);
      expect([...racks.values()].sort()).toEqual(['r0', 'r1']);
      const first = labelOf(placed[0] as Pod, 'job-index');
      const isOfWaiting = (pod: Pod): boolean => !racks.has(labelOf(pod, 'job-key'));
      await finish(set, `job-index=${first}`);
      await podsWhen(set, (found) => found.filter(isOfWaiting).filter(isRunning).length === 2);
    });

    it('no pod of another exclusive Job of the same priority is there: not of another JobSet either', async () => {
      await inDomains('row', 'r0', 'r0', 'r1', 'r1');
      const exclusive = { [topology]: 'row' };
      const spec = of(10);
      const two = await Promise.all(
        [0, 1].map(() => create({ replicatedJobs: [fatedJobs('a', 1, 'never', { pods: 4, spec })] }, exclusive)),
      );
      const all = (await Promise.all(two.map((set) => running(set, 4)))).flat();
      const rows = domains(all, (node) => (node < 2 ? 'r0' : 'r1'));
      expect([...rows.values()].sort()).toEqual(['r0', 'r1']);
      const third = await create({ replicatedJobs: [fatedJobs('a', 1, 'never', { spec })] }, exclusive);
      await podsWhen(third, (found) => found.length === 1);
      const other = await create({ replicatedJobs: [fatedJobs('a', 1, 'never', { spec })] });
      await running(other, 1);
      expect((await pods(third)).filter(isRunning)).toEqual([]);
    });

    it('a Job of another priority may share the domain', async () => {
      await labelNode(0, 'cell=only');
      const inCell = (priority: number): Promise<TestJobSet> =>
        create({ replicatedJobs: [fatedJobs('a', 1, 'never', { spec: of(priority) })] }, { [topology]: 'cell' });
      await running(await inCell(20), 1);
      const [pod] = await running(await inCell(-5), 1);
      expect([pod?.spec.nodeName, labelOf(pod as Pod, 'priority')]).toEqual(['kwok-0', 'n5']);
    });

    it('with the node-selector annotation pods go to the nodes that are labelled for their Job, through the taint', async () => {
      const annotations = { [topology]: 'zone', 'alpha.jobset.sigs.k8s.io/node-selector': 'true' };
      const set = await create({ replicatedJobs: [fatedJobs('a', 2, 'never', { pods: 2 })] }, annotations);
      await podsWhen(set, (found) => found.length === 4);
      for (const job of [0, 1]) {
        await cluster.kubectl('taint', 'nodes', `kwok-${job}`, `${noSchedule}=true:NoSchedule`, '--overwrite');
        await labelNode(job, `${namespacedJob}=${ground.namespace}_${set.name}-a-${job}`);
      }
      const placed = await running(set, 4);
      for (const pod of placed) expect(pod.spec.nodeName).toBe(`kwok-${labelOf(pod, 'job-index')}`);
      for (const job of [0, 1]) await cluster.kubectl('taint', 'nodes', `kwok-${job}`, `${noSchedule}-`);
    });
  });
});
