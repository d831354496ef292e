// Pods of a simulated workload in Kubernetes' shape, one function per step of their life: Pending, Running, and the end.
// Pure: they take the pod as it is and return its next version; who stores it and when is the kubelet's affair.
import type { KubernetesObject } from '../../../pkg/kubernetes/cluster.ts';
import type { Container, PodTemplate } from './job-spec.ts';
import { kubernetesTime } from './timestamps.ts';

interface Running {
  startedAt: string;
}

export interface Terminated extends Running {
  exitCode: number;
  reason: string;
  finishedAt: string;
}

interface ContainerStatus {
  name: string;
  image: string;
  ready: boolean;
  started: boolean;
  restartCount: number;
  state: { waiting: { reason: string } } | { running: Running } | { terminated: Terminated };
}

export interface PodStatus {
  phase: 'Pending' | 'Running' | 'Succeeded' | 'Failed';
  startTime: string;
  conditions: Array<{ type: string; status: 'True' | 'False'; reason?: string; lastTransitionTime: string }>;
  containerStatuses: ContainerStatus[];
}

const nodeName = 'simulated-node';

export function podStatusOf(pod: KubernetesObject): PodStatus {
  return pod.status as unknown as PodStatus;
}

export function containersOf(pod: KubernetesObject): Container[] {
  return (pod.spec as unknown as { containers: Container[] }).containers;
}

/** What a controller wants a pod to be; without a name it gets one of its own. */
export interface PodWish {
  name?: string;
  template: PodTemplate;
  /** Those of the controller. */
  labels: Record<string, string>;
}

export function pendingPod(
  workload: KubernetesObject,
  { name, template, labels: own }: Required<PodWish>,
  uid: string,
  at: number,
): KubernetesObject {
  const { labels, annotations } = { ...template.metadata };
  const { apiVersion, kind, metadata } = workload;
  const owner = { apiVersion, kind, name: metadata.name, uid: metadata.uid ?? '', controller: true };
  const pod: KubernetesObject = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      namespace: metadata.namespace ?? 'default',
      uid,
      creationTimestamp: kubernetesTime(at),
      labels: { ...labels, ...own },
      ...(annotations ? { annotations } : {}),
      ownerReferences: [owner],
    },
    spec: { ...template.spec, nodeName },
  };
  return withStatus(pod, 'Pending', at, () => ({ waiting: { reason: 'ContainerCreating' } }));
}

export function runningPod(pod: KubernetesObject, at: number): KubernetesObject {
  return withStatus(pod, 'Running', at, () => ({ running: { startedAt: kubernetesTime(at) } }));
}

/** Its first container ends with `exitCode`, the others with 0. */
export function endedPod(pod: KubernetesObject, exitCode: number, at: number): KubernetesObject {
  const startedAt = runningSince(pod) ?? kubernetesTime(at);
  const finishedAt = kubernetesTime(at);
  return withStatus(pod, exitCode === 0 ? 'Succeeded' : 'Failed', at, (position) => {
    const code = position === 0 ? exitCode : 0;
    return { terminated: { exitCode: code, reason: code === 0 ? 'Completed' : 'Error', startedAt, finishedAt } };
  });
}

export function isEnded(pod: KubernetesObject): boolean {
  const { phase } = podStatusOf(pod);
  return phase === 'Succeeded' || phase === 'Failed';
}

function runningSince(pod: KubernetesObject): string | undefined {
  const state = podStatusOf(pod).containerStatuses[0]?.state;
  return state && 'running' in state ? state.running.startedAt : undefined;
}

function withStatus(
  pod: KubernetesObject,
  phase: PodStatus['phase'],
  at: number,
  stateOf: (position: number) => ContainerStatus['state'],
): KubernetesObject {
  const running = phase === 'Running';
  const status: PodStatus = {
    phase,
    startTime: (pod.status?.startTime as string | undefined) ?? kubernetesTime(at),
    conditions: conditions(phase, at),
    containerStatuses: containersOf(pod).map(({ name, image }, position) => ({
      name,
      image,
      ready: running,
      started: running,
      restartCount: 0,
      state: stateOf(position),
    })),
  };
  return { ...pod, status: { ...status } };
}

function conditions(phase: PodStatus['phase'], at: number): PodStatus['conditions'] {
  const lastTransitionTime = kubernetesTime(at);
  const completed = phase === 'Succeeded' ? { reason: 'PodCompleted' } : {};
  return [
    { type: 'PodScheduled', status: 'True', lastTransitionTime },
    { type: 'Initialized', status: 'True', ...completed, lastTransitionTime },
    { type: 'ContainersReady', status: phase === 'Running' ? 'True' : 'False', ...completed, lastTransitionTime },
    { type: 'Ready', status: phase === 'Running' ? 'True' : 'False', ...completed, lastTransitionTime },
  ];
}
