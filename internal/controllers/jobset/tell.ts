// Events on JobSets. Their names follow from what they tell, so that telling twice is telling once; an event that the API
// server does not take is lost, and nothing else.
import { type Cluster, eventsResource, type KubernetesObject } from '../../../pkg/kubernetes/cluster.ts';
import { jobSetApiVersion, jobSetKind } from '../../../pkg/models/index.ts';
import type { Logger } from '../../platform/logger.ts';
import { eventName } from './naming.ts';
import type { PlannedEvent } from './plan.ts';
import type { JobSetRecord } from './records.ts';
import { wireTime } from './status-draft.ts';

/** The API server takes no longer message. */
const longestMessage = 1_024;

export type News = Omit<PlannedEvent, 'reason'> & { reason: string };

export async function tell(
  { cluster, logger }: { cluster: Pick<Cluster, 'create'>; logger: Logger },
  jobSet: JobSetRecord,
  news: News,
  nowMs: number,
): Promise<void> {
  const answer = await cluster.create(eventsResource, eventOf(jobSet, news, nowMs));
  if (answer.outcome === 'ok' || (answer.outcome === 'refused' && answer.status === 409)) return;
  logger.debug({ jobSet: jobSet.name, reason: news.reason, problem: answer.message }, 'an event was not taken');
}

function eventOf(jobSet: JobSetRecord, { type, reason, message, occasion }: News, nowMs: number): KubernetesObject {
  const { namespace, name, uid, resourceVersion } = jobSet;
  const at = wireTime(nowMs);
  const event = {
    ...{ apiVersion: 'v1', kind: 'Event', metadata: { name: eventName(jobSet, reason, occasion), namespace } },
    involvedObject: { apiVersion: jobSetApiVersion, kind: jobSetKind, namespace, name, uid, resourceVersion },
    ...{ reason, type, message: message.slice(0, longestMessage), count: 1 },
    ...{ source: { component: 'jobset' }, reportingComponent: 'jobset', reportingInstance: '' },
    ...{ firstTimestamp: at, lastTimestamp: at },
  };
  return event;
}
