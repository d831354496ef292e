// What counts as an issue of a container, as one word. The rule:
//
//   waiting     any reason but ContainerCreating and PodInitializing; in CrashLoopBackOff what the last end was called,
//               when that says more than Error or Completed: a loop of OOM kills is OOMKilled
//   terminated  any end that is not exit code 0, by its reason (OOMKilled, Error, DeadlineExceeded, …)
//   running     none, whatever it ended with before
//
// Pure. Reasons are the kubelet's own words; `metricReason` keeps those that nobody knows out of labels.
// https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#container-states
import type { ContainerInfo } from './pod-info.ts';

type State = Pick<ContainerInfo, 'state' | 'reason' | 'exitCode' | 'lastState'>;

const usualWaits: ReadonlySet<string> = new Set(['ContainerCreating', 'PodInitializing']);
const saysNothing: ReadonlySet<string> = new Set(['Error', 'Completed']);
const loop = 'CrashLoopBackOff';

/** Undefined when nothing is wrong with it. */
export function containerIssueReason(container: State): string | undefined {
  switch (container.state) {
    case 'running':
      return undefined;
    case 'terminated':
      return endReason(container);
    case 'waiting':
      return waitReason(container);
  }
}

function endReason({ exitCode, reason }: State): string | undefined {
  if (exitCode === 0) return undefined;
  if (exitCode === undefined && (reason === undefined || reason === 'Completed')) return undefined;
  return reason === undefined || reason === 'Completed' ? 'Error' : reason;
}

function waitReason({ reason, lastState }: State): string | undefined {
  if (reason === undefined || usualWaits.has(reason)) return undefined;
  if (reason !== loop) return reason;
  const last = lastState?.reason;
  return last === undefined || saysNothing.has(last) ? loop : last;
}

const knownReasons: ReadonlySet<string> = new Set([
  ...['ErrImagePull', 'ImagePullBackOff', 'InvalidImageName', 'ErrImageNeverPull', 'ImageInspectError'],
  ...['RegistryUnavailable', 'SignatureValidationFailed', 'CreateContainerConfigError', 'CreateContainerError'],
  ...['PreStartHookError', 'PreCreateHookError', 'PostStartHookError', 'RunContainerError', 'StartError', loop],
  ...['Error', 'OOMKilled', 'ContainerCannotRun', 'DeadlineExceeded', 'Evicted', 'ContainerStatusUnknown'],
]);

/** Whoever may write the status of pods could make up words without an end. */
export function metricReason(reason: string): string {
  return knownReasons.has(reason) ? reason : 'Other';
}
