// Why a Job has no pods. Nothing in a Job's status tells: that a quota, a LimitRange or an admission policy refuses its
// pods is said in the job controller's events alone. They are asked for only when a Job has been without pods for a while.
// https://kubernetes.io/docs/reference/kubernetes-api/cluster-resources/event-v1/
import { type Cluster, eventsResource, type KubernetesObject } from '../../../pkg/kubernetes/cluster.ts';
import { rulesOfKind } from '../../../pkg/kubernetes/workload-kinds.ts';
import type { WorkloadObservation } from '../../core/events.ts';
import type { JobRecord } from './records.ts';

const longestMessage = 1_024;
const fewEvents = 50;

/** The Job as it is, with the newest refusal's words; events are kept for an hour, and the right to read them may lack. */
export async function observeWithoutPods(cluster: Cluster, job: JobRecord): Promise<WorkloadObservation> {
  const listed = await cluster.list(eventsResource, {
    namespace: job.namespace,
    fieldSelector: `involvedObject.uid=${job.uid},reason=${rulesOfKind(job.kind).refusedPods}`,
    limit: fewEvents,
  });
  const told = listed.outcome === 'ok' ? newest(listed.value.items) : undefined;
  const message = told?.message.slice(0, longestMessage) ?? `no pod has been created for the ${job.kind} yet`;
  return { phase: 'active', reason: 'starting', message };
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
