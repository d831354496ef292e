// A whole Kubernetes object as somebody hands it in, and the kinds that it can have. Plain data: what is inside `spec`
// is the API server's to judge, and nothing here knows how a kind is made, watched or finished.
import type { WorkloadKind } from './job.ts';
import { jobSetApiVersion } from './jobset.ts';

/** By kind, the only API version that is taken. */
export const manifestKinds = {
  Job: 'batch/v1',
  JobSet: jobSetApiVersion,
  PyTorchJob: 'kubeflow.org/v1',
} as const satisfies Partial<Record<WorkloadKind, string>>;
export type ManifestKind = keyof typeof manifestKinds;

export function isManifestKind(kind: unknown): kind is ManifestKind {
  return typeof kind === 'string' && Object.hasOwn(manifestKinds, kind);
}

export interface WorkloadManifest {
  apiVersion: string;
  kind: ManifestKind;
  metadata?: {
    /** What the names of its attempts begin with, the job's name when absent; a JobSet's own name, when it has one. */
    name?: string;
    /** The same as the job's, when both are given. */
    namespace?: string;
    labels?: Record<string, string>;
    annotations?: Record<string, string>;
  };
  /** In Kubernetes' own shape. */
  spec: Record<string, unknown>;
}
