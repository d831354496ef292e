import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Family } from '../../../../../internal/controllers/health/family.ts';
import { podInfo } from '../../../../../internal/controllers/health/pod-info.ts';
import {
  lastConditionOf,
  podRecord,
  watchedKinds,
  workloadRecord,
} from '../../../../../internal/controllers/health/records.ts';
import { stateOf } from '../../../../../internal/controllers/health/summary.ts';
import type { KubernetesObject } from '../../../../../pkg/kubernetes/cluster.ts';
import {
  aPod,
  aWorkload,
  condition,
  unschedulable,
  type WorkloadParts,
  waiting,
} from '../../../../support/workload-objects.ts';

function stateWith({ kind = 'Job', ...parts }: WorkloadParts, pods: KubernetesObject[] = []): string {
  const family = new Family();
  for (const pod of pods) {
    const record = podRecord(pod);
    if (record) family.addPod(record.info.name, record);
  }
  return stateOf(workloadRecord(kind, aWorkload({ kind, ...parts })), family);
}

describe('the state of a workload', () => {
  it.each([
    ['Job', [condition('Complete')], {}, 'Complete'],
    ['Job', [condition('Failed')], {}, 'Failed'],
    ['Job', [condition('SuccessCriteriaMet')], {}, 'Pending'],
    ['Job', [condition('FailureTarget')], { status: { ready: 1 } }, 'Running'],
    ['Job', [condition('Complete', undefined, { status: 'False' })], {}, 'Pending'],
    ['Job', [condition('Suspended')], {}, 'Suspended'],
    ['Job', [], { spec: { suspend: true } }, 'Suspended'],
    ['Job', [], { status: { active: 2, ready: 1 } }, 'Running'],
    ['Job', [], { status: { active: 2, ready: 0 } }, 'Pending'],
    ['JobSet', [condition('Completed')], {}, 'Complete'],
    ['JobSet', [condition('Failed')], {}, 'Failed'],
    ['JobSet', [condition('Suspended')], {}, 'Suspended'],
    ['JobSet', [condition('Suspended', undefined, { status: 'False' })], {}, 'Pending'],
    ['PyTorchJob', [condition('Created'), condition('Succeeded')], {}, 'Complete'],
    ['PyTorchJob', [condition('Created'), condition('Failed')], {}, 'Failed'],
    ['PyTorchJob', [condition('Created'), condition('Running')], {}, 'Running'],
    ['PyTorchJob', [condition('Created'), condition('Restarting')], {}, 'Running'],
    ['PyTorchJob', [], { spec: { runPolicy: { suspend: true } } }, 'Suspended'],
    ['Job', [], { status: { failed: 1 } }, 'Running'],
  ] as const)('%s with %j and %j is %s', (kind, conditions, parts, state) => {
    expect(stateWith({ kind, conditions: [...conditions], ...parts })).toBe(state);
  });

  it.each([
    ['Pending', 'Pending'],
    ['Running', 'Running'],
    ['Succeeded', 'Running'],
    ['Failed', 'Running'],
  ])('of a Job with a pod that is %s is %s', (phase, state) => {
    expect(stateWith({}, [aPod({ phase })])).toBe(state);
  });
});

describe('the last condition', () => {
  it('is the newest by its transition, with its type as it is', () => {
    const conditions = [condition('Completed', '2026-11-01T00:00:09Z'), condition('Created', '2026-11-01T00:00:01Z')];
    expect(lastConditionOf({ conditions })).toEqual({ type: 'Completed', status: 'True' });
  });

  it('is the last one of several in a second', () => {
    const conditions = [condition('Running', undefined, { status: 'False' }), condition('Succeeded')];
    expect(lastConditionOf({ conditions })).toEqual({ type: 'Succeeded', status: 'True' });
  });

  it.each([[undefined], [{}], [{ conditions: [] }], [{ conditions: 'none' }], [{ conditions: [{ status: 'True' }] }]])(
    'of %j is none',
    (status) => {
      expect(lastConditionOf(status)).toBeUndefined();
    },
  );
});

describe('the record of a pod', () => {
  it.each([
    ['Running', {}],
    ['Pending', {}],
    ['Succeeded', {}],
    ['Failed', {}],
    ['Unschedulable', { phase: 'Pending', status: unschedulable }],
  ])('counts as %s', (state, parts) => {
    expect(podRecord(aPod({ phase: state, ...parts }))?.state).toBe(state);
  });

  it('belongs to the controller among its owners, by uid, whatever its labels say', () => {
    const pod = aPod({ owner: 'uid-a' });
    pod.metadata.labels = { 'job-name': 'b', 'training.kubeflow.org/job-name': 'c' };
    pod.metadata.ownerReferences?.unshift({ apiVersion: 'v1', kind: 'Job', name: 'b', uid: 'uid-b' });
    expect(podRecord(pod)?.owner).toBe('uid-a');
  });

  it('is not kept when no watched kind made the pod', () => {
    expect(podRecord(aPod({ ownerKind: 'ReplicaSet' }))).toBeUndefined();
    const { ownerReferences: _none, ...metadata } = aPod().metadata;
    expect(podRecord({ ...aPod(), metadata })).toBeUndefined();
  });
});

const anyFields = fc.dictionary(
  fc.constantFrom(
    'phase',
    'conditions',
    'containers',
    'initContainers',
    'containerStatuses',
    'runPolicy',
    'suspend',
    'restarts',
  ),
  fc.oneof(
    fc.jsonValue(),
    fc.array(fc.dictionary(fc.constantFrom('name', 'state', 'type', 'status', 'lastState'), fc.jsonValue())),
  ),
);
const anyObject = fc.record({
  apiVersion: fc.constant('v1'),
  kind: fc.constant('Pod'),
  metadata: fc.record({ name: fc.string(), uid: fc.string(), ownerReferences: fc.jsonValue() }),
  spec: fc.oneof(anyFields, fc.jsonValue()),
  status: fc.oneof(anyFields, fc.constant({ phase: 'Running' }), fc.jsonValue()),
});

describe('whatever somebody wrote into an object', () => {
  it('is a record or an error with a message, and nothing else', () => {
    fc.assert(
      fc.property(anyObject, fc.constantFrom(...watchedKinds), (object, kind) => {
        const written = object as unknown as KubernetesObject;
        for (const project of [() => podInfo(written), () => workloadRecord(kind, written), () => podRecord(written)]) {
          try {
            project();
          } catch (error) {
            expect((error as Error).message).toMatch(/^(it has no|its (phase|status) is)/);
          }
        }
      }),
      { numRuns: 2_000 },
    );
  });

  it('is kept in bounds', () => {
    const long = 'x'.repeat(100_000);
    const reference = { apiVersion: 'v1', kind: 'Job', name: long, uid: 'uid-work', controller: true };
    const pod = aPod({ phase: 'Failed', status: { reason: long, message: long }, main: waiting(long, long) });
    const failed = aWorkload({
      conditions: [condition(long), condition('Failed', long, { reason: long, message: long })],
    });
    failed.metadata.ownerReferences = [reference];
    failed.metadata.annotations = Object.fromEntries(Array.from({ length: 10_000 }, (_, index) => [`a${index}`, long]));
    expect(JSON.stringify(podRecord(pod)).length).toBeLessThan(10_000);
    expect(JSON.stringify(workloadRecord('Job', failed)).length).toBeLessThan(10_000);
  });
});

describe('a workload that makes no sense', () => {
  it.each([
    ['it has no uid', { uid: '' }, /no metadata.uid/],
    ['its status is a list', { status: [] as unknown as Record<string, unknown> }, undefined],
  ])('because %s', (_name, parts, words) => {
    const object = aWorkload(parts);
    if (words === undefined) object.status = [] as unknown as Record<string, unknown>;
    expect(() => workloadRecord('Job', object)).toThrow(words ?? /status is odd/);
  });

  it('in a field only is taken without the field', () => {
    const status = { conditions: [null, 7, { type: 3 }], restarts: -1.5, ready: 'many' };
    expect(workloadRecord('Job', aWorkload({ status }))).toMatchObject({
      restarts: 0,
      started: false,
      suspended: false,
    });
  });
});
