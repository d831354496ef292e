// Groups that wait for one another, from the first pod that no node takes to the job that gives way.
import { describe, expect, it, onTestFinished } from 'vitest';
import type { GiveWay } from '../../../../../internal/controllers/podgroup/deadlock-watch.ts';
import { type GroupPodParts, groupPodObject } from '../../../../support/podgroup-objects.ts';
import { podGroupWorld, refusal } from '../../../../support/podgroup-world.ts';

const id = (digit: number): string => `01a1fdce-f857-7761-88d6-00000000000${digit}`;

/** Each group has a pod that runs and one that no node takes. */
const stuck = (group: string, parts: GroupPodParts = {}) => [
  groupPodObject({ ...parts, name: `${group}-0`, group, phase: 'Running' }),
  groupPodObject({ ...parts, name: `${group}-1`, group, phase: 'Unschedulable' }),
];

async function worldOf(groups: Record<string, GroupPodParts>, giveWay?: GiveWay) {
  const pods = Object.entries(groups).flatMap(([group, parts]) => stuck(group, parts));
  const world = podGroupWorld(giveWay ? { giveWay } : {}, pods);
  onTestFinished(() => world.controller.stop());
  await world.started();
  return world;
}

describe('groups that wait for one another', () => {
  it('are found after the time, and named in the list, the metrics and an event on a pod of each', async () => {
    const world = await worldOf({ g: {}, h: {} });
    await world.clock.advance(59_000);
    expect(world.group()?.deadlock).toBeUndefined();
    expect(world.created).toEqual([]);
    await world.clock.advance(3_000);
    for (const name of ['g', 'h']) expect(world.group(name)?.deadlock?.groups).toEqual(['team/g', 'team/h']);
    expect(world.measured('kubejobs_gang_deadlocked_podgroups')).toBe(2);
    expect(world.created).toMatchObject([
      { reason: 'GangDeadlock', type: 'Warning', involvedObject: { kind: 'Pod', name: 'g-1', uid: 'uid-g-1' } },
      { metadata: { name: 'gang-deadlock-uid-h-1' }, message: expect.stringContaining('team/g, team/h wait') },
    ]);
  });

  it('are counted and told of once, however long it lasts', async () => {
    const world = await worldOf({ g: {}, h: {} });
    await world.clock.advance(600_000);
    expect(world.created).toHaveLength(2);
    expect(world.metrics.measured.filter(({ name }) => name === 'kubejobs_gang_deadlocks_total')).toHaveLength(1);
  });

  it('are told of again and again until the event is there', async () => {
    const world = podGroupWorld({}, [...stuck('g'), ...stuck('h')]);
    onTestFinished(() => world.controller.stop());
    world.instead = (verb) => (verb === 'create' ? refusal(403) : undefined);
    await world.started();
    await world.clock.advance(100_000);
    const tries = world.count('create');
    expect(tries).toBeGreaterThan(1);
    expect(tries).toBeLessThan(5);
    world.instead = (verb) => (verb === 'create' ? refusal(409) : undefined);
    await world.clock.advance(40_000);
    const settled = world.count('create');
    await world.clock.advance(300_000);
    expect(world.count('create')).toBe(settled);
  });

  it('are none while only one of them waits', async () => {
    const world = await worldOf({ g: {} });
    world.put(groupPodObject({ name: 'h-0', group: 'h' }));
    await world.clock.advance(600_000);
    expect(world.group()?.deadlock).toBeUndefined();
    expect(world.created).toEqual([]);
  });

  it('are none when one of them ceased to wait for a moment', async () => {
    const world = await worldOf({ g: {}, h: {} });
    await world.clock.advance(50_000);
    world.put(groupPodObject({ name: 'h-1', group: 'h', phase: 'Pending' }));
    await world.clock.advance(10);
    world.put(groupPodObject({ name: 'h-1', group: 'h', phase: 'Unschedulable' }));
    await world.clock.advance(50_000);
    expect(world.group()?.deadlock).toBeUndefined();
    await world.clock.advance(15_000);
    expect(world.group()?.deadlock).toBeDefined();
  });

  it('are none any more when one of them can go on', async () => {
    const world = await worldOf({ g: {}, h: {} });
    await world.clock.advance(62_000);
    world.put(groupPodObject({ name: 'h-1', group: 'h' }));
    await world.clock.advance(10);
    expect(world.group()?.deadlock).toBeUndefined();
    expect(world.group('h')?.ready).toBe(true);
    expect(world.measured('kubejobs_gang_deadlocked_podgroups')).toBe(0);
  });
});

describe('a job that gives way', () => {
  function queue(order: Record<string, [priority: number, sequence: number]>) {
    const asked: string[] = [];
    const giveWay: GiveWay = {
      giveWay: (jobId, attempt, message) => void asked.push(`${jobId}/${attempt} ${message}`),
      priorityOf(jobId) {
        const [priority, sequence] = order[jobId] ?? [];
        return priority === undefined || sequence === undefined ? undefined : { priority, sequence };
      },
    };
    return { asked, giveWay };
  }
  const three = { g: { job: { id: id(1) } }, h: { job: { id: id(2), attempt: 3 } }, i: { job: { id: id(3) } } };

  it('is that of the lowest priority, once, and another one only after the full time', async () => {
    const { asked, giveWay } = queue({ [id(1)]: [5, 1], [id(2)]: [1, 2], [id(3)]: [3, 3] });
    const world = await worldOf(three, giveWay);
    await world.clock.advance(62_000);
    expect(asked).toHaveLength(1);
    expect(asked[0]).toContain(`${id(2)}/3 The pod groups team/g, team/h, team/i wait`);
    for (const name of ['h-0', 'h-1']) world.remove('Pod', name);
    await world.clock.advance(50_000);
    expect(asked).toHaveLength(1);
    await world.clock.advance(20_000);
    expect(asked.map((each) => each.slice(0, 36))).toEqual([id(2), id(3)]);
  });

  it('is not joined by another job of its group while its pods are there', async () => {
    const { asked, giveWay } = queue({ [id(1)]: [0, 1], [id(2)]: [1, 2], [id(4)]: [0, 9] });
    const world = await worldOf({ g: { job: { id: id(1) } }, h: {} }, giveWay);
    await world.clock.advance(62_000);
    expect(asked).toHaveLength(1);
    world.put(groupPodObject({ name: 'g-2', group: 'g', phase: 'Running', job: { id: id(4) } }));
    await world.clock.advance(300_000);
    expect(new Set(asked.map((each) => each.slice(0, 36)))).toEqual(new Set([id(1)]));
  });

  it('is none of another queue, none that does not run here, and none without a deadlock', async () => {
    const { asked, giveWay } = queue({});
    const world = await worldOf({ g: { job: { id: id(1) } }, h: {} }, giveWay);
    await world.clock.advance(300_000);
    expect(asked).toEqual([]);
    expect(world.group()?.deadlock).toBeDefined();
  });
});
