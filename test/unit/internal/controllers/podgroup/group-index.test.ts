// The groups that are kept up to date pod by pod are those that one would make of the pods at the end.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { GroupIndex } from '../../../../../internal/controllers/podgroup/group-index.ts';
import type { GroupPod } from '../../../../../internal/controllers/podgroup/records.ts';
import { groupPod } from '../../../../support/podgroup-objects.ts';

interface Step {
  name: string;
  /** Undefined: the pod goes. */
  pod: { group: string; phase: string; ready: boolean; deleted: boolean; uid: string } | undefined;
}

const steps = fc.array(
  fc.record<Step>({
    name: fc.constantFrom('a', 'b', 'c', 'd', 'e'),
    pod: fc.option(
      fc.record({
        group: fc.constantFrom('g', 'h'),
        phase: fc.constantFrom('Pending', 'Running', 'Unschedulable', 'Succeeded'),
        ready: fc.boolean(),
        deleted: fc.boolean(),
        uid: fc.constantFrom('1', '2'),
      }),
      { nil: undefined },
    ),
  }),
  { maxLength: 60 },
);

function play(index: GroupIndex, script: readonly Step[], now: { value: number }): Map<string, GroupPod> {
  const pods = new Map<string, GroupPod>();
  for (const { name, pod } of script) {
    now.value += 1;
    const previous = pods.get(name);
    const next = pod && groupPod({ name, ...pod });
    if (next) pods.set(name, next);
    else pods.delete(name);
    // As an informer does it: another object of the same name is one that goes and one that comes.
    if (previous && next && previous.uid !== next.uid) {
      index.change(previous, undefined);
      index.change(undefined, next);
    } else index.change(previous, next);
  }
  return pods;
}

const silent = { now: () => 0, onChange() {}, onStuck() {} };

function seen(index: GroupIndex) {
  const groups = [...index.values()].map(
    ({ key, pods, stuckSince, sequence: _first, members: _changes, ...counts }) => [
      key,
      { ...counts, pods: new Map([...pods].sort()), isStuck: stuckSince !== undefined },
    ],
  );
  return new Map(groups as Array<[string, object]>);
}

describe('the index of groups', () => {
  it('is after any changes what it would be if it had only seen the end', () => {
    fc.assert(
      fc.property(steps, (script) => {
        const index = new GroupIndex(silent);
        const pods = play(index, script, { value: 0 });
        const afresh = new GroupIndex(silent);
        for (const pod of pods.values()) afresh.change(undefined, pod);
        expect(seen(index)).toEqual(seen(afresh));
      }),
    );
  });

  it('knows since when a group has held and waited without interruption', () => {
    fc.assert(
      fc.property(steps, (script) => {
        const now = { value: 0 };
        const index = new GroupIndex({ ...silent, now: () => now.value });
        const since = new Map<string, number>();
        for (let length = 1; length <= script.length; length += 1) {
          const fresh = new GroupIndex(silent);
          play(fresh, script.slice(0, length), { value: 0 });
          const stuck = new Set(
            [...fresh.values()].filter((group) => group.stuckSince !== undefined).map(({ key }) => key),
          );
          for (const key of ['team/g', 'team/h']) {
            if (!stuck.has(key)) since.delete(key);
            else if (!since.has(key)) since.set(key, length);
          }
        }
        play(index, script, now);
        const known = [...index.values()].flatMap(({ key, stuckSince }) =>
          stuckSince === undefined ? [] : [[key, stuckSince] as const],
        );
        // A pod whose uid changes goes and comes within one step, which interrupts without a moment passing.
        for (const [key, at] of known) expect(at).toBeGreaterThanOrEqual(since.get(key) ?? Number.POSITIVE_INFINITY);
        expect(new Set(known.map(([key]) => key))).toEqual(new Set(since.keys()));
      }),
    );
  });

  it('begins anew when the wait was interrupted', () => {
    let now = 1;
    const index = new GroupIndex({ ...silent, now: () => now });
    const waits = groupPod({ name: 'b', phase: 'Unschedulable' });
    index.change(undefined, groupPod({ name: 'a' }));
    index.change(undefined, waits);
    now = 5;
    index.change(waits, groupPod({ name: 'b', phase: 'Pending' }));
    expect(index.get('team/g')?.stuckSince).toBeUndefined();
    index.change(groupPod({ name: 'b', phase: 'Pending' }), waits);
    expect(index.get('team/g')?.stuckSince).toBe(5);
  });

  it('does not take an answer to a write for a pod that is another one by now', () => {
    const index = new GroupIndex(silent);
    index.change(undefined, groupPod({ uid: 'new' }));
    index.written(groupPod({ uid: 'old', ready: true }));
    expect(index.get('team/g')?.pods.get('a')?.ready).toBe(false);
    index.written(groupPod({ name: 'gone', ready: true }));
    expect(index.get('team/g')?.pods.size).toBe(1);
  });
});
