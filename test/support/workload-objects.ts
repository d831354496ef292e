// JobSets, PyTorchJobs, Jobs and pods as the API server shows them, for tests of their health: a test says what matters.
import type { KubernetesObject } from '../../pkg/kubernetes/cluster.ts';

type Fields = Record<string, unknown>;

export interface WorkloadParts {
  kind?: 'JobSet' | 'PyTorchJob' | 'Job';
  name?: string;
  uid?: string;
  version?: number;
  /** The uid of a JobSet. */
  owner?: string;
  conditions?: Fields[];
  spec?: Fields;
  status?: Fields;
}

const apiVersions = { JobSet: 'jobset.x-k8s.io/v1alpha2', PyTorchJob: 'kubeflow.org/v1', Job: 'batch/v1' };

export function aWorkload(parts: WorkloadParts = {}): KubernetesObject {
  const { kind = 'Job', name = 'work', uid = `uid-${name}`, version = 1, owner, conditions, spec = {}, status } = parts;
  return {
    apiVersion: apiVersions[kind],
    kind,
    metadata: {
      ...{ name, uid, namespace: 'default', resourceVersion: String(version) },
      ...(owner && { ownerReferences: [ownerReference('JobSet', owner)] }),
    },
    spec,
    status: { ...(conditions && { conditions }), ...status },
  };
}

export function condition(type: string, at = '2026-11-01T00:00:00Z', more: Fields = {}): Fields {
  return { type, status: 'True', lastTransitionTime: at, ...more };
}

export interface PodParts {
  name?: string;
  version?: number;
  /** The uid of its Job or PyTorchJob. */
  owner?: string;
  ownerKind?: string;
  phase?: string;
  /** The status of its container `main`. */
  main?: Fields;
  init?: Fields;
  sidecar?: Fields;
  status?: Fields;
  spec?: Fields;
}

export function aPod(parts: PodParts = {}): KubernetesObject {
  const { name = 'pod', version = 1, owner = 'uid-work', ownerKind = 'Job', phase = 'Running' } = parts;
  const { main, init, sidecar, status = {}, spec = {} } = parts;
  const initial = [
    ...(init ? [{ name: 'init' }] : []),
    ...(sidecar ? [{ name: 'sidecar', restartPolicy: 'Always' }] : []),
  ];
  const statuses = [
    ...(init ? [{ name: 'init', ...init }] : []),
    ...(sidecar ? [{ name: 'sidecar', ...sidecar }] : []),
  ];
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      ...{ name, uid: `uid-${name}`, namespace: 'default', resourceVersion: String(version) },
      ownerReferences: [ownerReference(ownerKind, owner)],
    },
    spec: { containers: [{ name: 'main' }], ...(initial.length > 0 && { initContainers: initial }), ...spec },
    status: {
      phase,
      ...(main && { containerStatuses: [{ name: 'main', ...main }] }),
      ...(statuses.length > 0 && { initContainerStatuses: statuses }),
      ...status,
    },
  };
}

export const waiting = (reason: string, message?: string): Fields => ({
  state: { waiting: { reason, ...(message && { message }) } },
});
export const running = { state: { running: { startedAt: '2026-11-01T00:00:00Z' } }, ready: true };
export const ended = (exitCode: number, reason = exitCode === 0 ? 'Completed' : 'Error'): Fields => ({
  state: { terminated: { exitCode, reason } },
});
export const looping = (exitCode: number, reason: string): Fields => ({
  ...waiting('CrashLoopBackOff', 'back-off 10s restarting failed container'),
  lastState: { terminated: { exitCode, reason } },
  restartCount: 3,
});

export const unschedulable = {
  conditions: [
    {
      type: 'PodScheduled',
      status: 'False',
      reason: 'Unschedulable',
      message: '0/4 nodes are available: too few CPUs.',
    },
  ],
};

function ownerReference(kind: string, uid: string) {
  return { apiVersion: 'v1', kind, name: uid.replace(/^uid-/, ''), uid, controller: true };
}
