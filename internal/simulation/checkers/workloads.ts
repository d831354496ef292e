// The Jobs and pods of the simulated cluster as its own changes show them, for checkers.
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
  return {
    uid,
    jobId: labels[jobIdLabel] ?? '',
    attempt: Number(labels[attemptLabel]),
    end: endOf(object),
    isDeleting: deletionTimestamp !== undefined,
  };
}

function endOf({ status }: ClusterChange['object']): Workload['end'] {
  for (const { type } of (status?.conditions ?? []) as Array<{ type: string }>) {
    if (type === 'Complete' || type === 'Failed') return type;
  }
  return undefined;
}

export interface Pod {
  uid: string;
  jobId: string;
  isEnded: boolean;
}

export function podOf({ type, object }: ClusterChange): Pod {
  const { labels = {}, uid = '' } = object.metadata;
  const { phase } = (object.status ?? {}) as { phase?: string };
  const isEnded = type === 'DELETED' || phase === 'Succeeded' || phase === 'Failed';
  return { uid, jobId: labels[jobIdLabel] ?? '', isEnded };
}
