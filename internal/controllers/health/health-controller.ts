// Carries what happens to JobSets, PyTorchJobs, Jobs and their pods, ours and everyone else's, into the index of their health,
// and tells its listeners and the metrics. A kind that the cluster does not have is left alone, and looked for again and
// again. It reads, and writes nothing; that it cannot see something is said by what it answers and stops nobody.
import { podsResource, type Resource } from '../../../pkg/kubernetes/cluster.ts';
import type { Discovery } from '../../../pkg/kubernetes/discovery.ts';
import type { CancelTimer } from '../../platform/clock.ts';
import type { WatchDeps } from '../scopes.ts';
import { metricReason } from './container-issues.ts';
import { HealthIndex, type OnHealth } from './health-index.ts';
import { KindWatch } from './kind-watch.ts';
import {
  type PodRecord,
  podRecord,
  resourceOf,
  type WatchedKind,
  type WorkloadRecord,
  watchedKinds,
  workloadRecord,
  workloadStates,
} from './records.ts';
import type { WorkloadSummary } from './summary.ts';
import { Tally } from './tally.ts';

export interface HealthControllerDeps extends WatchDeps {
  discovery: Discovery;
  /** Between two looks whether a kind is there (30 s). */
  probeMs?: number;
}

export interface KindAvailability {
  kind: WatchedKind;
  available: boolean;
  /** Why not. */
  message?: string;
}

/** `next` undefined: gone. Also told of what changes nothing in the summary, such as a restart of a container. */
export type HealthListener = OnHealth;

const usualProbeMs = 30_000;
const metricsRestMs = 250;

export class HealthController {
  readonly index: HealthIndex;
  readonly #deps: HealthControllerDeps;
  readonly #workloads: Record<WatchedKind, KindWatch<WorkloadRecord>>;
  readonly #pods: KindWatch<PodRecord | undefined>;
  /** Kinds that were looked for, and whether they were there. */
  readonly #served = new Map<WatchedKind, boolean>();
  /** Why a kind could not be looked for. */
  readonly #unanswered = new Map<WatchedKind, string>();
  readonly #listeners = new Set<HealthListener>();
  #probing: Promise<void> = Promise.resolve();
  #cancelProbe: CancelTimer = () => {};
  #cancelMetrics: CancelTimer | undefined;
  #reasons = new Set<string>();
  #state: 'prepared' | 'started' | 'stopped' = 'prepared';

  constructor(deps: HealthControllerDeps) {
    this.#deps = deps;
    this.index = new HealthIndex((key, next, previous) => this.#changed(key, next, previous));
    this.#workloads = { JobSet: this.#watch('JobSet'), PyTorchJob: this.#watch('PyTorchJob'), Job: this.#watch('Job') };
    this.#pods = new KindWatch(deps, {
      resource: podsResource,
      project: podRecord,
      onChange: (previous, next) => this.index.pod(previous, next),
    });
  }

  /** Nothing is asked before. Does nothing a second time, or after a stop. */
  start(): void {
    if (this.#state !== 'prepared') return;
    this.#state = 'started';
    this.#pods.start();
    this.#served.set('Job', true);
    this.#workloads.Job.start();
    this.#probe();
    this.#publish();
  }

  /** Resolves when nothing is under way any more: from then on nothing is asked or told. */
  async stop(): Promise<void> {
    this.#state = 'stopped';
    this.#cancelProbe();
    this.#cancelMetrics?.();
    this.#listeners.clear();
    await this.#probing;
    await Promise.all([this.#pods, ...watchedKinds.map((kind) => this.#workloads[kind])].map((watch) => watch.stop()));
  }

  /** From now on, until the answer is called: each change of a workload or of anything below it. */
  listen(listener: HealthListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  availability(): KindAvailability[] {
    return watchedKinds.map((kind) => {
      const message = this.#problemOf(kind);
      return message === undefined ? { kind, available: true } : { kind, available: false, message };
    });
  }

  /** Whether all workloads of this kind were seen once, or the cluster has no such kind. */
  knows(kind: WatchedKind): boolean {
    return this.#served.get(kind) === false || this.#workloads[kind].synced;
  }

  /** Whether everything that can be seen has been seen, and the rest is known not to be there. */
  get settled(): boolean {
    const isKnown = (watch: KindWatch<unknown>): boolean => watch.synced || watch.refusal !== undefined;
    const kinds = watchedKinds.every((kind) => this.#served.get(kind) === false || isKnown(this.#workloads[kind]));
    return kinds && isKnown(this.#pods);
  }

  /** Why nothing can be said of these kinds: one of them is refused, or all pods are. */
  refusalOf(kinds: readonly WatchedKind[]): string | undefined {
    return this.#first(kinds, (watch) => watch.refusal);
  }

  /** Why there is no news of these kinds or of the pods: what was seen before may be different by now. */
  silenceOf(kinds: readonly WatchedKind[]): string | undefined {
    return this.#first(kinds, (watch) => watch.silence);
  }

  get #isStopped(): boolean {
    return this.#state === 'stopped';
  }

  #problemOf(kind: WatchedKind): string | undefined {
    const { group, version, plural } = resourceOf[kind];
    const served = this.#served.get(kind);
    if (served === undefined) return this.#unanswered.get(kind) ?? 'It is not known yet whether the cluster has it.';
    if (!served) return `The cluster has no ${plural}.${group}/${version}.`;
    const { synced, refusal } = this.#workloads[kind];
    const problem = refusal ?? this.#pods.refusal;
    if (problem !== undefined) return problem;
    if (!synced) return 'It was not listed yet.';
    return this.#pods.synced ? undefined : 'The pods were not listed yet.';
  }

  #first(kinds: readonly WatchedKind[], of: (watch: KindWatch<unknown>) => string | undefined): string | undefined {
    const watches: Array<KindWatch<unknown>> = [...kinds.map((kind) => this.#workloads[kind]), this.#pods];
    return watches.map(of).find((message) => message !== undefined);
  }

  #watch(kind: WatchedKind): KindWatch<WorkloadRecord> {
    return new KindWatch(this.#deps, {
      resource: resourceOf[kind],
      project: (object) => workloadRecord(kind, object),
      onChange: (previous, next) => this.index.workload(previous, next),
    });
  }

  #probe(): void {
    const { clock, probeMs = usualProbeMs } = this.#deps;
    this.#probing = Promise.all([this.#lookFor('JobSet'), this.#lookFor('PyTorchJob')]).then(() => {
      if (!this.#isStopped) this.#cancelProbe = clock.schedule(probeMs, () => this.#probe());
    });
  }

  async #lookFor(kind: WatchedKind): Promise<void> {
    const served = await this.#serves(kind, resourceOf[kind]);
    if (served === undefined || this.#isStopped) return;
    const before = this.#served.get(kind);
    this.#served.set(kind, served);
    if (served === before) return;
    const { logger } = this.#deps;
    logger.info({ kind, available: served }, served ? 'the kind is watched' : 'the cluster does not have the kind');
    if (served) this.#workloads[kind].start();
    else await this.#workloads[kind].stop();
  }

  /** Undefined when the API server does not say; then everything stays as it is. */
  async #serves(kind: WatchedKind, resource: Resource): Promise<boolean | undefined> {
    try {
      const answer = await this.#deps.discovery.serves(resource);
      if (answer.outcome === 'ok') return answer.value;
      this.#unanswered.set(kind, answer.message);
    } catch (error) {
      this.#unanswered.set(kind, error instanceof Error ? error.message : 'the kind cannot be looked for');
    }
    return undefined;
  }

  #changed(key: string, next: WorkloadSummary | undefined, previous: WorkloadSummary | undefined): void {
    this.#publishSoon();
    for (const listener of this.#listeners) listener(key, next, previous);
  }

  #publishSoon(): void {
    if (this.#isStopped) return;
    this.#cancelMetrics ??= this.#deps.clock.schedule(metricsRestMs, () => {
      this.#cancelMetrics = undefined;
      this.#publish();
    });
  }

  #publish(): void {
    const { metrics } = this.#deps;
    const { kinds, containerIssues } = this.index.counts();
    for (const kind of watchedKinds)
      for (const state of workloadStates)
        metrics.set('kubejobs_workloads', kinds[kind].states[state] ?? 0, { kind, state });
    const issues = new Tally();
    for (const [reason, count] of Object.entries(containerIssues)) issues.add(metricReason(reason), count);
    for (const reason of issues.words()) this.#reasons.add(reason);
    for (const reason of this.#reasons) metrics.set('kubejobs_container_issues', issues.get(reason), { reason });
  }
}
