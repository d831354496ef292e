import { describe, expect, it, onTestFinished } from 'vitest';
import type { KubernetesObject } from '../../../../../pkg/kubernetes/cluster.ts';
import { groupPodObject, ownerObject, templateOf, usualLabels } from '../../../../support/podgroup-objects.ts';
import { podGroupWorld, refusal } from '../../../../support/podgroup-world.ts';

type World = ReturnType<typeof podGroupWorld>;

async function worldOf(stored: KubernetesObject[], options: Parameters<typeof podGroupWorld>[0] = {}): Promise<World> {
  const world = podGroupWorld(options, stored);
  onTestFinished(() => world.controller.stop());
  await world.started();
  return world;
}

const pods = (...phases: string[]): KubernetesObject[] =>
  phases.map((phase, index) => groupPodObject({ name: `p${index}`, phase }));
const job = { kind: 'Job', name: 'work' };

describe('the controller of pod groups', () => {
  it('asks for pods with the label alone', async () => {
    const { scripted } = await worldOf([]);
    expect(scripted.lists[0]?.labelSelector).toBe(usualLabels.name);
    expect(scripted.watchNow().options.labelSelector).toBe(usualLabels.name);
  });

  it('labels all pods of a group when the last one runs, and not before', async () => {
    const world = await worldOf(pods('Running', 'Running', 'Pending'));
    expect(world.labelled()).toEqual([]);
    expect(world.group()).toMatchObject({ ready: false, reason: 'pods_not_running', message: 'not running: p2' });
    world.put(groupPodObject({ name: 'p2' }));
    await world.clock.advance(10);
    expect(world.labelled()).toEqual(['p0', 'p1', 'p2']);
    expect(world.group()).toMatchObject({ ready: true, labelled: 3, size: { pods: 3, from: 'pods' } });
    expect(world.count('patch')).toBe(3);
  });

  it('takes other labels when it is told to', async () => {
    const names = { name: 'team/gang', ready: 'team/gang-ready' };
    const world = await worldOf([groupPodObject({ names }), groupPodObject({ name: 'b', group: 'g' })], {
      labels: names,
    });
    expect(world.labelled()).toEqual(['a']);
    expect(world.labelled(usualLabels.ready)).toEqual([]);
  });

  it('leaves pods alone that have the label', async () => {
    const world = await worldOf([groupPodObject({ name: 'a', ready: true }), groupPodObject({ name: 'b' })]);
    expect(world.calls).toEqual(['patch Pod b']);
  });

  it('counts a labelled pod that has ended as running, and unlabels nothing', async () => {
    const world = await worldOf([
      groupPodObject({ name: 'a', ready: true, phase: 'Succeeded' }),
      groupPodObject({ name: 'b', ready: true, phase: 'Running' }),
    ]);
    expect(world.group()).toMatchObject({ ready: true, pods: { Running: 1, Succeeded: 1 } });
    expect(world.calls).toEqual([]);
  });

  it('ends a labelling although the first pod ended before the last was labelled', async () => {
    const world = podGroupWorld({}, pods('Running', 'Running', 'Running'));
    onTestFinished(() => world.controller.stop());
    let refused = false;
    world.instead = (verb, _kind, name) => {
      if (verb !== 'patch' || name !== 'p2' || refused) return undefined;
      refused = true;
      const first = groupPodObject({ name: 'p0', phase: 'Succeeded', ready: true });
      world.put(first);
      return { outcome: 'unknown', message: 'no answer' };
    };
    await world.started();
    await world.clock.advance(5_000);
    expect(world.labelled()).toEqual(['p0', 'p1', 'p2']);
    expect(world.group()?.ready).toBe(true);
  });

  it('gives a pod that joins later the label when all run again', async () => {
    const world = await worldOf(pods('Running', 'Running'));
    world.put(groupPodObject({ name: 'later', phase: 'Pending' }));
    await world.clock.advance(10);
    expect(world.group()).toMatchObject({ ready: false, labelled: 2 });
    world.put(groupPodObject({ name: 'later' }));
    await world.clock.advance(10);
    expect(world.labelled()).toContain('later');
    expect(world.group()?.ready).toBe(true);
  });

  it('does not call a group ready while a pod of it is being deleted', async () => {
    const world = await worldOf([groupPodObject({ name: 'a' }), groupPodObject({ name: 'b', deleted: true })]);
    expect(world.group()).toMatchObject({
      ready: false,
      reason: 'pods_deleted',
      waiting: [{ name: 'b', deleted: true }],
    });
    world.remove('Pod', 'b');
    await world.clock.advance(10);
    expect(world.labelled()).toEqual(['a']);
  });

  it('moves a pod whose group changes', async () => {
    const world = await worldOf([groupPodObject({ name: 'a' }), groupPodObject({ name: 'b', phase: 'Pending' })]);
    world.put(groupPodObject({ name: 'b', phase: 'Pending', group: 'h' }));
    await world.clock.advance(10);
    expect(world.labelled()).toEqual(['a']);
    expect(world.group('h')).toMatchObject({ ready: false, pods: { Pending: 1 } });
  });

  it('forgets a group without pods', async () => {
    const world = await worldOf(pods('Pending'));
    world.remove('Pod', 'p0');
    await world.clock.advance(10);
    expect(world.group()).toBeUndefined();
    expect(world.controller.standing('team/g')).toBeUndefined();
  });

  it('tells since when it has been so', async () => {
    const world = await worldOf(pods('Pending'));
    const first = world.group()?.since;
    await world.clock.advance(5_000);
    expect(world.group()?.since).toBe(first);
    world.put(groupPodObject({ name: 'p0' }));
    await world.clock.advance(10);
    expect(world.group()?.since).toBeGreaterThan((first ?? 0) + 4_000);
  });

  it('measures groups and labels', async () => {
    const world = await worldOf([
      ...pods('Running', 'Running'),
      groupPodObject({ name: 'x', group: 'h', phase: 'Pending' }),
    ]);
    await world.clock.advance(1_000);
    expect(world.measured('kubejobs_podgroups', { state: 'ready' })).toBe(1);
    expect(world.measured('kubejobs_podgroups', { state: 'not_ready' })).toBe(1);
    expect(world.metrics.measured.filter(({ name }) => name === 'kubejobs_podgroup_labels_total')).toHaveLength(2);
  });
});

describe('the size of a group', () => {
  it('of an annotation is waited for, without asking any owner', async () => {
    const world = await worldOf([groupPodObject({ name: 'a', size: '2', owner: job })]);
    expect(world.group()).toMatchObject({ ready: false, reason: 'pods_missing', message: '1 of 2 pods are there' });
    world.put(groupPodObject({ name: 'b', size: '2', owner: job }));
    await world.clock.advance(10);
    expect(world.group()).toMatchObject({ ready: true, size: { pods: 2, from: 'annotation' } });
    expect(world.count('get')).toBe(0);
  });

  it('that makes no sense is said in the log, once', async () => {
    const world = await worldOf([groupPodObject({ name: 'a', size: '2' }), groupPodObject({ name: 'b', size: 'two' })]);
    world.put(groupPodObject({ name: 'a', size: '2', phase: 'Succeeded' }));
    await world.clock.advance(10);
    const warnings = world.logger.lines.filter(({ level }) => level === 'warn');
    expect(warnings).toHaveLength(1);
    expect(JSON.stringify(warnings[0]?.fields)).toContain('two');
    expect(world.labelled()).toEqual([]);
  });

  it('is what its Job declares, which is asked for only when all pods run', async () => {
    const spec = { ...templateOf(), parallelism: 3, completions: 3 };
    const pod = (name: string, phase = 'Running') => groupPodObject({ name, phase, owner: job });
    const world = await worldOf([ownerObject('Job', 'work', spec), pod('a', 'Pending')]);
    expect(world.calls).toEqual([]);
    world.put(pod('a'));
    await world.clock.advance(10);
    expect(world.group()).toMatchObject({
      ready: false,
      message: '1 of 3 pods of Job work are there',
      size: { pods: 3 },
    });
    world.put(pod('b'));
    await world.clock.advance(10);
    expect(world.labelled()).toEqual([]);
    world.put(pod('c'));
    await world.clock.advance(10);
    expect(world.labelled()).toEqual(['a', 'b', 'c']);
    expect(world.group()).toMatchObject({ ready: true, size: { pods: 3, from: 'owners' } });
    const asked = world.count('get');
    world.put(groupPodObject({ name: 'a', phase: 'Succeeded', ready: true, owner: job }));
    await world.clock.advance(10);
    expect(world.count('get')).toBe(asked);
  });

  it('is that of a JobSet over all its Jobs', async () => {
    const set = { kind: 'JobSet', name: 'set' };
    const replicatedJobs = [{ replicas: 2, template: { spec: templateOf() } }];
    const jobs = ['one', 'two'].map((name) => ownerObject('Job', name, templateOf(), set));
    const pod = (name: string) => groupPodObject({ name, owner: { kind: 'Job', name } });
    const world = await worldOf([ownerObject('JobSet', 'set', { replicatedJobs }), ...jobs, pod('one')]);
    expect(world.group()?.message).toBe('1 of 2 pods of JobSet set are there');
    world.put(pod('two'));
    await world.clock.advance(10);
    expect(world.labelled()).toEqual(['one', 'two']);
  });

  it('is that of a StatefulSet, unless its template is of another group', async () => {
    const owner = { kind: 'StatefulSet', name: 'set' };
    const world = await worldOf([
      ownerObject('StatefulSet', 'set', { ...templateOf(), replicas: 2 }),
      groupPodObject({ name: 'a', owner }),
      ownerObject('StatefulSet', 'other', { ...templateOf('h'), replicas: 2 }),
      groupPodObject({ name: 'b', group: 'i', owner: { ...owner, name: 'other' } }),
    ]);
    expect(world.labelled()).toEqual(['b']);
    expect(world.group('i')?.size).toEqual({ pods: 1, from: 'pods' });
  });

  it('is looked up again now and then while pods are missing, for the Job may want fewer', async () => {
    const spec = { ...templateOf(), parallelism: 2, completions: 2 };
    const world = await worldOf([ownerObject('Job', 'work', spec), groupPodObject({ owner: job })]);
    world.put(ownerObject('Job', 'work', { ...spec, parallelism: 1 }));
    await world.clock.advance(31_000);
    expect(world.labelled()).toEqual(['a']);
  });

  it.each([
    [403, 'owner_unreadable'],
    [404, 'owner_gone'],
  ])('that cannot be had (%i) keeps the group from being ready, and is asked for again', async (status, reason) => {
    const world = podGroupWorld({}, [ownerObject('Job', 'work', templateOf()), groupPodObject({ owner: job })]);
    onTestFinished(() => world.controller.stop());
    world.instead = (verb) => (verb === 'get' ? refusal(status) : undefined);
    await world.started();
    expect(world.group()).toMatchObject({ ready: false, reason });
    expect(world.group()?.message).toContain('Job work');
    expect(world.labelled()).toEqual([]);
    world.instead = () => undefined;
    await world.clock.advance(301_000);
    expect(world.labelled()).toEqual(['a']);
  });

  it('is not that of another owner of the same name', async () => {
    const world = await worldOf([
      ownerObject('Job', 'work', templateOf()),
      groupPodObject({ owner: { ...job, uid: 'uid-earlier' } }),
    ]);
    expect(world.group()).toMatchObject({ ready: false, reason: 'owner_gone' });
  });

  it('is judged anew when a pod comes while the owners are asked', async () => {
    const world = podGroupWorld({}, [ownerObject('Job', 'work', templateOf()), groupPodObject({ owner: job })]);
    onTestFinished(() => world.controller.stop());
    let isFirst = true;
    world.instead = (verb) => {
      if (verb === 'get' && isFirst) {
        isFirst = false;
        world.put(groupPodObject({ name: 'b', phase: 'Pending' }));
        return new Promise((resolve) => {
          world.clock.schedule(5, () => resolve({ outcome: 'ok', value: ownerObject('Job', 'work', templateOf()) }));
        });
      }
      return undefined;
    };
    await world.started();
    await world.clock.advance(100);
    expect(world.labelled()).toEqual([]);
    expect(world.group()?.reason).toBe('pods_not_running');
  });
});

describe('a label', () => {
  it('that conflicts is put on the pod as it is now', async () => {
    const world = podGroupWorld({}, pods('Running'));
    onTestFinished(() => world.controller.stop());
    let conflicts = 2;
    world.instead = (verb) => {
      if (verb !== 'patch' || conflicts === 0) return undefined;
      conflicts -= 1;
      return refusal(409);
    };
    await world.started();
    expect(world.calls).toEqual(['patch Pod p0', 'get Pod p0', 'patch Pod p0', 'get Pod p0', 'patch Pod p0']);
    expect(world.labelled()).toEqual(['p0']);
  });

  it.each<[string, KubernetesObject]>([
    ['is being deleted', groupPodObject({ name: 'p0', deleted: true })],
    ['has failed', groupPodObject({ name: 'p0', phase: 'Failed' })],
    ['is another one', groupPodObject({ name: 'p0', uid: 'other' })],
    ['is of another group', groupPodObject({ name: 'p0', group: 'other' })],
  ])('is not put on a pod that conflicts and %s by now', async (_title, now) => {
    const world = podGroupWorld({}, pods('Running'));
    onTestFinished(() => world.controller.stop());
    world.instead = (verb) => (verb === 'patch' ? refusal(409) : { outcome: 'ok', value: now });
    await world.started();
    expect(world.count('patch')).toBe(1);
    expect(world.group()?.ready).toBe(false);
  });

  it('that is there already after a conflict is not put again', async () => {
    const world = podGroupWorld({}, pods('Running'));
    onTestFinished(() => world.controller.stop());
    const value = groupPodObject({ name: 'p0', ready: true });
    world.instead = (verb) => (verb === 'patch' ? refusal(409) : { outcome: 'ok', value });
    await world.started();
    expect(world.count('patch')).toBe(1);
    expect(world.group()?.ready).toBe(true);
  });

  it('of a pod that is gone is no failure', async () => {
    const world = podGroupWorld({}, pods('Running', 'Running'));
    onTestFinished(() => world.controller.stop());
    world.instead = (verb, _kind, name) => {
      if (verb !== 'patch' || name !== 'p0') return undefined;
      world.remove('Pod', 'p0');
      return refusal(404);
    };
    await world.started();
    await world.clock.advance(1_000);
    expect(world.group()).toMatchObject({ ready: true, pods: { Running: 1 } });
    expect(world.logger.lines.filter(({ level }) => level === 'warn')).toEqual([]);
  });

  it('that is forbidden is tried again after a while, and said', async () => {
    const world = podGroupWorld({}, pods('Running'));
    onTestFinished(() => world.controller.stop());
    world.instead = () => refusal(403);
    await world.started();
    await world.clock.advance(60_000);
    expect(world.count('patch')).toBe(1);
    expect(world.group()).toMatchObject({
      reason: 'labels_missing',
      message: 'a pod cannot be labelled: answered 403',
    });
    world.instead = () => undefined;
    await world.clock.advance(300_000);
    expect(world.labelled()).toEqual(['p0']);
  });

  it('whose answer was lost is put again', async () => {
    const world = podGroupWorld({}, pods('Running'));
    onTestFinished(() => world.controller.stop());
    let lost = false;
    world.instead = () => {
      if (lost) return undefined;
      lost = true;
      return { outcome: 'unknown', message: 'no answer' };
    };
    await world.started();
    await world.clock.advance(5_000);
    expect(world.labelled()).toEqual(['p0']);
  });
});

describe('a watch and a stop', () => {
  it('goes on after a 410, and sees what happened meanwhile', async () => {
    const world = await worldOf(pods('Running', 'Pending'));
    const watch = world.scripted.watchNow();
    watch.send({ type: 'ERROR', code: 410, message: 'too old' });
    watch.end();
    world.put(groupPodObject({ name: 'p1' }));
    await world.clock.advance(60_000);
    expect(world.labelled()).toEqual(['p0', 'p1']);
  });

  it('ends in the middle of a labelling when it is stopped, and the rest is labelled by the next', async () => {
    const many = Array.from({ length: 20 }, () => 'Running');
    const world = podGroupWorld({}, pods(...many));
    let held: () => void = () => {};
    world.instead = (verb) => {
      if (verb !== 'patch' || world.count('patch') > 1) return undefined;
      return new Promise((resolve) => {
        held = () => resolve(refusal(409));
      });
    };
    await world.started();
    const stopped = world.controller.stop();
    held();
    await stopped;
    expect(world.labelled().length).toBeLessThan(20);
    const before = world.calls.length;
    await world.clock.advance(60_000);
    expect(world.calls.length).toBe(before);
  });

  it('labels the rest of a group of which the first have ended since', async () => {
    const world = await worldOf([
      groupPodObject({ name: 'a', ready: true, phase: 'Succeeded' }),
      groupPodObject({ name: 'b' }),
      groupPodObject({ name: 'c' }),
    ]);
    expect(world.labelled()).toEqual(['a', 'b', 'c']);
  });
});

describe('the list of groups', () => {
  it('is filtered and comes in pages', async () => {
    const groups = ['g', 'h', 'i'].map((group) =>
      groupPodObject({ name: group, group, phase: group === 'h' ? 'Running' : 'Pending' }),
    );
    const { service } = await worldOf([...groups, groupPodObject({ name: 'x', namespace: 'other', group: 'g' })]);
    expect(service.groups({}, { limit: 9 }).total).toBe(4);
    expect(service.groups({ namespace: 'other' }, { limit: 9 }).items).toHaveLength(1);
    expect(service.groups({ ready: true, namespace: 'team' }, { limit: 9 }).items.map(({ name }) => name)).toEqual([
      'h',
    ]);
    const first = service.groups({ ready: false }, { limit: 1 });
    expect([first.items[0]?.name, first.total]).toEqual(['g', 2]);
    const last = service.groups({ ready: false }, { limit: 1, after: first.next ?? [] });
    expect([last.items[0]?.name, last.next]).toEqual(['i', undefined]);
  });
});
