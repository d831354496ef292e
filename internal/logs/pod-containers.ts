// The containers of an attempt's pods that have a log, from the pods as the API server tells them.
import type { KubernetesObject } from '../../pkg/kubernetes/cluster.ts';

export interface LoggingContainer {
  namespace: string;
  pod: string;
  container: string;
  /** It has ended for good. */
  isOver: boolean;
}

interface Status {
  name?: string;
  state?: { running?: object; terminated?: object };
  lastState?: { terminated?: object };
}

/** Pods in the order of their names, containers in that of the pod; those that never started have no log. */
export function loggingContainers(pods: readonly KubernetesObject[]): LoggingContainer[] {
  const sorted = [...pods].sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1));
  return sorted.flatMap(containersOf);
}

function containersOf({ metadata, spec = {}, status = {} }: KubernetesObject): LoggingContainer[] {
  const statuses = [
    ...((status.initContainerStatuses ?? []) as Status[]),
    ...((status.containerStatuses ?? []) as Status[]),
  ];
  const names = [...((spec.initContainers ?? []) as Status[]), ...((spec.containers ?? []) as Status[])].map(
    ({ name }) => name,
  );
  const podIsOver = status.phase === 'Succeeded' || status.phase === 'Failed';
  return names.flatMap((name = '') => {
    const { state = {}, lastState = {} } = statuses.find((candidate) => candidate.name === name) ?? {};
    if (!state.running && !state.terminated && !lastState.terminated) return [];
    const isOver = podIsOver || (state.terminated !== undefined && spec.restartPolicy === 'Never');
    return [{ namespace: metadata.namespace ?? 'default', pod: metadata.name, container: name, isOver }];
  });
}
