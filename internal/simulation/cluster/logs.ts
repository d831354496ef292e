// What a simulated container has printed so far. Nothing is stored: the lines follow from the pod's status,
// and each says that it is simulated, so that nobody takes them for the output of a real program.
import type { KubernetesObject } from '../../../pkg/kubernetes/cluster.ts';
import { simulateDurationAnnotation } from '../../../pkg/kubernetes/labels.ts';
import type { LogOptions } from '../../../pkg/kubernetes/log-source.ts';
import { type Clock, sleep } from '../../platform/clock.ts';
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

export interface LogStreamOptions extends Omit<LogOptions, 'container'> {
  clock: Clock;
  /** Undefined once the pod is gone. */
  linesNow(): LogLine[] | undefined;
}

const lookAgainMs = 500;
/** A container that has ended has said so. */
const linesInAll = 3;

/** The lines as the log endpoint sends them, with their times. */
export async function* logStream(options: LogStreamOptions): AsyncGenerator<Uint8Array> {
  const { clock, linesNow, follow, tailLines, sinceTime = '', signal } = options;
  let lines = linesNow() ?? [];
  let next = Math.max(0, lines.length - (tailLines ?? lines.length));
  while (!signal.aborted) {
    for (const { time, text } of lines.slice(next)) if (time >= sinceTime) yield Buffer.from(`${time} ${text}\n`);
    next = lines.length;
    if (!follow || next >= linesInAll) return;
    await sleep(clock, lookAgainMs, signal);
    const now = linesNow();
    if (!now) return;
    lines = now;
  }
}
