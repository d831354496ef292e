// Why a group is not ready, as tables: the pods and the annotation, and what follows.
import { describe, expect, it } from 'vitest';
import { obstacles, waitingPods } from '../../../../../internal/controllers/podgroup/assess.ts';
import { groupPodOf } from '../../../../../internal/controllers/podgroup/records.ts';
import { annotatedSize } from '../../../../../internal/controllers/podgroup/size.ts';
import type { KubernetesObject } from '../../../../../pkg/kubernetes/cluster.ts';
import { type GroupPodParts, groupPod, groupPodObject, usualLabels } from '../../../../support/podgroup-objects.ts';

const named = (parts: GroupPodParts[]) => parts.map((each, index) => groupPod({ name: `p${index}`, ...each }));
const reasons = (parts: GroupPodParts[]): string[] => {
  const pods = named(parts);
  return obstacles(pods, annotatedSize(pods)).map(({ reason }) => reason);
};

describe('a group', () => {
  it.each<[string, GroupPodParts[], string[]]>([
    ['of one running pod is ready', [{}], []],
    ['of running pods is ready', [{}, {}, {}], []],
    ['with a pending pod is not', [{}, { phase: 'Pending' }], ['pods_not_running']],
    ['with an unschedulable pod is not', [{}, { phase: 'Unschedulable' }], ['pods_unschedulable']],
    ['with a pod of no known phase is not', [{}, { phase: 'Dancing' }], ['pods_not_running']],
    ['with a failed pod is not', [{}, { phase: 'Failed' }], ['pods_not_running']],
    ['with a succeeded pod that has no label is not', [{}, { phase: 'Succeeded' }], ['pods_not_running']],
    ['with a succeeded pod that has the label is', [{}, { phase: 'Succeeded', ready: true }], []],
    ['with a failed pod that has the label is', [{}, { phase: 'Failed', ready: true }], []],
    ['with a pod that is being deleted is not', [{}, { deleted: true }], ['pods_deleted']],
    ['with a labelled pod that is being deleted is not', [{}, { deleted: true, ready: true }], ['pods_deleted']],
    [
      'of which all have ended, one without the label, has ended',
      [{ phase: 'Succeeded' }, { phase: 'Failed', ready: true }],
      ['pods_ended'],
    ],
    ['of which one runs while the other has ended has not ended', [{ phase: 'Succeeded' }, {}], ['pods_not_running']],
    ['that joins one that waits is not', [{ ready: true }, { phase: 'Pending' }], ['pods_not_running']],
    ['as large as its annotation says is ready', [{ size: '2' }, { size: '2' }], []],
    ['of which one pod says the size is ready when it has it', [{ size: '2' }, {}], []],
    ['larger than its annotation says is ready', [{ size: '1' }, { size: '1' }], []],
    ['smaller than its annotation says is not', [{ size: '3' }, { size: '3' }], ['pods_missing']],
    ['whose pods disagree about its size is not', [{ size: '1' }, { size: '2' }], ['size_invalid']],
    [
      'that waits for all kinds of reasons tells them all',
      [{ size: '9' }, { phase: 'Pending' }, { phase: 'Unschedulable' }, { deleted: true }],
      ['pods_missing', 'pods_deleted', 'pods_unschedulable', 'pods_not_running'],
    ],
  ])('%s', (_title, parts, expected) => {
    expect(reasons(parts)).toEqual(expected);
  });

  it.each(['0', '-1', '4.0', 'four', '', ' 4', '+4', '0x4', '100001', '1e3', '99999999999999999999', '٤'])(
    'of the size %j is not ready',
    (size) => expect(reasons([{ size }])).toEqual(['size_invalid']),
  );

  it('that cannot be ready names the pods, few of them, with the scheduler’s words', () => {
    const pods = named(Array.from({ length: 5 }, () => ({ phase: 'Unschedulable' })));
    const [first] = obstacles(pods, { kind: 'none' });
    expect(first?.message).toBe('unschedulable: p0, p1, p2 and 2 more: 0/4 nodes are available: too few CPUs.');
    expect(waitingPods(pods)[0]).toEqual({
      ...{ name: 'p0', state: 'Unschedulable', deleted: false, message: '0/4 nodes are available: too few CPUs.' },
    });
  });

  it('whose pods disagree about its size names the values and whose they are', () => {
    const [first] = obstacles(
      named([{ size: '1' }, { size: '2' }]),
      annotatedSize(named([{ size: '1' }, { size: '2' }])),
    );
    expect(first?.message).toContain('"1" on p0, "2" on p1; it must be the same on all pods');
  });
});

describe('an absurd pod', () => {
  const plain = groupPodObject();
  const read = (object: unknown) => groupPodOf(object as KubernetesObject, usualLabels, 'q');

  it.each<[string, unknown]>([
    ['without a status', { ...plain, status: undefined }],
    ['with a status that is a list', { ...plain, status: [] }],
    ['with a phase that is a number', { ...plain, status: { phase: 7 } }],
    ['with conditions that are a text', { ...plain, status: { phase: 'Pending', conditions: 'none' } }],
    ['without a spec', { ...plain, spec: undefined }],
    ['with owners that are none', { ...plain, metadata: { ...plain.metadata, ownerReferences: [null, 7, 'x'] } }],
  ])('%s is still in its group', (_title, object) => {
    expect(read(object)).toMatchObject({ group: 'g', name: 'a', ready: false });
    expect(read(object)).not.toHaveProperty('owner');
  });

  it('with ten thousand labels is kept as slim as any other', () => {
    const labels = Object.fromEntries(Array.from({ length: 10_000 }, (_each, index) => [`l${index}`, 'x']));
    const object = { ...plain, metadata: { ...plain.metadata, labels: { ...labels, ...plain.metadata.labels } } };
    expect(read(object)).toEqual(read(plain));
  });

  it.each([7, null, {}, ['4'], true])('with the size annotation %j keeps its group from being ready', (size) => {
    const pod = read({ ...plain, metadata: { ...plain.metadata, annotations: { 'kubejobs.io/podgroup-size': size } } });
    const expected = size === 7 || Array.isArray(size) ? [] : ['size_invalid'];
    if (!pod) throw new Error('it is of no group');
    expect(
      obstacles([pod], annotatedSize([pod]))
        .map(({ reason }) => reason)
        .filter((one) => one === 'size_invalid'),
    ).toEqual(expected);
  });

  it('whose label is empty, or no text, is of no group', () => {
    for (const value of ['', 7, null]) {
      const labels = { ...plain.metadata.labels, [usualLabels.name]: value };
      expect(read({ ...plain, metadata: { ...plain.metadata, labels } })).toBeUndefined();
    }
  });

  it('whose ready label says anything but true has no ready label', () => {
    const labels = { ...plain.metadata.labels, [usualLabels.ready]: 'false' };
    expect(read({ ...plain, metadata: { ...plain.metadata, labels } })?.ready).toBe(false);
  });
});
