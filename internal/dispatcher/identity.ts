// Whether an object on the cluster is the workload of one attempt of ours: by queue id, job id and attempt together.
import type { KubernetesObject } from '../../pkg/kubernetes/cluster.ts';
import { attemptLabel, jobIdLabel, queueIdLabel } from '../../pkg/kubernetes/labels.ts';

export function isOurs(object: KubernetesObject, queueId: string, jobId: string, attempt: number): boolean {
  const labels = object.metadata.labels ?? {};
  return labels[queueIdLabel] === queueId && labels[jobIdLabel] === jobId && labels[attemptLabel] === String(attempt);
}
