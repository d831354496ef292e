// JobSets whose Jobs a test plays, and what tests read of them and of what belongs to them. Plain data.
import type { FailurePolicy, JobSetSpec, JobSetStatus, ReplicatedJob } from '../../../pkg/models/index.ts';

export interface JobDocument {
  metadata: {
    name: string;
    uid: string;
    labels: Record<string, string>;
    annotations: Record<string, string>;
    deletionTimestamp?: string;
    finalizers?: string[];
    ownerReferences: Array<Record<string, unknown>>;
  };
  spec: {
    suspend: boolean;
    managedBy: string;
    completionMode: string;
    template: { metadata: JobDocument['metadata']; spec: Record<string, unknown> };
  };
  status: { startTime?: string };
}

export interface JobSetDocument {
  metadata: {
    name: string;
    uid: string;
    resourceVersion: string;
    generation: number;
    deletionTimestamp?: string;
    finalizers?: string[];
  };
  status?: JobSetStatus;
}

export interface ServiceDocument {
  metadata: Record<string, unknown>;
  spec: Record<string, unknown>;
}

export interface EventDocument {
  type: string;
  reason: string;
  message: string;
  metadata: { resourceVersion: string };
  involvedObject: { kind: string; name: string; uid: string };
}

/** No controller of the cluster touches its Jobs. */
export function unmanaged(
  name: string,
  replicas = 1,
  more: Partial<ReplicatedJob> = {},
  pods: object = {},
): ReplicatedJob {
  const spec = { containers: [{ name: 'main', image: 'busybox:1.36' }], ...pods };
  return {
    ...{ name, replicas },
    template: {
      spec: { managedBy: 'test.kubejobs.io/test', parallelism: 1, completions: 1, backoffLimit: 0, template: { spec } },
    },
    ...more,
  };
}

/** Jobs that nothing but a test ends, where a JobSet needs two of one kind and one of another. */
export function simple(failurePolicy?: FailurePolicy): JobSetSpec {
  return { replicatedJobs: [unmanaged('a', 2), unmanaged('b')], ...(failurePolicy && { failurePolicy }) };
}

export const prefix = 'jobset.sigs.k8s.io/';

/** Of the labels of a child Job. */
export function attemptOf({ metadata }: JobDocument): string | undefined {
  return metadata.labels[`${prefix}restart-attempt`];
}
