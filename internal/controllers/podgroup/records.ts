// What is kept of each pod of a group: the fields that decide whether the group is ready, and nothing else. Pure. Shapes come
// from JSON that others wrote. Nothing here throws: a pod that was skipped for its oddness would make its group look smaller
// than it is, and a group must never be called ready for that.
import type { KubernetesObject } from '../../../pkg/kubernetes/cluster.ts';
import { type Condition, conditionOf, text } from '../../../pkg/kubernetes/conditions.ts';
import { podGroupSizeAnnotation, queueIdLabel } from '../../../pkg/kubernetes/labels.ts';
import { controllerReference } from '../../../pkg/kubernetes/owner.ts';
import { fields } from '../../../pkg/kubernetes/pod-template.ts';
import { attemptKeyOf } from '../jobs/records.ts';

export interface PodGroupLabels {
  /** Its value is the name of the pod's group. */
  name: string;
  /** `true` on the pods of a group that is or was ready. */
  ready: string;
}

export interface Owner {
  apiVersion: string;
  kind: string;
  name: string;
  uid: string;
}

export const podPhases = ['Pending', 'Running', 'Succeeded', 'Failed', 'Unknown'] as const;
export type PodPhase = (typeof podPhases)[number];

export interface GroupPod {
  namespace: string;
  group: string;
  name: string;
  uid: string;
  resourceVersion: string;
  phase: PodPhase;
  /** It has the ready label, and counts as running whatever its phase. */
  ready: boolean;
  /** Somebody deleted it, and it is not gone yet. */
  deleted: boolean;
  /** No node takes it, in the scheduler's words. */
  unschedulable?: Condition;
  /** What the size annotation says, whatever that is. */
  size?: string;
  /** Its controller. */
  owner?: Owner;
  /** Of this queue's own jobs: `<jobId>/<attempt>`. */
  attemptKey?: string;
}

const longestShown = 32;

/** Undefined for a pod that is of no group, such as one whose label is empty. */
export function groupPodOf(pod: KubernetesObject, labels: PodGroupLabels, queueId: string): GroupPod | undefined {
  const { metadata } = pod;
  const own = fields(metadata.labels);
  const group = text(own[labels.name]);
  if (group === undefined) return undefined;
  const size = fields(metadata.annotations)[podGroupSizeAnnotation];
  const owner = controllerOf(metadata);
  const attemptKey = own[queueIdLabel] === queueId ? attemptKeyOf(pod) : undefined;
  return {
    ...{ namespace: text(metadata.namespace) ?? '', group, name: String(metadata.name) },
    ...{ uid: text(metadata.uid) ?? '', resourceVersion: text(metadata.resourceVersion) ?? '' },
    ...phaseOf(pod.status),
    ready: own[labels.ready] === 'true',
    deleted: metadata.deletionTimestamp !== undefined,
    ...(size !== undefined && { size: String(size).slice(0, longestShown) }),
    ...(owner && { owner }),
    ...(attemptKey !== undefined && { attemptKey }),
  };
}

function phaseOf(status: unknown): Pick<GroupPod, 'phase' | 'unschedulable'> {
  const { phase: given } = fields(status);
  const phase = podPhases.find((each) => each === given) ?? 'Unknown';
  const scheduled = phase === 'Pending' ? conditionOf(status, 'PodScheduled', 'False') : undefined;
  return { phase, ...(scheduled?.reason === 'Unschedulable' && { unschedulable: scheduled }) };
}

export function controllerOf(metadata: KubernetesObject['metadata']): Owner | undefined {
  const found = controllerReference(metadata);
  const [apiVersion, kind, name, uid] = [found?.apiVersion, found?.kind, found?.name, found?.uid].map(text);
  return apiVersion && kind && name && uid ? { apiVersion, kind, name, uid } : undefined;
}

/** Also when its phase says something else by now: a Stage may end the first pod before the last one has its label. */
export function countsAsRunning({ phase, ready }: GroupPod): boolean {
  return ready || phase === 'Running';
}

export function groupKey({ namespace, group }: Pick<GroupPod, 'namespace' | 'group'>): string {
  return `${namespace}/${group}`;
}
