// What the results controller reads of a Job whose result is to be saved. The shapes are read from JSON that others wrote,
// so nothing is taken for granted.
import type { KubernetesObject } from '../../../pkg/kubernetes/cluster.ts';
import { type Condition, conditionOf, list, text } from '../../../pkg/kubernetes/conditions.ts';
import { queueIdLabel } from '../../../pkg/kubernetes/labels.ts';
import { fields } from '../../../pkg/kubernetes/pod-template.ts';
import { type ResultStatus, statusAnnotation } from '../../../pkg/kubernetes/results/marks.ts';
import { attemptKeyOf } from '../jobs/records.ts';

export interface ResultJob {
  namespace: string;
  name: string;
  uid: string;
  suspended: boolean;
  /** Somebody deleted it, and it is not gone yet. */
  deleted: boolean;
  end?: { status: ResultStatus /** RFC 3339 */; at: string };
  /** Why it failed. */
  failed?: Condition;
  /** Its result was saved and told. */
  done: boolean;
  /** Whose queue it is from; undefined for a Job that no kubejobs made. */
  queueId?: string;
  /** `<jobId>/<attempt>` of the queue's own. */
  attemptKey?: string;
}

export function projectResultJob(object: KubernetesObject): ResultJob {
  const { metadata } = object;
  const end = endOf(object);
  const queueId = text(fields(metadata.labels)[queueIdLabel]);
  const attemptKey = attemptKeyOf(object);
  const failed = conditionOf(object.status, 'Failed', 'True');
  return {
    namespace: text(metadata.namespace) ?? '',
    name: metadata.name,
    uid: text(metadata.uid) ?? '',
    suspended: fields(object.spec).suspend === true,
    deleted: metadata.deletionTimestamp !== undefined,
    ...(end ? { end } : {}),
    ...(failed ? { failed } : {}),
    done: end !== undefined && fields(metadata.annotations)[statusAnnotation] === end.status,
    ...(queueId ? { queueId } : {}),
    ...(attemptKey ? { attemptKey } : {}),
  };
}

/** A completion time says success even before the condition does. */
function endOf({ status: written, metadata }: KubernetesObject): ResultJob['end'] {
  const status = fields(written);
  const completedAt = text(status.completionTime);
  const conditions = list(status.conditions).filter((condition) => condition.status === 'True');
  const complete = conditions.find((condition) => condition.type === 'Complete');
  const failed = conditions.find((condition) => condition.type === 'Failed');
  const at = (condition: Record<string, unknown> | undefined): string =>
    completedAt ?? text(condition?.lastTransitionTime) ?? text(metadata.creationTimestamp) ?? '';
  if (completedAt !== undefined || complete) return { status: 'completed', at: at(complete) };
  return failed ? { status: 'failed', at: at(failed) } : undefined;
}
