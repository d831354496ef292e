import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { notFoundDocument } from '../../../../../internal/controllers/health/documents.ts';
import { HealthIndex } from '../../../../../internal/controllers/health/health-index.ts';
import {
  type PodRecord,
  podRecord,
  type WatchedKind,
  type WorkloadRecord,
  watchedKinds,
  workloadRecord,
} from '../../../../../internal/controllers/health/records.ts';
import {
  aPod,
  aWorkload,
  condition,
  ended,
  looping,
  type PodParts,
  running,
  unschedulable,
  type WorkloadParts,
  waiting,
} from '../../../../support/workload-objects.ts';

const record = ({ kind = 'Job', ...parts }: WorkloadParts = {}): WorkloadRecord =>
  workloadRecord(kind, aWorkload({ kind, ...parts }));
const pod = (parts: PodParts = {}): PodRecord => {
  const made = podRecord(aPod(parts));
  if (made === undefined) throw new Error('nobody made it');
  return made;
};

function indexOf(workloads: WorkloadParts[], pods: PodParts[] = []): HealthIndex {
  const index = new HealthIndex();
  for (const each of workloads) index.workload(undefined, record(each));
  for (const each of pods) index.pod(undefined, pod(each));
  return index;
}

describe('the health of a workload', () => {
  it.each([
    ['that runs', {}, [{ main: running }], true, undefined, undefined],
    [
      'with a pod that waits for a node',
      {},
      [{ phase: 'Pending', status: unschedulable }],
      false,
      'Unschedulable',
      'pod pod: 0/4 nodes are available: too few CPUs.',
    ],
    [
      'in a loop of OOM kills',
      {},
      [{ main: looping(137, 'OOMKilled') }],
      false,
      'OOMKilled',
      'pod pod: container main: back-off 10s restarting failed container',
    ],
    [
      'with a missing image',
      {},
      [{ phase: 'Pending', main: waiting('ErrImagePull') }],
      false,
      'ErrImagePull',
      'pod pod: container main: ErrImagePull',
    ],
    [
      'with a pod that was evicted',
      {},
      [{ phase: 'Failed', status: { reason: 'Evicted' } }],
      false,
      'Evicted',
      'pod pod',
    ],
    [
      'that failed by an exit code',
      { conditions: [condition('Failed', undefined, { reason: 'BackoffLimitExceeded' })] },
      [{ phase: 'Failed', main: ended(3) }],
      false,
      'Error',
      'pod pod: container main: exit code 3',
    ],
    [
      'that failed, and whose pods are gone',
      { conditions: [condition('Failed', undefined, { reason: 'DeadlineExceeded', message: 'too long' })] },
      [],
      false,
      'DeadlineExceeded',
      'too long',
    ],
    [
      'that is complete after a failed pod',
      { conditions: [condition('Complete')] },
      [{ phase: 'Failed', main: ended(3) }],
      true,
      undefined,
      undefined,
    ],
    [
      'that is suspended',
      { spec: { suspend: true } },
      [{ phase: 'Failed', main: ended(143) }],
      true,
      undefined,
      undefined,
    ],
  ] as const)('%s', (_name, workload, pods, healthy, reason, message) => {
    const index = indexOf(
      [{ ...workload, conditions: [...('conditions' in workload ? workload.conditions : [])] }],
      [...pods],
    );
    const summary = index.summary('Job', 'default', 'work');
    expect([summary?.healthy, summary?.reason, summary?.message]).toEqual([healthy, reason, message]);
  });

  it('comes up from a container through its Job to its JobSet', () => {
    const index = indexOf(
      [
        { kind: 'JobSet', name: 'set' },
        { name: 'a', owner: 'uid-set' },
        { name: 'b', owner: 'uid-set', conditions: [condition('Complete')] },
      ],
      [{ name: 'a-0', owner: 'uid-a', main: looping(1, 'Error') }],
    );
    expect(index.summary('JobSet', 'default', 'set')).toMatchObject({
      ...{ state: 'Running', healthy: false, reason: 'CrashLoopBackOff', jobs: { Complete: 1, Running: 1 } },
      message: 'job a: pod a-0: container main: back-off 10s restarting failed container',
    });
    const before = pod({ name: 'a-0', owner: 'uid-a', main: looping(1, 'Error') });
    index.pod(before, pod({ name: 'a-0', owner: 'uid-a', main: running }));
    expect(index.summary('JobSet', 'default', 'set')).toMatchObject({ healthy: true });
  });

  it('does not care in which order things are seen', () => {
    const index = new HealthIndex();
    index.pod(undefined, pod({ name: 'a-0', owner: 'uid-a', main: looping(1, 'Error') }));
    expect(index.counts()).toMatchObject({ pods: {}, containerIssues: {} });
    index.workload(undefined, record({ name: 'a', owner: 'uid-set' }));
    index.workload(undefined, record({ kind: 'JobSet', name: 'set' }));
    expect(index.summary('JobSet', 'default', 'set')).toMatchObject({ healthy: false, reason: 'CrashLoopBackOff' });
    expect(index.counts()).toMatchObject({ pods: { Running: 1 }, containerIssues: { CrashLoopBackOff: 1 } });
  });

  it('of another object of the same name is another one', () => {
    const index = indexOf([{ uid: 'uid-old' }], [{ owner: 'uid-old', main: looping(1, 'Error') }]);
    index.workload(undefined, record({ uid: 'uid-new' }));
    expect(index.summary('Job', 'default', 'work')).toMatchObject({ uid: 'uid-new', healthy: true, pods: {} });
  });

  it('survives owners in a ring', () => {
    const index = indexOf([
      { kind: 'JobSet', name: 'a', owner: 'uid-b' },
      { kind: 'JobSet', name: 'b', owner: 'uid-a' },
      { name: 'c', owner: 'uid-c' },
    ]);
    expect(index.size).toBe(3);
  });
});

describe('the document of', () => {
  it('a JobSet has its Jobs by state, its restarts, and the pods of each', () => {
    const index = indexOf(
      [
        { kind: 'JobSet', name: 'bash-counter-jobset', status: { restarts: 2 }, conditions: [condition('Completed')] },
        { name: 'b', owner: 'uid-bash-counter-jobset', status: { ready: 1 } },
        { name: 'a', owner: 'uid-bash-counter-jobset', conditions: [condition('Complete')] },
      ],
      [{ name: 'a-0', owner: 'uid-a', phase: 'Succeeded', main: ended(0) }],
    );
    const main = {
      name: 'main',
      kind: 'regular',
      state: 'terminated',
      reason: 'Completed',
      exitCode: 0,
      restarts: 0,
      ready: false,
    };
    expect(index.document('JobSet', 'default', 'bash-counter-jobset')).toEqual({
      jobset: {
        ...{ name: 'bash-counter-jobset', status: { Complete: 1, Running: 1 }, restarts: 2 },
        lastCondition: { type: 'Completed', status: 'True' },
        jobs: [
          {
            name: 'a',
            status: 'Complete',
            pods: [{ name: 'a-0', phase: 'Succeeded', status: 'Succeeded', containers: [main] }],
          },
          { name: 'b', status: 'Running', pods: [] },
        ],
      },
    });
  });

  it('a PyTorchJob has its pods by state, in the order of their names', () => {
    const owner = { owner: 'uid-pytorch-simple', ownerKind: 'PyTorchJob' };
    const index = indexOf(
      [{ kind: 'PyTorchJob', name: 'pytorch-simple' }],
      [
        { name: 'worker-0', ...owner, phase: 'Pending', status: unschedulable },
        { name: 'master-0', ...owner, main: running },
      ],
    );
    const document = index.document('PyTorchJob', 'default', 'pytorch-simple');
    expect(document).toMatchObject({
      pytorchJob: {
        name: 'pytorch-simple',
        status: { Running: 1, Unschedulable: 1 },
        pods: [{ name: 'master-0' }, { status: 'Unschedulable' }],
      },
    });
    expect(JSON.stringify(document)).not.toContain('lastCondition');
  });

  it('a Job has the same shape', () => {
    const index = indexOf([{ conditions: [condition('Complete')] }], [{ phase: 'Succeeded' }]);
    expect(index.document('Job', 'default', 'work')).toMatchObject({
      job: { name: 'work', status: { Succeeded: 1 }, lastCondition: { type: 'Complete', status: 'True' } },
    });
  });

  it.each([
    ['JobSet', { jobset: { name: 'x', status: 'NotFound' } }],
    ['PyTorchJob', { pytorchJob: { name: 'x', status: 'NotFound' } }],
    ['Job', { job: { name: 'x', status: 'NotFound' } }],
  ] as const)('a %s that does not exist says so', (kind, document) => {
    expect(indexOf([]).document(kind, 'default', 'x')).toBeUndefined();
    expect(notFoundDocument(kind, 'x')).toEqual(document);
  });
});

const mains = [
  running,
  ended(0),
  ended(1),
  ended(137, 'OOMKilled'),
  looping(1, 'Error'),
  waiting('ErrImagePull'),
  undefined,
];
const anyPod = fc.record({
  name: fc.constantFrom('p0', 'p1', 'p2', 'p3', 'p4'),
  owner: fc.constantFrom('uid-j0', 'uid-j1', 'uid-j2', 'uid-t0', 'uid-nobody'),
  phase: fc.constantFrom('Pending', 'Running', 'Succeeded', 'Failed'),
  main: fc.constantFrom(...mains),
  status: fc.constantFrom({}, unschedulable),
});
const anyConditions = fc.constantFrom(
  [],
  ['Complete'],
  ['Completed'],
  ['Succeeded'],
  ['Failed'],
  ['Suspended'],
  ['Running'],
);
const anyWorkload = fc.record({
  which: fc.constantFrom(
    ['Job', 'j0'],
    ['Job', 'j1'],
    ['Job', 'j2'],
    ['PyTorchJob', 't0'],
    ['JobSet', 's0'],
    ['JobSet', 's1'],
  ),
  owner: fc.constantFrom(undefined, 'uid-s0', 'uid-s1'),
  /** Some are deleted and made anew. */
  generation: fc.constantFrom('', '-2'),
  conditions: anyConditions,
});
const anyStep = fc.oneof(
  fc.record({ pod: anyPod, gone: fc.boolean() }),
  fc.record({ workload: anyWorkload, gone: fc.boolean() }),
);

describe('an index that followed every change', () => {
  it('equals one that is computed afresh from a list', () => {
    fc.assert(
      fc.property(fc.array(anyStep, { maxLength: 60 }), (steps) => {
        const followed = new HealthIndex();
        const pods = new Map<string, PodRecord>();
        const workloads = new Map<string, WorkloadRecord>();
        for (const step of steps) {
          if ('pod' in step) {
            const { main, ...parts } = step.pod;
            const next = step.gone ? undefined : pod({ ...parts, ...(main && { main }) });
            followed.pod(pods.get(parts.name), next);
            set(pods, parts.name, next);
          } else {
            const next = step.gone ? undefined : workloadOf(step.workload);
            const key = step.workload.which.join('/');
            followed.workload(workloads.get(key), next);
            set(workloads, key, next);
          }
        }
        const fresh = new HealthIndex();
        for (const each of workloads.values()) fresh.workload(undefined, each);
        for (const each of pods.values()) fresh.pod(undefined, each);
        expect(seen(followed)).toEqual(seen(fresh));
        expect(followed.counts()).toEqual(countedNaively(followed, [...workloads.values()], [...pods.values()]));
      }),
      { numRuns: 500 },
    );
  });

  it('costs one workload’s work for one change', () => {
    const told: string[] = [];
    const index = new HealthIndex((key) => told.push(key));
    index.workload(undefined, record({ kind: 'JobSet', name: 'set' }));
    for (let n = 0; n < 1000; n += 1) {
      index.workload(undefined, record({ name: `j${n}`, ...(n === 0 && { owner: 'uid-set' }) }));
      index.pod(undefined, pod({ name: `j${n}-0`, owner: `uid-j${n}` }));
    }
    told.length = 0;
    index.pod(pod({ name: 'j0-0', owner: 'uid-j0' }), pod({ name: 'j0-0', owner: 'uid-j0', phase: 'Failed' }));
    expect(told).toEqual(['Job/default/j0', 'JobSet/default/set']);
  });

  it('names the Job of a JobSet that has been in trouble longest, whatever the others do', () => {
    const index = new HealthIndex();
    index.workload(undefined, record({ kind: 'JobSet', name: 'set' }));
    for (const name of ['a', 'b']) {
      index.workload(undefined, record({ name, owner: 'uid-set' }));
      index.pod(undefined, pod({ name: `${name}-0`, owner: `uid-${name}`, phase: 'Failed' }));
    }
    index.pod(undefined, pod({ name: 'a-1', owner: 'uid-a' }));
    expect(index.summary('JobSet', 'default', 'set')?.message).toContain('job a');
  });
});

function workloadOf({
  which,
  owner,
  generation,
  conditions,
}: {
  which: readonly string[];
  owner: string | undefined;
  generation: string;
  conditions: readonly string[];
}): WorkloadRecord {
  const [kind, name] = which as [WatchedKind, string];
  const uid = `uid-${name}${generation}`;
  const all = conditions.map((type) => condition(type));
  return record({ kind, name, uid, conditions: all, ...(kind === 'Job' && owner && { owner }) });
}

function set<T>(map: Map<string, T>, key: string, value: T | undefined): void {
  if (value === undefined) map.delete(key);
  else map.set(key, value);
}

/** Which of several pods in trouble explains a workload depends on which came first; that is left out. */
function seen(index: HealthIndex): unknown {
  const summaries = [...index.summaries()].map(({ summary: { message: _words, reason: _word, ...rest } }) => rest);
  const documents = summaries.map(({ kind, namespace, name }) => index.document(kind, namespace, name));
  return {
    documents: documents.map((each) => JSON.stringify(each)).sort(),
    summaries: summaries.map((each) => JSON.stringify(each)).sort(),
    counts: index.counts(),
  };
}

function countedNaively(index: HealthIndex, workloads: WorkloadRecord[], pods: PodRecord[]): unknown {
  const tally = (words: string[]): Record<string, number> => {
    const counts: Record<string, number> = {};
    for (const word of words.sort()) counts[word] = (counts[word] ?? 0) + 1;
    return counts;
  };
  const counted = pods.filter(({ owner }) => workloads.some(({ uid }) => uid === owner));
  const summaries = [...index.summaries()].map(({ summary }) => summary);
  const ofKind = (kind: WatchedKind) => {
    const own = summaries.filter((summary) => summary.kind === kind);
    return { states: tally(own.map(({ state }) => state)), unhealthy: own.filter(({ healthy }) => !healthy).length };
  };
  return {
    kinds: Object.fromEntries(watchedKinds.map((kind) => [kind, ofKind(kind)])),
    pods: tally(counted.map(({ state }) => state)),
    containerIssues: tally(counted.flatMap(({ issues }) => issues.map(({ reason }) => reason))),
  };
}
