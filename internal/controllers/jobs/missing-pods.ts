// Why a Job has no pods, or a JobSet no Jobs or pods. Nothing in their status tells: that a quota, a LimitRange or an
// admission policy refuses them is said in their controllers' events alone. These are asked for only when a Job has been without pods for a while.
// https://kubernetes.io/docs/reference/kubernetes-api/cluster-resources/event-v1/
import { type Cluster, eventsResource, jobsResource, type KubernetesObject } from '../../../pkg/kubernetes/cluster.ts';
import { rulesOfKind } from '../../../pkg/kubernetes/workload-kinds.ts';
import { jobSetLabels } from '../../../pkg/models/index.ts';
import type { WorkloadObservation } from '../../core/events.ts';
import type { JobRecord } from './records.ts';

const longestMessage = 1_024;
const fewEvents = 50;
/** Of a JobSet's Jobs: what one of them is refused, the others are too, as a rule. */
const fewJobs = 3;

type Lists = Pick<Cluster, 'list'>;

/** The Job as it is, with the newest refusal's words; events are kept for an hour, and the right to read them may lack. */
export async function observeWithoutPods(cluster: Cluster, job: JobRecord): Promise<WorkloadObservation> {
  const message = (await refusalOf(cluster, job)) ?? `no pod has been created for the ${job.kind} yet`;
  return { phase: 'active', reason: 'starting', message };
}

async function refusalOf(cluster: Lists, { kind, namespace, uid }: JobRecord): Promise<string | undefined> {
  const own = await newestEvent(cluster, namespace, aboutOf(uid, rulesOfKind(kind).refusedPods));
  if (own !== undefined || kind !== 'JobSet') return own;
  const labelSelector = `${jobSetLabels.jobSetUid}=${uid}`;
  const jobs = await cluster.list(jobsResource, { namespace, labelSelector, limit: fewJobs });
  for (const { metadata } of jobs.outcome === 'ok' ? jobs.value.items : []) {
    const message = await newestEvent(cluster, namespace, aboutOf(metadata.uid ?? '', rulesOfKind('Job').refusedPods));
    if (message !== undefined) return `Job ${metadata.name}: ${message}`.slice(0, longestMessage);
  }
  return undefined;
}

/** The words of the newest event of those that are selected. */
export async function newestEvent(
  cluster: Lists,
  namespace: string,
  fieldSelector: string,
): Promise<string | undefined> {
  const listed = await cluster.list(eventsResource, { namespace, fieldSelector, limit: fewEvents });
  return listed.outcome === 'ok' ? newest(listed.value.items)?.message.slice(0, longestMessage) : undefined;
}

function aboutOf(uid: string, reason: string): string {
  return `involvedObject.uid=${uid},reason=${reason}`;
}

function newest(events: KubernetesObject[]): { at: string; message: string } | undefined {
  const told = events.map((event) => {
    const { message, lastTimestamp, eventTime } = event as {
      message?: unknown;
      lastTimestamp?: unknown;
      eventTime?: unknown;
    };
    const at = [lastTimestamp, eventTime, event.metadata.creationTimestamp].find((time) => typeof time === 'string');
    return { at: (at as string | undefined) ?? '', message: typeof message === 'string' ? message : '' };
  });
  return told.filter(({ message }) => message !== '').sort((a, b) => (a.at < b.at ? 1 : -1))[0];
}
