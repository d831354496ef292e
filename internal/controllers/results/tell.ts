// What the Job and its namespace hear of a saved result: one event and one annotation. The event's name follows from the
// Job's uid, so that telling twice is telling once: "already exists" is success.
import {
  type ApiResult,
  type Cluster,
  eventsResource,
  jobsResource,
  type KubernetesObject,
} from '../../../pkg/kubernetes/cluster.ts';
import { resultName, savedUidAnnotation, statusAnnotation } from '../../../pkg/kubernetes/results/marks.ts';
import { isTaken } from './place.ts';
import type { ResultJob } from './records.ts';

interface Words {
  name: string;
  type: 'Normal' | 'Warning';
  message: string;
}

/** Of a Job that has ended. */
export function tellOfResult(
  cluster: Pick<Cluster, 'create'>,
  job: ResultJob,
  now: number,
): Promise<ApiResult<undefined>> {
  const succeeded = job.end?.status === 'completed';
  const how = succeeded ? 'completed' : 'failed';
  const message = `The Job ${how}; its result is in the ConfigMap ${resultName(job.name)}`;
  return tell(cluster, job, { name: `job-results-${job.uid}`, type: succeeded ? 'Normal' : 'Warning', message }, now);
}

/** Nothing of the Job is saved, and it is left as it is. */
export function tellOfTakenPlace(
  cluster: Pick<Cluster, 'create'>,
  job: ResultJob,
  now: number,
): Promise<ApiResult<undefined>> {
  const place = resultName(job.name);
  const message = `The result is not saved: the ConfigMap ${place}, or a part of it, is there and is somebody else's`;
  return tell(cluster, job, { name: `job-results-taken-${job.uid}`, type: 'Warning', message }, now);
}

async function tell(
  cluster: Pick<Cluster, 'create'>,
  job: ResultJob,
  words: Words,
  now: number,
): Promise<ApiResult<undefined>> {
  const answer = await cluster.create(eventsResource, eventOf(job, words, now));
  return answer.outcome === 'ok' || isTaken(answer) ? { outcome: 'ok', value: undefined } : answer;
}

function eventOf({ namespace, name, uid }: ResultJob, words: Words, now: number): KubernetesObject {
  const at = `${new Date(now).toISOString().slice(0, 19)}Z`;
  const involvedObject = { apiVersion: 'batch/v1', kind: 'Job', namespace, name, uid };
  const event = {
    ...{ apiVersion: 'v1', kind: 'Event', metadata: { name: words.name, namespace } },
    ...{ involvedObject, reason: 'JobProcessing', type: words.type, message: words.message },
    ...{ source: { component: 'kubejobs' }, reportingComponent: 'kubejobs', reportingInstance: '' },
    ...{ firstTimestamp: at, lastTimestamp: at, count: 1 },
  };
  return event;
}

/** The mark means that everything before it is done; it is only put on this very Job. */
export function mark(cluster: Pick<Cluster, 'patch'>, job: ResultJob): Promise<ApiResult<KubernetesObject>> {
  const annotations = { [statusAnnotation]: job.end?.status ?? '', [savedUidAnnotation]: job.uid };
  return cluster.patch(jobsResource, job.namespace, job.name, { metadata: { uid: job.uid, annotations } });
}
