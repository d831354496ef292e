// The Jobs of the simulated cluster as its own events show them, for checkers.
import { attemptLabel, jobIdLabel } from '../../../pkg/kubernetes/labels.ts';
import type { ClusterChange } from '../trace.ts';

export interface Workload {
  uid: string;
  jobId: string;
  attempt: number;
  /** Complete, Failed, or neither yet. */
  end: 'Complete' | 'Failed' | undefined;
  isDeleting: boolean;
}

export function workloadOf({ object }: ClusterChange): Workload {
  const { labels = {}, uid = '', deletionTimestamp } = object.metadata;
  const conditions = (object.status?.conditions ?? []) as Array<{ type: string }>;
  const end = conditions.find(({ type }) => type === 'Complete' || type === 'Failed')?.type;
  return {
    uid,
    jobId: labels[jobIdLabel] ?? '',
    attempt: Number(labels[attemptLabel]),
    end: end === 'Complete' || end === 'Failed' ? end : undefined,
    isDeleting: deletionTimestamp !== undefined,
  };
}
