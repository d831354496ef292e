// What the results controller reads of a Job whose result is to be saved. The shapes are read from JSON that others wrote,
// so nothing is taken for granted.
import type { KubernetesObject } from '../../../pkg/kubernetes/cluster.ts';
import { type Condition, conditionOf, list, text } from '../../../pkg/kubernetes/conditions.ts';
import { queueIdLabel } from '../../../pkg/kubernetes/labels.ts';
import { fields } from '../../../pkg/kubernetes/pod-template.ts';
import { type ResultStatus, savedUidAnnotation, statusAnnotation } from '../../../pkg/kubernetes/results/marks.ts';
import { attemptKeyOf } from '../jobs/records.ts';

export interface ResultJob {
  namespace: string;
  name: string;
  uid: string;
  suspended: boolean;
  /** Somebody deleted it, and it is not gone yet. */
  deleted: boolean;
  end?: {
    status: ResultStatus;
    /** RFC 3339; empty when the Job does not say. */
    at: string;
  };
  /** Why it failed. */
  failed?: Condition;
  /** Its mark says that its result was saved and told. */
  done: boolean;
  /** Whose queue it is from; undefined for a Job that no kubejobs made. */
  queueId?: string;
  /** `<jobId>/<attempt>` of the queue's own. */
  attemptKey?: string;
}

/** Throws for a Job without a uid: nobody could say later whose result it is. */
export function projectResultJob(object: KubernetesObject): ResultJob {
  const { metadata } = object;
  const uid = text(metadata.uid);
  if (uid === undefined) throw new Error('it has no metadata.uid');
  const end = endOf(object);
  const queueId = text(fields(metadata.labels)[queueIdLabel]);
  const attemptKey = attemptKeyOf(object);
  const failed = conditionOf(object.status, 'Failed', 'True');
  return {
    namespace: text(metadata.namespace) ?? '',
    name: metadata.name,
    uid,
    suspended: fields(object.spec).suspend === true,
    deleted: metadata.deletionTimestamp !== undefined,
    ...(end ? { end } : {}),
    ...(failed ? { failed } : {}),
    done: end !== undefined && isMarked(fields(metadata.annotations), uid, end.status),
    ...(queueId ? { queueId } : {}),
    ...(attemptKey ? { attemptKey } : {}),
  };
}

function isMarked(annotations: Record<string, unknown>, uid: string, status: ResultStatus): boolean {
  const { [statusAnnotation]: marked, [savedUidAnnotation]: markedUid = uid } = annotations;
  return marked === status && markedUid === uid;
}

/** A completion time says success even before the condition does. */
function endOf({ status: written, metadata }: KubernetesObject): ResultJob['end'] {
  const status = fields(written);
  const isCompleted = text(status.completionTime) !== undefined;
  const conditions = list(status.conditions).filter((condition) => condition.status === 'True');
  const complete = conditions.find((condition) => condition.type === 'Complete');
  const failed = conditions.find((condition) => condition.type === 'Failed');
  const at = (condition: Record<string, unknown> | undefined): string =>
    timeOf(status.completionTime) ?? timeOf(condition?.lastTransitionTime) ?? timeOf(metadata.creationTimestamp) ?? '';
  if (isCompleted || complete) return { status: 'completed', at: at(complete) };
  return failed ? { status: 'failed', at: at(failed) } : undefined;
}

/** As the API server writes it. */
function timeOf(value: unknown): string | undefined {
  const time = text(value);
  const isTime = time !== undefined && /^\d{4}-\d\d-\d\dT[\d:.]{8,18}(Z|[-+]\d\d:\d\d)$/.test(time);
  return isTime && !Number.isNaN(Date.parse(time)) ? time : undefined;
}
