// Whether an object on the cluster is the workload of one attempt of ours: by queue id, job id and attempt together.
import type { KubernetesObject } from '../../pkg/kubernetes/cluster.ts';
import { attemptLabel, jobIdLabel, queueIdLabel } from '../../pkg/kubernetes/labels.ts';

export function isOurs(object: KubernetesObject, queueId: string, jobId: string, attempt: number): boolean {
  const labels = object.metadata.labels ?? {};
  return labels[queueIdLabel] === queueId && labels[jobIdLabel] === jobId && labels[attemptLabel] === String(attempt);
}

/** Whose attempt's it is; undefined for an object of another queue, or of none. */
export function attemptOf(object: KubernetesObject, queueId: string): { jobId: string; attempt: number } | undefined {
  const labels = object.metadata.labels ?? {};
  const { [jobIdLabel]: jobId, [attemptLabel]: attempt = '' } = labels;
  if (labels[queueIdLabel] !== queueId || jobId === undefined || !/^[1-9]\d{0,8}$/.test(attempt)) return undefined;
  return { jobId, attempt: Number(attempt) };
}
