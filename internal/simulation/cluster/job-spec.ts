// A Job's spec as typed fields, and the defaults and marks that the API server adds to a Job it admits.
import type { KubernetesObject } from '../../../pkg/kubernetes/cluster.ts';

export interface Container {
  name: string;
  image: string;
}

export interface PodTemplate {
  metadata?: { labels?: Record<string, string>; annotations?: Record<string, string> };
  spec: { containers: Container[] } & Record<string, unknown>;
}

/** The fields that the simulation obeys; the others are kept as they came. */
export interface JobSpec {
  parallelism?: number;
  completions?: number;
  suspend?: boolean;
  activeDeadlineSeconds?: number;
  ttlSecondsAfterFinished?: number;
  template: PodTemplate;
}

/** Only for a Job that passed validation. */
export function jobSpecOf(job: KubernetesObject): JobSpec {
  return job.spec as unknown as JobSpec;
}

/** Pods that the Job needs in all. Without `completions` it is a work queue: one run of `parallelism` pods. */
export function podsNeeded(spec: JobSpec): number {
  return spec.completions ?? spec.parallelism ?? 1;
}

export function jobLabels(jobName: string, uid: string): Record<string, string> {
  return {
    'batch.kubernetes.io/controller-uid': uid,
    'batch.kubernetes.io/job-name': jobName,
    'controller-uid': uid,
    'job-name': jobName,
  };
}

/** The spec with defaults, the generated selector and the template's labels (Kubernetes: "Job: pod selector"). */
export function defaultedJobSpec(job: KubernetesObject, uid: string): Record<string, unknown> {
  const spec = withoutNulls(jobSpecOf(job));
  const alone = spec.completions === undefined && spec.parallelism === undefined;
  const labels = { ...spec.template.metadata?.labels, ...jobLabels(job.metadata.name, uid) };
  return {
    backoffLimit: 6,
    completionMode: 'NonIndexed',
    parallelism: 1,
    suspend: false,
    ...(alone ? { completions: 1 } : {}),
    selector: { matchLabels: { 'batch.kubernetes.io/controller-uid': uid } },
    ...spec,
    template: { ...spec.template, metadata: { ...spec.template.metadata, labels } },
  };
}

/** To the API server a null is a field that was not set. */
function withoutNulls(spec: JobSpec): JobSpec {
  return Object.fromEntries(Object.entries(spec).filter(([, value]) => value !== null)) as unknown as JobSpec;
}
