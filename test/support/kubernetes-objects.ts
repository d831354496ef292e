// Jobs and Pods of the queue as the API server shows them; a test says only what matters.
import type { KubernetesObject } from '../../pkg/kubernetes/cluster.ts';

export const testQueueId = '00000000-0000-4000-8000-000000000001';
export const testJobId = '01a1fdce-f857-7761-88d6-e2a8f32f2d42';

type Fields = Record<string, unknown>;

interface JobParts {
  name?: string;
  namespace?: string;
  uid?: string;
  version?: number;
  attempt?: number;
  labels?: Record<string, string>;
  spec?: Fields;
  /** Conditions that are True, with reason and message. */
  conditions?: Array<{ type: string; reason?: string; message?: string; status?: string }>;
}

export function ourLabels(attempt = 1): Record<string, string> {
  return {
    'kubejobs.io/queue-id': testQueueId,
    'kubejobs.io/job-id': testJobId,
    'kubejobs.io/attempt': String(attempt),
  };
}

export function jobObject(parts: JobParts = {}): KubernetesObject {
  const { name = 'job-1', namespace = 'team', uid = 'job-uid', version = 1, attempt = 1, spec = {} } = parts;
  const conditions = (parts.conditions ?? []).map((condition) => ({ status: 'True', ...condition }));
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name, namespace, uid, resourceVersion: String(version), labels: parts.labels ?? ourLabels(attempt) },
    spec,
    status: { conditions },
  };
}

interface PodParts {
  name?: string;
  namespace?: string;
  version?: number;
  attempt?: number;
  /** The uid of the Job that made it. */
  owner?: string;
  phase?: string;
  deleted?: boolean;
  status?: Fields;
  /** By container name: a state, or `{ state, lastState }`. */
  containers?: Record<string, Fields>;
  init?: Record<string, Fields>;
  /** Names of init containers that are sidecars. */
  sidecars?: string[];
}

export function podObject(parts: PodParts = {}): KubernetesObject {
  const { name = 'pod-1', namespace = 'team', version = 1, attempt = 1, owner = 'job-uid', phase = 'Pending' } = parts;
  const { containers = {}, init = {}, sidecars = [] } = parts;
  const metadata = {
    name,
    namespace,
    uid: `uid-${name}`,
    resourceVersion: String(version),
    labels: ourLabels(attempt),
  };
  const reference = { apiVersion: 'batch/v1', kind: 'Job', name: 'job-1', uid: owner, controller: true };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      ...metadata,
      ownerReferences: [reference],
      ...(parts.deleted ? { deletionTimestamp: '2030-01-01T00:00:00Z' } : {}),
    },
    spec: {
      containers: Object.keys(containers).map((container) => ({ name: container })),
      initContainers: Object.keys(init).map((container) => ({
        name: container,
        ...(sidecars.includes(container) ? { restartPolicy: 'Always' } : {}),
      })),
    },
    status: {
      phase,
      // The kubelet sorts these by name, whatever the order in the spec.
      containerStatuses: statuses(containers).sort((a, b) => (a.name < b.name ? -1 : 1)),
      initContainerStatuses: statuses(init),
      ...parts.status,
    },
  };
}

export function ended(exitCode: number, more: Fields = {}): Fields {
  const reason = exitCode === 0 ? 'Completed' : 'Error';
  return { terminated: { exitCode, reason, finishedAt: '2030-01-01T00:00:10Z', ...more } };
}

export function waiting(reason: string, message?: string): Fields {
  return { waiting: { reason, ...(message ? { message } : {}) } };
}

function statuses(containers: Record<string, Fields>): Array<Fields & { name: string }> {
  return Object.entries(containers).map(([name, state]) => ('state' in state ? { name, ...state } : { name, state }));
}
