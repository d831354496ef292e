// What a simulated container has printed so far. Nothing is stored: the lines follow from the pod's status,
// and each says that it is simulated, so that nobody takes them for the output of a real program.
import type { KubernetesObject } from '../../../pkg/kubernetes/cluster.ts';
import { simulateDurationAnnotation } from '../../../pkg/kubernetes/labels.ts';
import { containersOf, podStatusOf } from './pod-objects.ts';

export interface LogLine {
  /** RFC 3339, whole seconds. */
  time: string;
  text: string;
}

/** Lines of one container, the first when none is named; `undefined` when the pod has no such container. */
export function simulatedLog(pod: KubernetesObject, containerName?: string): LogLine[] | undefined {
  const containers = containersOf(pod);
  const name = containerName ?? containers[0]?.name;
  const container = containers.find((one) => one.name === name);
  if (!container) return undefined;
  const state = podStatusOf(pod).containerStatuses.find((one) => one.name === name)?.state;
  if (!state || 'waiting' in state) return [];
  const { startedAt } = 'running' in state ? state.running : state.terminated;
  const lines = [
    { time: startedAt, text: `[simulated] container ${container.name} of ${pod.metadata.name} started` },
    {
      time: startedAt,
      text: `[simulated] image ${container.image} is not run; see annotation ${simulateDurationAnnotation}`,
    },
  ];
  if ('terminated' in state) {
    const { finishedAt, exitCode } = state.terminated;
    lines.push({ time: finishedAt, text: `[simulated] container ${container.name} ended with exit code ${exitCode}` });
  }
  return lines;
}
