import { describe, expect, it } from 'vitest';
import { containerIssueReason, metricReason } from '../../../../../internal/controllers/health/container-issues.ts';
import {
  containerIssues,
  hasUnschedulablePods,
  isPodUnschedulable,
  podInfo,
} from '../../../../../internal/controllers/health/pod-info.ts';
import { aPod, ended, looping, running, unschedulable, waiting } from '../../../../support/workload-objects.ts';

describe('the issue of a container', () => {
  const none = [
    ['that is created', { state: 'waiting', reason: 'ContainerCreating' }],
    ['that waits for its init containers', { state: 'waiting', reason: 'PodInitializing' }],
    ['that the kubelet has not come to', { state: 'waiting' }],
    ['that runs', { state: 'running' }],
    ['that runs again after a failure', { state: 'running', lastState: { state: 'terminated', exitCode: 1 } }],
    ['that ended with 0', { state: 'terminated', exitCode: 0, reason: 'Completed' }],
    ['that says nothing of its end', { state: 'terminated' }],
  ] as const;
  it.each(none)('%s is none', (_name, container) => {
    expect(containerIssueReason(container)).toBeUndefined();
  });

  const waits = [
    ...['ErrImagePull', 'ImagePullBackOff', 'InvalidImageName', 'ErrImageNeverPull', 'ImageInspectError'],
    ...['CreateContainerConfigError', 'CreateContainerError', 'RunContainerError', 'CrashLoopBackOff', 'NewWord'],
  ];
  it.each(waits)('that waits because of %s is that', (reason) => {
    expect(containerIssueReason({ state: 'waiting', reason })).toBe(reason);
  });

  it.each([
    [137, 'OOMKilled', 'OOMKilled'],
    [1, 'Error', 'Error'],
    [143, 'DeadlineExceeded', 'DeadlineExceeded'],
    [128, 'StartError', 'StartError'],
    [3, undefined, 'Error'],
    [3, 'Completed', 'Error'],
    [undefined, 'ContainerStatusUnknown', 'ContainerStatusUnknown'],
  ])('that ended with %s because of %s is %s', (exitCode, reason, issue) => {
    const end = { ...(exitCode !== undefined && { exitCode }), ...(reason !== undefined && { reason }) };
    expect(containerIssueReason({ state: 'terminated', ...end })).toBe(issue);
  });

  it.each([
    ['OOMKilled', 'OOMKilled'],
    ['ContainerCannotRun', 'ContainerCannotRun'],
    ['Error', 'CrashLoopBackOff'],
    ['Completed', 'CrashLoopBackOff'],
  ])('in a crash loop after %s is %s', (last, issue) => {
    const lastState = { state: 'terminated', reason: last, exitCode: 1 } as const;
    expect(containerIssueReason({ state: 'waiting', reason: 'CrashLoopBackOff', lastState })).toBe(issue);
  });

  it('becomes a label of the metrics only when it is a word that is known', () => {
    expect(['OOMKilled', 'x'.repeat(200)].map(metricReason)).toEqual(['OOMKilled', 'Other']);
  });
});

describe('a pod', () => {
  it('shows its containers in the order of its spec, with their kinds', () => {
    const pod = aPod({ main: { ...running, restartCount: 2 }, init: ended(0), sidecar: running });
    expect(podInfo({ ...pod, spec: { ...pod.spec, nodeName: 'node-1' } })).toEqual({
      ...{ name: 'pod', phase: 'Running', node: 'node-1', status: 'Running' },
      containers: [
        ...[
          {
            name: 'init',
            kind: 'init',
            state: 'terminated',
            reason: 'Completed',
            exitCode: 0,
            restarts: 0,
            ready: false,
          },
        ],
        ...[{ name: 'sidecar', kind: 'sidecar', state: 'running', restarts: 0, ready: true }],
        ...[{ name: 'main', kind: 'regular', state: 'running', restarts: 2, ready: true }],
      ],
    });
  });

  it('shows what a container ended with before it was started again', () => {
    const [container] = podInfo(aPod({ main: looping(137, 'OOMKilled') })).containers;
    expect(container).toEqual({
      ...{ name: 'main', kind: 'regular', state: 'waiting', reason: 'CrashLoopBackOff' },
      ...{ message: 'back-off 10s restarting failed container', restarts: 3, ready: false },
      lastState: { state: 'terminated', exitCode: 137, reason: 'OOMKilled' },
    });
  });

  it.each([
    [
      'a missing image',
      aPod({ phase: 'Pending', main: waiting('ErrImagePull', 'not found') }),
      'ErrImagePull',
      'container main: not found',
    ],
    [
      'an OOM kill',
      aPod({ phase: 'Failed', main: ended(137, 'OOMKilled') }),
      'OOMKilled',
      'container main: exit code 137',
    ],
    [
      'a loop of OOM kills',
      aPod({ main: looping(137, 'OOMKilled') }),
      'OOMKilled',
      'container main: back-off 10s restarting failed container',
    ],
    [
      'a crash loop',
      aPod({ main: looping(1, 'Error') }),
      'CrashLoopBackOff',
      'container main: back-off 10s restarting failed container',
    ],
    ['an exit code', aPod({ phase: 'Failed', main: ended(7) }), 'Error', 'container main: exit code 7'],
    [
      'an init container that failed',
      aPod({ phase: 'Failed', init: ended(9), main: waiting('PodInitializing') }),
      'Error',
      'container init: exit code 9',
    ],
    [
      'a sidecar that failed beside a container that failed',
      aPod({ phase: 'Failed', sidecar: ended(143), main: ended(2, 'OOMKilled') }),
      'OOMKilled',
      'container main: exit code 2',
    ],
    [
      'a sidecar in a crash loop',
      aPod({ sidecar: looping(1, 'StartError'), main: running }),
      'StartError',
      'container sidecar: back-off 10s restarting failed container',
    ],
    [
      'no node for it',
      aPod({ phase: 'Pending', status: unschedulable }),
      'Unschedulable',
      '0/4 nodes are available: too few CPUs.',
    ],
    [
      'an eviction',
      aPod({ phase: 'Failed', status: { reason: 'Evicted', message: 'low on memory' } }),
      'Failed',
      'low on memory',
    ],
    ['nothing wrong with it', aPod({ phase: 'Succeeded', main: ended(0) }), 'Succeeded', undefined],
    [
      'a sidecar that was ended by its success',
      aPod({ phase: 'Succeeded', main: ended(0), sidecar: ended(143) }),
      'Succeeded',
      undefined,
    ],
    [
      'an issue and no node',
      aPod({ phase: 'Pending', status: unschedulable, main: waiting('InvalidImageName') }),
      'InvalidImageName',
      'container main: InvalidImageName',
    ],
  ] as const)('with %s is %3$s', (_name, pod, status, message) => {
    expect(podInfo(pod)).toMatchObject({ status, ...(message && { message }) });
    expect(podInfo(pod).message).toBe(message);
  });

  it('has one issue for each container that has one, sidecars last', () => {
    const info = podInfo(
      aPod({ phase: 'Pending', init: ended(1), sidecar: looping(1, 'Error'), main: waiting('ErrImagePull') }),
    );
    expect(containerIssues(info).map(({ container, reason }) => [container, reason])).toEqual([
      ['init', 'Error'],
      ['main', 'ErrImagePull'],
      ['sidecar', 'CrashLoopBackOff'],
    ]);
  });

  it('is unschedulable only when the scheduler says so', () => {
    const gated = { conditions: [{ type: 'PodScheduled', status: 'False', reason: 'SchedulingGated' }] };
    expect(isPodUnschedulable(aPod({ status: unschedulable }))).toBe(true);
    expect(isPodUnschedulable(aPod({ status: gated }))).toBe(false);
    expect(hasUnschedulablePods([aPod(), aPod({ status: unschedulable })])).toBe(true);
    expect(hasUnschedulablePods([aPod()])).toBe(false);
  });

  it.each([
    ['status', { ...aPod(), status: undefined }, /phase is undefined/],
    ['known phase', aPod({ phase: 'Dreaming' }), /phase is "Dreaming"/],
    ['containers', aPod({ spec: { containers: [] } }), /no containers/],
    ['containers that are a list', aPod({ spec: { containers: 'many' } }), /no containers/],
  ])('without a %s makes no sense', (_name, pod, words) => {
    expect(() => podInfo(pod as Parameters<typeof podInfo>[0])).toThrow(words);
  });

  it('is taken as it is with absurd fields, and bounded', () => {
    const absurd = {
      state: { terminated: { exitCode: 'NaN', reason: 'x'.repeat(100_000), message: 'y'.repeat(100_000) } },
      restartCount: -4,
      lastState: 7,
    };
    const many = Array.from({ length: 10_000 }, (_, index) => ({ name: `c${index}` }));
    const pod = aPod({ phase: 'Failed', main: absurd, spec: { containers: [{ name: 'main' }, ...many] } });
    const info = podInfo(pod);
    expect(info.containers).toHaveLength(250);
    expect(info.containers[0]).toMatchObject({ state: 'terminated', restarts: 0, ready: false });
    expect(JSON.stringify(info).length).toBeLessThan(40_000);
    expect(podInfo(aPod({ status: { containerStatuses: { no: 'list' }, conditions: 'none' } })).status).toBe('Running');
  });
});
