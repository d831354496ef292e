// Groups of pods on a real control plane: who gets the label and when, what a group that is not ready says of itself, and
// groups that wait for one another. Two simulated nodes have room for eight pods in all.
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { getJson } from '../support/server-process.ts';
import { fateLabel, gangReadyLabel } from './harness/fate.ts';
import { describeOwnCluster } from './harness/own-cluster.ts';
import { TestQueue, until } from './support/queue.ts';
import { grant } from './support/rights.ts';
import { aJobNamed, jobSetCrd } from './support/workloads.ts';

interface SeenGroup {
  name: string;
  size?: number;
  size_from?: string;
  pods: Record<string, number>;
  labelled: number;
  ready: boolean;
  reason?: string;
  message?: string;
  waiting_pods: Array<{ name: string; message?: string }>;
  deadlock?: { groups: string[] };
}

interface SeenPod {
  metadata: { name: string; labels: Record<string, string> };
  status: { phase: string };
}

const nameLabel = 'podgroup.jhwagner.github.io/name';
const usual = { name: nameLabel, ready: gangReadyLabel };
const spec = { containers: [{ name: 'main', image: 'busybox:1.36' }], terminationGracePeriodSeconds: 0 };

describeOwnCluster('groups of pods', { kwokNodes: 2, nodeCapacity: { pods: '4' } }, (cluster) => {
  let queue: TestQueue;
  beforeAll(async () => {
    queue = await TestQueue.start(cluster(), '--gang-deadlock-after', '2s');
    await grant('podgroup', cluster().kubectl, queue.namespace);
  });
  afterAll(() => queue.stop());
  beforeEach(async () => {
    await kubectl('delete', 'quota,jobs,statefulsets,pods', '--all', '--wait=true');
  });

  const kubectl = (...words: string[]): Promise<string> => cluster().kubectl(...words, '-n', queue.namespace);
  const create = (...items: object[]): Promise<string> =>
    cluster().kubectl.withInput({ apiVersion: 'v1', kind: 'List', items }, 'create', '-n', queue.namespace, '-f', '-');
  const podMetadata = (group: string, fate: string, size?: number, label = nameLabel) => ({
    labels: { [label]: group, [fateLabel]: fate },
    ...(size !== undefined && { annotations: { 'kubejobs.io/podgroup-size': String(size) } }),
  });
  const pod = (name: string, group: string, fate = 'never', size?: number, label?: string): object => ({
    ...{ apiVersion: 'v1', kind: 'Pod', spec, metadata: { name, ...podMetadata(group, fate, size, label) } },
  });
  const job = (name: string, group: string, parallelism: number): object => ({
    ...{ apiVersion: 'batch/v1', kind: 'Job', metadata: { name } },
    spec: {
      ...{ parallelism, completions: parallelism, backoffLimit: 0 },
      template: { metadata: podMetadata(group, 'gang'), spec: { ...spec, restartPolicy: 'Never' } },
    },
  });
  const pods = async (group: string, label = nameLabel): Promise<SeenPod[]> =>
    (JSON.parse(await kubectl('get', 'pods', '-l', `${label}=${group}`, '-o', 'json')) as { items: SeenPod[] }).items;
  const labelled = async (group: string, labels = usual): Promise<string[]> =>
    (await pods(group, labels.name))
      .filter(({ metadata }) => metadata.labels[labels.ready] === 'true')
      .map(({ metadata }) => metadata.name);
  const groupWhen = async (name: string, condition: (group: SeenGroup) => boolean, limitMs = 30_000) => {
    let found: SeenGroup | undefined;
    const look = async (): Promise<boolean> => {
      const response = await fetch(`${queue.url}/podgroups/${queue.namespace}/${name}`);
      found = response.ok ? ((await response.json()) as SeenGroup) : undefined;
      return found !== undefined && condition(found);
    };
    await until(look, limitMs, () => `for ${name}: ${JSON.stringify(found)}`);
    return found as SeenGroup;
  };

  it('of a Job whose pods end when they are labelled end, all of them', async () => {
    await create(job('gang', 'gang', 4));
    await kubectl('wait', '--for=condition=complete', 'job/gang', '--timeout=60s');
    expect(await labelled('gang')).toHaveLength(4);
    expect(await groupWhen('gang', ({ ready }) => ready)).toMatchObject({ size: 4, size_from: 'owners', labelled: 4 });
  });

  it('of a Job that could create only some of its pods are not called ready before the last one runs', async () => {
    await kubectl('create', 'quota', 'two', '--hard=pods=2');
    await create(job('half', 'half', 3));
    const half = await groupWhen('half', ({ message }) => message?.startsWith('2 of 3') === true);
    expect(half).toMatchObject({ ready: false, reason: 'pods_missing', size: 3, size_from: 'owners', labelled: 0 });
    expect(await labelled('half')).toEqual([]);
    await kubectl('delete', 'quota', 'two');
    await kubectl('wait', '--for=condition=complete', 'job/half', '--timeout=120s');
    expect(await labelled('half')).toHaveLength(3);
  });

  it('of a StatefulSet are ready when it has all of its pods', async () => {
    const template = { metadata: { labels: { [nameLabel]: 'set', app: 'set', [fateLabel]: 'never' } }, spec };
    const selector = { matchLabels: { app: 'set' } };
    await create({
      ...{ apiVersion: 'apps/v1', kind: 'StatefulSet', metadata: { name: 'set' } },
      spec: { replicas: 2, serviceName: 'set', selector, template },
    });
    expect(await groupWhen('set', ({ ready }) => ready)).toMatchObject({ size: 2, size_from: 'owners', labelled: 2 });
  });

  it('of a JobSet are ready when all of its Jobs have their pods', async () => {
    await cluster().kubectl.withInput(jobSetCrd, 'create', '-f', '-');
    await cluster().kubectl('wait', '--for=condition=established', 'crd/jobsets.jobset.x-k8s.io');
    const { spec: jobSpec } = job('of-set', 'set', 1) as { spec: object };
    const replicatedJobs = [{ name: 'workers', replicas: 2, template: { spec: jobSpec } }];
    const set = { apiVersion: 'jobset.x-k8s.io/v1alpha2', kind: 'JobSet', metadata: { name: 'set' } };
    await create({ ...set, spec: { replicatedJobs } });
    const owner = { name: 'set', uid: await kubectl('get', 'jobset', 'set', '-o', 'jsonpath={.metadata.uid}') };
    await create(aJobNamed('set-workers-0', jobSpec, owner));
    const half = await groupWhen('set', ({ reason }) => reason === 'pods_missing');
    expect(half).toMatchObject({ size: 2, size_from: 'owners', message: '1 of 2 pods of JobSet set are there' });
    expect(await labelled('set')).toEqual([]);
    await create(aJobNamed('set-workers-1', jobSpec, owner));
    await kubectl('wait', '--for=condition=complete', 'job/set-workers-0', 'job/set-workers-1', '--timeout=60s');
    expect(await labelled('set')).toHaveLength(2);
  });

  it('of a size in an annotation wait for it, and one that joins later is labelled too', async () => {
    await create(pod('a', 'sized', 'never', 2));
    expect(await groupWhen('sized', ({ pods: seen }) => seen.Running === 1)).toMatchObject({
      reason: 'pods_missing',
      size: 2,
    });
    await create(pod('b', 'sized', 'never', 2));
    await groupWhen('sized', ({ ready }) => ready);
    expect(await labelled('sized')).toEqual(['a', 'b']);
    await create(pod('later', 'sized', 'never', 2));
    await groupWhen('sized', ({ ready, labelled: count }) => ready && count === 3);
    expect(await labelled('sized')).toEqual(['a', 'b', 'later']);
  });

  it('whose annotations disagree say so', async () => {
    await create(pod('a', 'odd', 'never', 2), pod('b', 'odd', 'never', 3));
    const { message } = await groupWhen(
      'odd',
      ({ reason, pods: seen }) => reason === 'size_invalid' && seen.Running === 2,
    );
    expect(message).toMatch(/"2" on a, "3" on b|"3" on b, "2" on a/);
    expect(await labelled('odd')).toEqual([]);
  });

  it('without a node for one of them say which, in the scheduler’s words', async () => {
    const huge = { ...spec, containers: [{ ...spec.containers[0], resources: { requests: { cpu: '4000' } } }] };
    await create(pod('fits', 'huge'), { ...pod('huge', 'huge'), spec: huge });
    const seen = await groupWhen('huge', ({ pods: all }) => all.Running === 1 && all.Unschedulable === 1);
    expect(seen).toMatchObject({ reason: 'pods_unschedulable', waiting_pods: [{ name: 'huge' }] });
    expect(seen.waiting_pods[0]?.message).toMatch(/Insufficient cpu/);
  });

  it('are found by other labels when the server is told so', async () => {
    const labels = { name: 'gangs.example/of', ready: 'gangs.example/all-run' };
    const flags = ['--podgroup-name-label', labels.name, '--podgroup-ready-label', labels.ready];
    await queue.kill('SIGTERM');
    await queue.restart(...flags);
    await create(
      pod('a', 'other', 'never', 2, labels.name),
      pod('b', 'other', 'never', 2, labels.name),
      pod('c', 'usual'),
    );
    await groupWhen('other', ({ ready }) => ready);
    expect(await labelled('other', labels)).toEqual(['a', 'b']);
    expect(await labelled('usual')).toEqual([]);
    await queue.kill('SIGTERM');
    await queue.restart();
    await groupWhen('usual', ({ ready }) => ready);
    expect(await labelled('usual')).toEqual(['c']);
  });

  it('that wait for one another, three of four pods on eight slots, are named', async () => {
    const groups = ['red', 'green', 'blue'];
    const turns = [0, 1, 2, 3].flatMap((index) => groups.map((group) => pod(`${group}-${index}`, group, 'never', 4)));
    await create(...turns);
    const names = groups.map((group) => `${queue.namespace}/${group}`).sort();
    for (const group of groups) {
      const seen = await groupWhen(group, ({ deadlock }) => deadlock?.groups.length === 3);
      expect(seen.deadlock?.groups).toEqual(names);
      expect(seen.ready).toBe(false);
      expect(await labelled(group)).toEqual([]);
    }
    const metrics = await (await fetch(`${queue.url}/metrics`)).text();
    expect(metrics).toMatch(/^kubejobs_gang_deadlocked_podgroups 3$/m);
    expect(metrics).toMatch(/^kubejobs_gang_deadlocks_total 1$/m);
    const events = async () => {
      const text = await kubectl('get', 'events', '--field-selector=reason=GangDeadlock', '-o', 'json');
      return (JSON.parse(text) as { items: Array<{ message: string; involvedObject: { name: string } }> }).items;
    };
    await until(async () => (await events()).length === 3, 10_000);
    for (const { message } of await events()) for (const name of names) expect(message).toContain(name);
    await kubectl('delete', 'pods', '-l', `${nameLabel}=blue`);
    await groupWhen('red', ({ ready }) => ready);
    await groupWhen('green', ({ ready, deadlock }) => ready && deadlock === undefined);
    expect(await getJson<SeenGroup[]>(`${queue.url}/podgroups?ready=true`)).toHaveLength(2);
  });

  it('of two jobs that wait for one another are ready one after the other, when the lower one gives way', async () => {
    await queue.kill('SIGTERM');
    await queue.restart('--gang-deadlock-resolve', '--gang-deadlock-after', '2s');
    // Pods of this class take a free slot before those that have waited longer, and take none away.
    const first = {
      apiVersion: 'scheduling.k8s.io/v1',
      kind: 'PriorityClass',
      metadata: { name: 'first' },
      value: 1_000,
    };
    await cluster().kubectl.withInput({ ...first, preemptionPolicy: 'Never' }, 'create', '-f', '-');
    const fillers = Array.from({ length: 6 }, (_each, index) => pod(`filler-${index}`, `filler-${index}`));
    await create(...fillers);
    const submit = (name: string, priority: number, more: object = {}): Promise<string> =>
      queue.submit({
        ...{ name, priority },
        template: {
          ...{ parallelism: 4, completions: 4, backoffLimit: 0 },
          template: { metadata: podMetadata(name, 'gang'), spec: { ...spec, restartPolicy: 'Never', ...more } },
        },
      });
    const lower = await submit('lower', 0);
    await groupWhen('lower', ({ pods: seen }) => seen.Running === 2 && seen.Unschedulable === 2);
    const higher = await submit('higher', 5, { priorityClassName: 'first' });
    await groupWhen('higher', ({ pods: seen }) => seen.Unschedulable === 4);
    await kubectl('delete', 'pods', 'filler-0', 'filler-1');
    expect((await queue.finished(higher)).state).toBe('succeeded');
    const job = await queue.finished(lower, 90_000);
    expect(job.state).toBe('succeeded');
    expect(job.attempts).toMatchObject([{ outcome: 'gave_way' }, { outcome: 'succeeded' }]);
    expect(job.attempts[0]).toMatchObject({ message: expect.stringContaining(`${queue.namespace}/higher`) });
  });
});
