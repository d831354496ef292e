// The local copy of our Jobs and their Pods: a pair of informers for the whole cluster, or a pair for each namespace
// when the program may not see more. Answers by attempt key; it reports no decision and asks the cluster nothing but
// what informers ask.
import { type Cluster, jobsResource, podsResource } from '../../../pkg/kubernetes/cluster.ts';
import { createInformer, type Informer, type InformerTiming } from '../../../pkg/kubernetes/informer.ts';
import { ourSelector } from '../../../pkg/kubernetes/labels.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Logger } from '../../platform/logger.ts';
import type { Metrics } from '../../platform/metrics.ts';
import type { Random } from '../../platform/random.ts';
import { Departed } from './departed.ts';
import { hasFailed } from './observe.ts';
import { type JobRecord, type PodRecord, projectJob, projectPod } from './records.ts';

export interface WatchersDeps {
  cluster: Cluster;
  queueId: string;
  /** Absent or empty: all namespaces. */
  namespaces?: readonly string[];
  clock: Clock;
  random: Random;
  logger: Logger;
  metrics: Metrics;
  timing?: Partial<InformerTiming>;
  /** News of an attempt's Job or of its pods. */
  onNews(key: string): void;
  /** After a complete list of the Jobs of one namespace, or of all. */
  onJobsListed(): void;
  onReachable(): void;
  onUnreachable(message: string): void;
}

interface Pair {
  namespace: string | undefined;
  jobs: Informer<JobRecord>;
  pods: Informer<PodRecord>;
}

export interface Watchers {
  start(): void;
  stop(): Promise<void>;
  jobs(): Iterable<JobRecord>;
  jobsOf(key: string): JobRecord[];
  /** Jobs and failed pods as they were when they left the copy, deleted or without their labels. */
  readonly departed: Departed;
  /** Those that this very Job made; undefined until the pods of its namespace were listed once. */
  podsOf(job: JobRecord): PodRecord[] | undefined;
}

export function jobWatchers(deps: WatchersDeps): Watchers {
  const namespaces = deps.namespaces?.length ? deps.namespaces : [undefined];
  const departed = new Departed();
  const pairs = namespaces.map((namespace) => pairFor(deps, namespace, departed));
  const all = pairs.flatMap(({ jobs, pods }) => [jobs, pods]);
  return {
    start: () => {
      for (const informer of all) informer.start();
    },
    stop: async () => {
      await Promise.all(all.map((informer) => informer.stop()));
    },
    *jobs() {
      for (const pair of pairs) yield* pair.jobs.values();
    },
    jobsOf: (key) => pairs.flatMap(({ jobs }) => jobs.byIndex(key)),
    departed,
    podsOf(job) {
      const pair = pairs.find(({ namespace }) => namespace === undefined || namespace === job.namespace);
      return pair?.pods.synced && job.key ? madeBy(job, pair.pods.byIndex(job.key)) : undefined;
    },
  };
}

/** Labels only find pods; the owner's uid says whose they are. */
export function madeBy(job: JobRecord, pods: readonly PodRecord[]): PodRecord[] {
  return pods.filter((pod) => pod.owner === undefined || pod.owner === job.uid);
}

function pairFor(deps: WatchersDeps, namespace: string | undefined, departed: Departed): Pair {
  const { cluster, queueId, clock, random, logger, metrics, timing = {} } = deps;
  const scope = namespace === undefined ? {} : { namespace };
  const shared = { cluster, ...scope, labelSelector: ourSelector(queueId), clock, random, logger, metrics, timing };
  const onReachable = (): void => deps.onReachable();
  const onUnreachable = (message: string): void => deps.onUnreachable(message);
  const onChange = (_key: string, previous: { key: string } | undefined, next: { key: string } | undefined): void => {
    for (const key of new Set([previous?.key, next?.key])) if (key) deps.onNews(key);
  };
  const jobs = createInformer<JobRecord & { key: string }>({
    ...shared,
    resource: jobsResource,
    project: (object) => withKey(projectJob(object)),
    indexBy: ({ key }) => key,
    handlers: {
      onChange(key, previous, next) {
        // Its end and its deletion may come together, as with a TTL of nothing, before anybody has looked at its end.
        if (previous && !next) departed.jobLeft(previous.key, previous);
        if (next) departed.jobIsThere(next.key);
        onChange(key, previous, next);
      },
      onReachable,
      onUnreachable,
      onSynced: () => deps.onJobsListed(),
    },
  });
  let podsListed = false;
  const pods = createInformer<PodRecord & { key: string }>({
    ...shared,
    resource: podsResource,
    project: (object) => withKey(projectPod(object)),
    indexBy: ({ key }) => key,
    handlers: {
      onChange(key, previous, next) {
        if (previous && !next && hasFailed(previous)) departed.podLeft(previous.key, previous);
        onChange(key, previous, next);
      },
      onReachable,
      onUnreachable,
      // Jobs that were seen before their pods could be were left for this moment.
      onSynced() {
        if (!podsListed) for (const { key } of jobs.values()) deps.onNews(key);
        podsListed = true;
      },
    },
  });
  return { namespace, jobs, pods };
}

/** Throws for the informer to skip and report it: without its labels nobody knows whose it is. */
function withKey<T extends { key: string | undefined }>(record: T): T & { key: string } {
  const { key } = record;
  if (key === undefined) throw new Error('its kubejobs labels are missing or odd');
  return { ...record, key };
}
