// Workloads that kubejobs did not make, for tests of their health, and short words for what is seen of them.
import { getJson } from '../../support/server-process.ts';
import { until } from './queue.ts';

type Fields = Record<string, unknown>;

export interface SeenWorkload {
  kind: string;
  name: string;
  state: string;
  healthy: boolean;
  reason?: string;
  message?: string;
}

export interface SeenWorkloads {
  kinds: Array<{ kind: string; available: boolean; message?: string; states: Record<string, number> }>;
  container_issues: Record<string, number>;
  workloads: SeenWorkload[];
}

export function workloadsOf(url: string, query = ''): Promise<SeenWorkloads> {
  return getJson(`${url}/workloads${query}`);
}

/** The workload once `condition` holds for it. */
export async function workloadWhen(
  url: string,
  name: string,
  condition: (workload: SeenWorkload) => boolean,
  limitMs = 60_000,
): Promise<SeenWorkload> {
  let found: SeenWorkload | undefined;
  const look = async (): Promise<boolean> => {
    found = (await workloadsOf(url, '?unhealthy=false')).workloads.find((each) => each.name === name);
    return found !== undefined && condition(found);
  };
  await until(look, limitMs, () => `for ${name}: ${JSON.stringify(found)}`);
  return found as SeenWorkload;
}

/** `spec` is that of the Job. */
export function aJobNamed(name: string, spec: object, owner?: { name: string; uid: string }): Fields {
  const reference = { apiVersion: 'jobset.x-k8s.io/v1alpha2', kind: 'JobSet', controller: true, ...owner };
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name, ...(owner && { ownerReferences: [reference] }) },
    spec,
  };
}

/** A Job whose pod runs on the real node. */
export function realJob(name: string, pod: Fields, spec: Fields = {}): Fields {
  return aJobNamed(name, {
    backoffLimit: 0,
    ...spec,
    template: {
      spec: {
        restartPolicy: 'Never',
        nodeSelector: { 'kubernetes.io/hostname': 'localhost' },
        tolerations: [{ key: 'kubejobs.io/real', operator: 'Exists' }],
        terminationGracePeriodSeconds: 1,
        ...pod,
      },
    },
  });
}

export function shell(name: string, script: string, more: Fields = {}): Fields {
  return { name, image: 'busybox:1.36', imagePullPolicy: 'Never', command: ['sh', '-c', script], ...more };
}

/** What the API server needs to keep objects of this kind; nothing acts on them. */
function crdOf(kind: string, group: string, version: string) {
  const singular = kind.toLowerCase();
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: {
      name: `${singular}s.${group}`,
      annotations: { 'api-approved.kubernetes.io': 'https://github.com/kubernetes-sigs/jobset' },
    },
    spec: {
      group,
      scope: 'Namespaced',
      names: { plural: `${singular}s`, singular, kind },
      versions: [
        {
          ...{ name: version, served: true, storage: true, subresources: { status: {} } },
          schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
        },
      ],
    },
  };
}

export const jobSetCrd = crdOf('JobSet', 'jobset.x-k8s.io', 'v1alpha2');
export const pytorchJobCrd = crdOf('PyTorchJob', 'kubeflow.org', 'v1');
