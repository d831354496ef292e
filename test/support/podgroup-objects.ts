// Pods of groups, and their owners, as the API server shows them; a test says only what matters.
import { type GroupPod, groupPodOf, type PodGroupLabels } from '../../internal/controllers/podgroup/records.ts';
import type { KubernetesObject } from '../../pkg/kubernetes/cluster.ts';
import { testQueueId } from './kubernetes-objects.ts';
import { unschedulable } from './workload-objects.ts';

type Fields = Record<string, unknown>;

export const usualLabels: PodGroupLabels = {
  name: 'podgroup.jhwagner.github.io/name',
  ready: 'podgroup.jhwagner.github.io/ready',
};

export interface GroupPodParts {
  name?: string;
  namespace?: string;
  group?: string;
  uid?: string;
  version?: number;
  /** `Unschedulable` is Pending with the scheduler's words. */
  phase?: string;
  ready?: boolean;
  deleted?: boolean;
  size?: unknown;
  owner?: { kind: string; name: string; uid?: string; apiVersion?: string };
  /** Of the queue's own. */
  job?: { id: string; attempt?: number };
  names?: PodGroupLabels;
}

const apiVersions: Record<string, string> = {
  Job: 'batch/v1',
  JobSet: 'jobset.x-k8s.io/v1alpha2',
  StatefulSet: 'apps/v1',
  ReplicaSet: 'apps/v1',
};

export function groupPodObject(parts: GroupPodParts = {}): KubernetesObject {
  const { name = 'a', namespace = 'team', group = 'g', version = 1, phase = 'Running', names = usualLabels } = parts;
  const { job, owner, size } = parts;
  const labels: Record<string, string> = {
    [names.name]: group,
    ...(parts.ready && { [names.ready]: 'true' }),
    ...(job && {
      'kubejobs.io/queue-id': testQueueId,
      'kubejobs.io/job-id': job.id,
      'kubejobs.io/attempt': String(job.attempt ?? 1),
    }),
  };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      ...{ name, namespace, uid: parts.uid ?? `uid-${name}`, resourceVersion: String(version), labels },
      ...(size !== undefined && { annotations: { 'kubejobs.io/podgroup-size': size as string } }),
      ...(owner && { ownerReferences: [reference(owner)] }),
      ...(parts.deleted && { deletionTimestamp: '2030-01-01T00:00:00Z' }),
    },
    spec: { containers: [{ name: 'main' }] },
    status: phase === 'Unschedulable' ? { phase: 'Pending', ...unschedulable } : { phase },
  };
}

export function groupPod(parts: GroupPodParts = {}): GroupPod {
  const pod = groupPodOf(groupPodObject(parts), parts.names ?? usualLabels, testQueueId);
  if (!pod) throw new Error('it is of no group');
  return pod;
}

function reference({ kind, name, uid = `uid-${name}`, apiVersion }: NonNullable<GroupPodParts['owner']>) {
  return { apiVersion: apiVersion ?? apiVersions[kind] ?? 'v1', kind, name, uid, controller: true };
}

/** `above`: its own owner. */
export function ownerObject(
  kind: 'Job' | 'JobSet' | 'StatefulSet',
  name: string,
  spec: Fields,
  above?: NonNullable<GroupPodParts['owner']>,
): KubernetesObject {
  const references = above ? { ownerReferences: [reference(above)] } : {};
  return {
    ...{ apiVersion: apiVersions[kind] ?? '', kind },
    metadata: { name, namespace: 'team', uid: `uid-${name}`, resourceVersion: '1', ...references },
    spec,
  };
}

/** What a spec needs for its pods to be of the group. */
export function templateOf(group = 'g'): Fields {
  return { template: { metadata: { labels: { [usualLabels.name]: group } } } };
}
