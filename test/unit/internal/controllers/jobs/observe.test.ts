import { describe, expect, it } from 'vitest';
import { isExplained, observe } from '../../../../../internal/controllers/jobs/observe.ts';
import { projectJob, projectPod } from '../../../../../internal/controllers/jobs/records.ts';
import type { WorkloadObservation } from '../../../../../internal/core/events.ts';
import type { KubernetesObject } from '../../../../../pkg/kubernetes/cluster.ts';
import { ended, jobObject, podObject, waiting } from '../../../../support/kubernetes-objects.ts';

type Row = [string, KubernetesObject, KubernetesObject[], WorkloadObservation];

const running = { running: {} };
const failedJob = (reason = 'BackoffLimitExceeded', message = 'Job has reached the specified backoff limit') =>
  jobObject({ conditions: [{ type: 'Failed', reason, message }] });
const failedPod = (containers: Record<string, Record<string, unknown>>, more: object = {}) =>
  podObject({ phase: 'Failed', containers, ...more });
const unschedulable = (message: string) => ({
  conditions: [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message }],
});
const disrupted = (reason: string) => ({ conditions: [{ type: 'DisruptionTarget', status: 'True', reason }] });

function look(job: KubernetesObject, pods: KubernetesObject[]): WorkloadObservation {
  return observe(projectJob(job), pods.map(projectPod));
}

const active: Row[] = [
  ['no pod yet', jobObject(), [], { phase: 'active', reason: 'starting' }],
  ['a pod that waits for a node to take it', jobObject(), [podObject()], { phase: 'active', reason: 'starting' }],
  [
    'a container that is being created',
    jobObject(),
    [podObject({ containers: { main: waiting('ContainerCreating') } })],
    { phase: 'active', reason: 'starting' },
  ],
  [
    'a pod that runs',
    jobObject(),
    [podObject({ phase: 'Running', containers: { main: running } })],
    { phase: 'active' },
  ],
  [
    'a pod that has succeeded while the Job is not yet complete',
    jobObject(),
    [podObject({ phase: 'Succeeded' })],
    { phase: 'active' },
  ],
  [
    'a failed pod and no new one yet',
    jobObject(),
    [failedPod({ main: ended(1) })],
    { phase: 'active', reason: 'starting' },
  ],
  [
    'a suspended Job',
    jobObject({ spec: { suspend: true } }),
    [],
    { phase: 'active', reason: 'starting', message: 'the Job is suspended' },
  ],
  [
    'a Job that somebody deleted and that is kept by a finalizer',
    { ...jobObject(), metadata: { ...jobObject().metadata, deletionTimestamp: '2030-01-01T00:00:00Z' } },
    [podObject({ phase: 'Running', containers: { main: running } })],
    { phase: 'active', message: 'the Job is being deleted' },
  ],
  [
    'a pod whose node is lost and that nobody can end there',
    jobObject(),
    [podObject({ phase: 'Running', deleted: true, status: disrupted('DeletionByTaintManager') })],
    { phase: 'active', message: 'pod pod-1 is being taken away: DeletionByTaintManager' },
  ],
  [
    'a pod that no node takes',
    jobObject(),
    [podObject({ status: unschedulable('0/4 nodes are available') })],
    { phase: 'active', reason: 'unschedulable', message: '0/4 nodes are available' },
  ],
  [
    'a pod that no node takes, beside one that runs',
    jobObject(),
    [podObject({ status: unschedulable('no') }), podObject({ name: 'pod-2', phase: 'Running' })],
    { phase: 'active' },
  ],
  [
    'a pod that no node takes and that is being deleted',
    jobObject(),
    [podObject({ deleted: true, status: unschedulable('no') })],
    { phase: 'active', reason: 'starting' },
  ],
  [
    'an image that cannot be pulled, in an init container',
    jobObject(),
    [
      podObject({
        init: { setup: waiting('ErrImagePull', 'not found') },
        containers: { main: waiting('PodInitializing') },
      }),
    ],
    { phase: 'active', reason: 'image_problem', message: 'container setup: ErrImagePull: not found' },
  ],
  [
    'conditions that are not True',
    jobObject({
      conditions: [
        { type: 'Failed', status: 'False' },
        { type: 'Complete', status: 'Unknown' },
        { type: 'FailureTarget' },
      ],
    }),
    [],
    { phase: 'active', reason: 'starting' },
  ],
];

const failed: Row[] = [
  [
    'the exit code of its container',
    failedJob(),
    [failedPod({ main: ended(7) })],
    { phase: 'failed', reason: 'exit_code', exitCode: 7, message: 'container main: Error, exit code 7' },
  ],
  [
    'what the container said at its end',
    failedJob(),
    [failedPod({ main: ended(1, { message: 'no such file' }) })],
    { phase: 'failed', reason: 'exit_code', exitCode: 1, message: 'container main: Error, exit code 1: no such file' },
  ],
  [
    'the first pod to fail',
    failedJob(),
    [
      failedPod({ main: ended(2, { finishedAt: '2030-01-01T00:00:20Z' }) }, { name: 'a' }),
      failedPod({ main: ended(3, { finishedAt: '2030-01-01T00:00:10Z' }) }, { name: 'b' }),
      podObject({
        name: 'c',
        phase: 'Succeeded',
        containers: { main: ended(0, { finishedAt: '2030-01-01T00:00:01Z' }) },
      }),
    ],
    { phase: 'failed', reason: 'exit_code', exitCode: 3, message: 'container main: Error, exit code 3' },
  ],
  [
    'the first container of the spec that is not zero, not the first by name',
    failedJob(),
    [failedPod({ zebra: ended(5), main: ended(0), alpha: ended(6) })],
    { phase: 'failed', reason: 'exit_code', exitCode: 5, message: 'container zebra: Error, exit code 5' },
  ],
  [
    'an init container before all others',
    failedJob(),
    [failedPod({ main: waiting('PodInitializing') }, { init: { ok: ended(0), setup: ended(4) } })],
    { phase: 'failed', reason: 'exit_code', exitCode: 4, message: 'container setup: Error, exit code 4' },
  ],
  [
    'not the sidecar that was ended when the others had',
    failedJob(),
    [failedPod({ main: ended(9) }, { init: { proxy: ended(143) }, sidecars: ['proxy'] })],
    { phase: 'failed', reason: 'exit_code', exitCode: 9, message: 'container main: Error, exit code 9' },
  ],
  [
    'how a container ended the last time, when it was restarted since',
    failedJob(),
    [
      podObject({
        phase: 'Running',
        containers: { main: { state: waiting('CrashLoopBackOff'), lastState: ended(3) } },
      }),
    ],
    { phase: 'failed', reason: 'exit_code', exitCode: 3, message: 'container main: Error, exit code 3' },
  ],
  [
    'memory',
    failedJob(),
    [failedPod({ main: ended(137, { reason: 'OOMKilled' }) })],
    { phase: 'failed', reason: 'oom_killed', exitCode: 137, message: 'container main: OOMKilled, exit code 137' },
  ],
  [
    'another container’s memory only when that one is the first',
    failedJob(),
    [failedPod({ main: ended(1), other: ended(137, { reason: 'OOMKilled' }) })],
    { phase: 'failed', reason: 'exit_code', exitCode: 1, message: 'container main: Error, exit code 1' },
  ],
  [
    'the deadline of the Job, with no pod left',
    failedJob('DeadlineExceeded', 'Job was active longer than specified deadline'),
    [],
    { phase: 'failed', reason: 'deadline', message: 'Job was active longer than specified deadline' },
  ],
  [
    'the deadline of the Job, and how the pod ended by it',
    failedJob('DeadlineExceeded', 'too long'),
    [failedPod({ main: ended(143) })],
    { phase: 'failed', reason: 'deadline', exitCode: 143, message: 'too long' },
  ],
  [
    'the deadline of the pod',
    failedJob(),
    [failedPod({}, { status: { reason: 'DeadlineExceeded', message: 'Pod was active too long' } })],
    { phase: 'failed', reason: 'deadline', message: 'Pod was active too long' },
  ],
  [
    'a node that was lost',
    failedJob(),
    [
      podObject({
        phase: 'Unknown',
        status: { reason: 'NodeLost', message: 'Node n1 which was running pod is unresponsive' },
      }),
    ],
    { phase: 'failed', reason: 'node_lost', message: 'Node n1 which was running pod is unresponsive' },
  ],
  [
    'a pod that the taint of its node deleted',
    failedJob('BackoffLimitExceeded', 'limit'),
    [failedPod({}, { status: disrupted('DeletionByTaintManager') })],
    { phase: 'failed', reason: 'node_lost', message: 'limit' },
  ],
  [
    'an exit code even when the node was tainted',
    failedJob(),
    [failedPod({ main: ended(143) }, { status: disrupted('DeletionByTaintManager') })],
    {
      ...{ phase: 'failed', reason: 'exit_code', exitCode: 143 },
      message: 'container main: Error, exit code 143; pod pod-1 was taken away: DeletionByTaintManager',
    },
  ],
  [
    'an exit code and who is behind it when the pod was evicted',
    failedJob(),
    [
      failedPod(
        { main: ended(137) },
        { status: { conditions: [{ type: 'DisruptionTarget', status: 'True', message: 'Eviction API: evicting' }] } },
      ),
    ],
    {
      ...{ phase: 'failed', reason: 'exit_code', exitCode: 137 },
      message: 'container main: Error, exit code 137; pod pod-1 was taken away: Eviction API: evicting',
    },
  ],
  [
    'an eviction, in the words of the pod',
    failedJob(),
    [failedPod({}, { status: { reason: 'Evicted', message: 'The node was low on resource: memory' } })],
    { phase: 'failed', reason: 'exit_code', message: 'The node was low on resource: memory' },
  ],
  [
    'only the Job’s words when its pods are gone',
    failedJob('BackoffLimitExceeded', 'limit'),
    [],
    { phase: 'failed', reason: 'exit_code', message: 'limit' },
  ],
  [
    'nothing at all when nobody says anything',
    jobObject({ conditions: [{ type: 'Failed' }] }),
    [],
    { phase: 'failed', reason: 'exit_code' },
  ],
];

describe('an active Job', () => {
  it.each(active)('with %s', (_title, job, pods, expected) => {
    expect(look(job, pods)).toEqual(expected);
  });

  it.each([
    'ErrImagePull',
    'ImagePullBackOff',
    'InvalidImageName',
    'ErrImageNeverPull',
    'CreateContainerConfigError',
    'CreateContainerError',
  ])('whose container waits with %s has a problem with its image or configuration', (reason) => {
    expect(look(jobObject(), [podObject({ containers: { main: waiting(reason, 'why') } })])).toEqual({
      phase: 'active',
      reason: 'image_problem',
      message: `container main: ${reason}: why`,
    });
  });
});

describe('a failed Job is explained by', () => {
  it.each(failed)('%s', (_title, job, pods, expected) => {
    expect(look(job, pods)).toEqual(expected);
    expect(look(job, pods.toReversed())).toEqual(expected);
  });

  it('a message of bounded length', () => {
    const message = 'x'.repeat(100_000);
    const observation = look(failedJob(), [failedPod({ main: ended(1, { message }) })]);
    expect(JSON.stringify(observation).length).toBeLessThan(1_200);
  });
});

describe('a complete Job', () => {
  it('has succeeded with exit code 0, whatever its pods say', () => {
    const job = jobObject({ conditions: [{ type: 'Complete' }] });
    expect(look(job, [failedPod({ main: ended(1) })])).toEqual({ phase: 'succeeded', exitCode: 0 });
  });
});

describe('an observation', () => {
  it.each<[string, WorkloadObservation, boolean]>([
    ['of a failure without an exit code', { phase: 'failed', reason: 'exit_code' }, false],
    ['of a failure with one', { phase: 'failed', reason: 'exit_code', exitCode: 1 }, true],
    ['of a deadline', { phase: 'failed', reason: 'deadline' }, true],
    ['of a success', { phase: 'succeeded' }, true],
  ])('%s may need a second look at the pods, or not', (_title, observation, expected) => {
    expect(isExplained(observation)).toBe(expected);
  });
});

describe('objects of odd shapes', () => {
  const odd = (status: unknown, spec: unknown = {}) => ({ ...podObject(), status, spec }) as KubernetesObject;

  it.each([
    ['no status', odd(undefined)],
    ['a status of text', odd('x', 'y')],
    ['lists that are none', odd({ containerStatuses: {}, conditions: 'x' }, { containers: 7 })],
    ['entries that are none', odd({ containerStatuses: [null, 1] }, { containers: [null, { name: 'main' }] })],
  ])('with %s are read without harm', (_title, object) => {
    expect(look(jobObject(), [object])).toMatchObject({ phase: 'active' });
  });

  it.each([
    [{ 'kubejobs.io/job-id': 'nonsense', 'kubejobs.io/attempt': '1' }],
    [{ 'kubejobs.io/job-id': '01a1fdce-f857-7761-88d6-e2a8f32f2d42', 'kubejobs.io/attempt': '0' }],
    [{ 'kubejobs.io/job-id': '01a1fdce-f857-7761-88d6-e2a8f32f2d42', 'kubejobs.io/attempt': '1.5' }],
    [{}],
  ])('with labels %j belong to no attempt', (labels) => {
    expect(projectJob(jobObject({ labels })).key).toBeUndefined();
  });
});
