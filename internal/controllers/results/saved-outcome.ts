// How an attempt ended whose Job is gone, when its result was saved: then it did not vanish, it finished.
import type { ApiResult, Cluster } from '../../../pkg/kubernetes/cluster.ts';
import { findResult } from '../../../pkg/kubernetes/results/saved-result.ts';
import type { WorkloadReference } from '../../../pkg/models/index.ts';
import type { WorkloadObservation } from '../../core/events.ts';
import { observationOf } from './own-facts.ts';

/** Undefined: there is no result of this very attempt, or nobody may read it. */
export async function savedOutcome(
  cluster: Pick<Cluster, 'get'>,
  isWanted: boolean | 'unreadable',
  { kind, namespace, name, uid }: WorkloadReference,
  jobId: string,
  attempt: number,
): Promise<ApiResult<WorkloadObservation | undefined>> {
  const none = { outcome: 'ok', value: undefined } as const;
  if (isWanted === 'unreadable')
    return { outcome: 'unknown', message: 'the store does not say whether it has a result' };
  if (!isWanted || kind !== 'Job' || uid === undefined) return none;
  const found = await findResult(cluster, namespace, name, uid);
  if (found.outcome === 'refused' && found.status !== 429) return none;
  if (found.outcome !== 'ok') return found;
  const result = found.value?.result;
  if (result?.jobId !== jobId || result.attempt !== attempt) return none;
  return { outcome: 'ok', value: observationOf(result) };
}
