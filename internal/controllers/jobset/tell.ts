// Events on JobSets. Their names follow from what they tell, so that telling twice is telling once; an event that the API
// server does not take is lost, and nothing else.
import { isRefusedWith } from '../../../pkg/kubernetes/answers.ts';
import { type Cluster, eventsResource, type KubernetesObject } from '../../../pkg/kubernetes/cluster.ts';
import { eventObject } from '../../../pkg/kubernetes/event.ts';
import { jobSetApiVersion, jobSetKind } from '../../../pkg/models/index.ts';
import type { Logger } from '../../platform/logger.ts';
import { eventName } from './naming.ts';
import type { PlannedEvent } from './plan.ts';
import type { JobSetRecord } from './records.ts';

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
  if (answer.outcome === 'ok' || isRefusedWith(answer, 409)) return;
  logger.debug({ jobSet: jobSet.name, reason: news.reason, problem: answer.message }, 'an event was not taken');
}

function eventOf(jobSet: JobSetRecord, { type, reason, message, occasion }: News, nowMs: number): KubernetesObject {
  const { namespace, name, uid, resourceVersion } = jobSet;
  const about = { apiVersion: jobSetApiVersion, kind: jobSetKind, namespace, name, uid, resourceVersion };
  const words = { name: eventName(jobSet, reason, occasion), type, reason, message: message.slice(0, longestMessage) };
  return eventObject(about, words, nowMs);
}
