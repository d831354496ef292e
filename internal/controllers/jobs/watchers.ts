// The local copy of our workloads and their Pods: an informer for each kind, for the whole cluster, or for each namespace
// when the program may not see more. Jobs and Pods are always watched, another kind from the first time that it is needed:
// not every cluster has it. Answers by attempt key; it reports no decision and asks the cluster nothing but what informers
// ask.
import { podsResource } from '../../../pkg/kubernetes/cluster.ts';
import { createInformer, type Informer } from '../../../pkg/kubernetes/informer.ts';
import { ourSelector } from '../../../pkg/kubernetes/labels.ts';
import { rulesOfKind } from '../../../pkg/kubernetes/workload-kinds.ts';
import type { WorkloadKind } from '../../../pkg/models/index.ts';
import { scopesOf, type WatchDeps } from '../scopes.ts';
import { Departed } from './departed.ts';
import { hasFailed } from './observe.ts';
import { type JobRecord, type PodRecord, projectJob, projectPod } from './records.ts';

export interface WatchersDeps extends WatchDeps {
  queueId: string;
  /** News of an attempt's Job or of its pods. */
  onNews(key: string): void;
  /** After a complete list of one kind of workload, in one namespace or in all. */
  onJobsListed(): void;
  onReachable(): void;
  onUnreachable(message: string): void;
}

type Keyed<T> = T & { key: string };
type WorkloadInformer = Informer<Keyed<JobRecord>>;

/** What is watched of one namespace, or of all. */
interface Scope {
  namespace: string | undefined;
  workloads: Map<WorkloadKind, WorkloadInformer>;
  pods: Informer<Keyed<PodRecord>>;
}

/** How one of the copies is. */
export interface WatchState {
  /** Such as `pods`. */
  resource: string;
  /** Undefined: all namespaces. */
  namespace: string | undefined;
  /** A complete list was taken in. */
  synced: boolean;
  objects: number;
}

export interface Watchers {
  states(): WatchState[];
  start(): void;
  stop(): Promise<void>;
  /** From now on, also workloads of this kind; nothing when they are watched already. */
  watch(kind: WorkloadKind): void;
  jobs(): Iterable<JobRecord>;
  jobsOf(key: string): JobRecord[];
  /** Jobs and failed pods as they were when they left the copy, deleted or without their labels. */
  readonly departed: Departed;
  /** Those that this very Job made; undefined until the pods of its namespace were listed once. */
  podsOf(job: JobRecord): PodRecord[] | undefined;
  /** What is known of the pods that a JobSet had before its last restart; some of them may be gone. */
  podsBeforeRestart(job: JobRecord): PodRecord[];
}

export function jobWatchers(deps: WatchersDeps): Watchers {
  const departed = new Departed();
  const scopes = scopesOf(deps).map((namespace) => scopeFor(deps, namespace, departed));
  const all = (): Array<Informer<unknown>> => scopes.flatMap(({ workloads, pods }) => [...workloads.values(), pods]);
  let state: 'prepared' | 'started' | 'stopped' = 'prepared';
  return {
    start() {
      if (state !== 'prepared') return;
      state = 'started';
      for (const informer of all()) informer.start();
    },
    async stop() {
      state = 'stopped';
      await Promise.all(all().map((informer) => informer.stop()));
    },
    watch(kind) {
      for (const scope of scopes) {
        if (scope.workloads.has(kind)) continue;
        const informer = workloadInformer(deps, scope.namespace, departed, kind);
        scope.workloads.set(kind, informer);
        if (state === 'started') informer.start();
      }
    },
    states: () =>
      scopes.flatMap(({ namespace, workloads, pods }) => [
        ...[...workloads].map(([kind, informer]) => stateOf(rulesOfKind(kind).resource.plural, namespace, informer)),
        stateOf(podsResource.plural, namespace, pods),
      ]),
    *jobs() {
      for (const { workloads } of scopes) for (const informer of workloads.values()) yield* informer.values();
    },
    jobsOf: (key) => scopes.flatMap(({ workloads }) => [...workloads.values()].flatMap((one) => one.byIndex(key))),
    departed,
    podsOf(job) {
      const scope = scopes.find(({ namespace }) => namespace === undefined || namespace === job.namespace);
      return scope?.pods.synced && job.key ? madeBy(job, scope.pods.byIndex(job.key)) : undefined;
    },
    podsBeforeRestart(job) {
      const { key = '', restarts = 0 } = job;
      const present = scopes.flatMap(({ pods }) => [...pods.byIndex(key)]);
      return madeByJobSet(job, [...present, ...departed.pods(key)], restarts - 1);
    },
  };
}

function stateOf(resource: string, namespace: string | undefined, informer: Informer<unknown>): WatchState {
  return { resource, namespace, synced: informer.synced, objects: informer.size };
}

/** Labels only find pods; the owner's uid says whose they are. Of a JobSet, those since its last restart. */
export function madeBy(job: JobRecord, pods: readonly PodRecord[]): PodRecord[] {
  if (job.kind === 'JobSet') return madeByJobSet(job, pods, job.restarts ?? 0);
  return pods.filter((pod) => pod.owner === undefined || pod.owner === job.uid);
}

/** Those that it made after so many restarts. */
export function madeByJobSet({ uid }: JobRecord, pods: readonly PodRecord[], restarts: number): PodRecord[] {
  return pods.filter(({ jobSet }) => jobSet?.uid === uid && jobSet.restarts === restarts);
}

function scopeFor(deps: WatchersDeps, namespace: string | undefined, departed: Departed): Scope {
  const workloads = new Map([['Job' as WorkloadKind, workloadInformer(deps, namespace, departed, 'Job')]]);
  let podsListed = false;
  const pods = createInformer<Keyed<PodRecord>>({
    ...shared(deps, namespace),
    resource: podsResource,
    project: (object) => withKey(projectPod(object)),
    handlers: {
      ...reachability(deps),
      onChange(_key, previous, next) {
        if (next && (previous?.deletedAlive || (next.deleted && isAlive(next)))) next.deletedAlive = true;
        if (previous && !next && hasFailed(previous)) departed.podLeft(previous.key, previous);
        tell(deps, previous, next);
      },
      // Workloads that were seen before their pods could be were left for this moment.
      onSynced() {
        if (podsListed) return;
        podsListed = true;
        for (const informer of workloads.values()) for (const { key } of informer.values()) deps.onNews(key);
      },
    },
  });
  return { namespace, workloads, pods };
}

function workloadInformer(
  deps: WatchersDeps,
  namespace: string | undefined,
  departed: Departed,
  kind: WorkloadKind,
): WorkloadInformer {
  return createInformer<Keyed<JobRecord>>({
    ...shared(deps, namespace),
    resource: rulesOfKind(kind).resource,
    project: (object) => withKey(projectJob(object)),
    handlers: {
      ...reachability(deps),
      onChange(_key, previous, next) {
        // Its end and its deletion may come together, as with a TTL of nothing, before anybody has looked at its end.
        if (previous && !next) departed.jobLeft(previous.key, previous);
        if (next) departed.jobIsThere(next.key);
        tell(deps, previous, next);
      },
      onSynced: () => deps.onJobsListed(),
    },
  });
}

function shared(deps: WatchersDeps, namespace: string | undefined) {
  const { cluster, queueId, clock, random, logger, metrics, timing = {} } = deps;
  const scope = namespace === undefined ? {} : { namespace };
  const indexBy = ({ key }: { key: string }): string => key;
  return { cluster, ...scope, labelSelector: ourSelector(queueId), clock, random, logger, metrics, timing, indexBy };
}

function reachability(deps: WatchersDeps) {
  return {
    onReachable: (): void => deps.onReachable(),
    onUnreachable: (message: string): void => deps.onUnreachable(message),
  };
}

function tell(deps: WatchersDeps, previous: { key: string } | undefined, next: { key: string } | undefined): void {
  for (const key of new Set([previous?.key, next?.key])) if (key) deps.onNews(key);
}

function isAlive({ phase }: PodRecord): boolean {
  return phase === 'Pending' || phase === 'Running';
}

/** Throws for the informer to skip and report it: without its labels nobody knows whose it is. */
function withKey<T extends { key: string | undefined }>(record: T): Keyed<T> {
  const { key } = record;
  if (key === undefined) throw new Error('its kubejobs labels are missing or odd');
  return { ...record, key };
}
