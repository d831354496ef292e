// One deletion, and what its answer says: taken, failed, or that the workload is not there.
// Rule: only what is surely ours is deleted. With a uid the API server itself holds us to that object; where we know
// none, or the name is another object's by now (409), the object is read first and deleted only with all our marks. What is
// deleted for its timeout, or to give way, is read first, too, for it may have finished while nobody could see it; and is
// deleted only as it was read, for it may finish before the deletion arrives, which a lost one does as late as it likes.
import { isNotFound, isRefusedWith } from '../../pkg/kubernetes/answers.ts';
import type { ApiResult, Cluster, DeleteOptions, KubernetesObject, ObjectMeta } from '../../pkg/kubernetes/cluster.ts';
import { rulesOfKind } from '../../pkg/kubernetes/workload-kinds.ts';
import type { Attempt } from '../../pkg/models/index.ts';
import { isOurs } from './identity.ts';
import { type DeleteOutcome, waitOf } from './outcomes.ts';

export interface DeleteDeps {
  cluster: Cluster;
  queueId: string;
}

const missing: DeleteOutcome = { kind: 'delete_answered', outcome: 'missing' };

export interface Deletion {
  jobId: string;
  attempt: Attempt;
  propagation: 'foreground' | 'background';
  unlessFinished?: true;
}

export async function deleteWorkload(deps: DeleteDeps, deletion: Deletion): Promise<DeleteOutcome> {
  const { uid } = deletion.attempt.workload;
  if (uid === undefined || deletion.unlessFinished) return deleteByMarks(deps, deletion);
  const result = await callDelete(deps, deletion, { uid });
  return isRefusedWith(result, 409) ? deleteByMarks(deps, deletion) : outcomeOf(result);
}

async function deleteByMarks(deps: DeleteDeps, deletion: Deletion): Promise<DeleteOutcome> {
  const { jobId, attempt, unlessFinished } = deletion;
  const { kind, namespace, name } = attempt.workload;
  const found = await deps.cluster.get(rulesOfKind(kind).resource, namespace, name);
  if (found.outcome !== 'ok') return outcomeOf(found);
  if (!isOurs(found.value, deps.queueId, jobId, attempt.attempt)) return missing;
  if (unlessFinished && hasFinished(found.value)) return { kind: 'delete_answered', outcome: 'finished' };
  return outcomeOf(await callDelete(deps, deletion, found.value.metadata));
}

/** By itself: what is being deleted fails for that reason alone. */
function hasFinished(object: KubernetesObject): boolean {
  const { complete, failed } = rulesOfKind(object.kind).stateOf(object);
  return (complete || failed !== undefined) && object.metadata.deletionTimestamp === undefined;
}

function callDelete(
  deps: DeleteDeps,
  { propagation, attempt, unlessFinished }: Deletion,
  { uid, resourceVersion }: Pick<ObjectMeta, 'uid' | 'resourceVersion'>,
): Promise<ApiResult<undefined>> {
  const { kind, namespace, name } = attempt.workload;
  const options: DeleteOptions = { propagation };
  if (uid !== undefined) options.uid = uid;
  if (unlessFinished && resourceVersion !== undefined) options.resourceVersion = resourceVersion;
  return deps.cluster.delete(rulesOfKind(kind).resource, namespace, name, options);
}

function outcomeOf(result: ApiResult<unknown>): DeleteOutcome {
  if (result.outcome === 'ok') return { kind: 'delete_answered', outcome: 'accepted' };
  if (isNotFound(result)) return missing;
  return { kind: 'delete_answered', outcome: 'failed', message: result.message, ...waitOf(result) };
}
