// Carries what happens to our Jobs, and to workloads of other kinds, on the cluster to the engine, as observations. Keys
// travel, nothing else: for each key it reads the local copy afresh, lets observe.ts say what that means, and reports it
// when it is news.
// What the copy lacks is asked of the API server before anything is said about it, for missing from a cache proves
// nothing. It changes nothing on the cluster and decides nothing about jobs: strays, too, are the engine's business.
import { type ApiResult, podsResource } from '../../../pkg/kubernetes/cluster.ts';
import { listAll } from '../../../pkg/kubernetes/informer-list.ts';
import { tolerantProjection } from '../../../pkg/kubernetes/informer-projection.ts';
import { attemptLabel, jobIdLabel, ourSelector, queueIdLabel } from '../../../pkg/kubernetes/labels.ts';
import { rulesOfKind } from '../../../pkg/kubernetes/workload-kinds.ts';
import type { WorkloadKind, WorkloadReference } from '../../../pkg/models/index.ts';
import type { ClusterEvent, WorkloadObservation } from '../../core/events.ts';
import type { WatchDeps } from '../scopes.ts';
import { type Retry, WorkQueue } from '../work-queue.ts';
import { observeWithoutPods } from './missing-pods.ts';
import { isExplained, lacksPods, observe } from './observe.ts';
import { attemptKey, type JobRecord, type PodRecord, parseAttemptKey, projectJob, projectPod } from './records.ts';
import { RestartWatch } from './restarts.ts';
import { jobWatchers, madeBy, type Watchers, type WatchState } from './watchers.ts';

export interface JobsControllerDeps extends WatchDeps {
  queueId: string;
  emit(event: ClusterEvent): void;
  /** Where the workload of an attempt that holds a slot is, with its uid once that is recorded; else undefined. */
  expected(jobId: string, attempt: number): WorkloadReference | undefined;
  expectedKeys(): Iterable<{ jobId: string; attempt: number }>;
  /** How an attempt ended whose workload is gone, when that was saved; a failure is asked about again. */
  savedOutcome?(
    reference: WorkloadReference,
    jobId: string,
    attempt: number,
  ): Promise<ApiResult<WorkloadObservation | undefined>>;
  /** A list or watch was answered again, or was not. */
  onReachable?(): void;
  onUnreachable?(message: string): void;
  /** Keys looked at at once; only those that ask the API server take any time. */
  concurrency?: number;
}

export interface JobsController {
  /** Nothing is asked or told before. Does nothing a second time, or after a stop. */
  start(): void;
  /** Resolves when nothing is under way any more: from then on nothing is asked or told. */
  stop(): Promise<void>;
  /** Workloads of this kind are about to be made. Kinds of what runs at the start are known, and Jobs always. */
  watch(kind: WorkloadKind): void;
  /** Looks at everything again and reports it even when it is not news. */
  resync(): void;
  /** How its copies of what it watches are. */
  watches(): WatchState[];
}

export function jobsController(deps: JobsControllerDeps): JobsController {
  return new Controller(deps);
}

/** A Job that has no pods yet is looked at again after this, and then as rarely as the queue's pauses grow. */
const withoutPodsMs = 10_000;
/** So is one that the watch does not show. */
const unwatchedMs = 2_000;
/** And one that was restarted, and nobody says why. */
const unexplainedMs = 1_000;

interface Told {
  uid: string;
  text: string;
  finished: boolean;
}

class Controller implements JobsController {
  readonly #deps: JobsControllerDeps;
  readonly #queue: WorkQueue;
  readonly #watchers: Watchers;
  /** What was last reported of each key. */
  readonly #told = new Map<string, Told>();
  /** Since when a Job has been without pods. */
  readonly #podless = new Map<string, number>();
  readonly #restarts: RestartWatch;

  constructor(deps: JobsControllerDeps) {
    this.#deps = deps;
    this.#restarts = new RestartWatch(deps.cluster);
    const { clock, random, logger, metrics, concurrency = 16 } = deps;
    const process = (key: string): Promise<Retry | undefined> => this.#reconcile(key);
    this.#queue = new WorkQueue({
      ...{ name: 'jobs', clock, random, logger, metrics, concurrency, process },
      fieldsOf: parseAttemptKey,
    });
    this.#watchers = jobWatchers({
      ...deps,
      onNews: (key) => this.#queue.add(key),
      onJobsListed: () => this.#lookAgain((job) => !job.complete && !job.failed),
      onReachable: () => deps.onReachable?.(),
      onUnreachable: (message) => deps.onUnreachable?.(message),
    });
  }

  start(): void {
    for (const { jobId, attempt } of this.#deps.expectedKeys()) {
      const reference = this.#deps.expected(jobId, attempt);
      if (reference) this.watch(reference.kind);
    }
    this.#queue.start();
    this.#watchers.start();
  }

  watches(): WatchState[] {
    return this.#watchers.states();
  }

  watch(kind: WorkloadKind): void {
    this.#watchers.watch(kind);
  }

  async stop(): Promise<void> {
    await Promise.all([this.#watchers.stop(), this.#queue.stop()]);
  }

  resync(): void {
    this.#lookAgain(() => true);
  }

  /** Everything that holds a slot, and of the Jobs on the cluster those that `also` names. */
  #lookAgain(also: (job: JobRecord) => boolean): void {
    const keys = new Set<string>();
    for (const { jobId, attempt } of this.#deps.expectedKeys()) keys.add(attemptKey(jobId, attempt));
    this.#forgetAllBut(keys);
    for (const job of this.#watchers.jobs()) if (job.key && also(job)) keys.add(job.key);
    for (const key of keys) {
      this.#told.delete(key);
      this.#queue.add(key);
    }
  }

  /** What went away while it was expected got no further look. */
  #forgetAllBut(expected: ReadonlySet<string>): void {
    const isOver = (key: string): boolean => !expected.has(key) && this.#watchers.jobsOf(key).length === 0;
    for (const kept of [this.#told, this.#podless]) for (const key of kept.keys()) if (isOver(key)) kept.delete(key);
    for (const key of this.#restarts.keys()) if (isOver(key)) this.#restarts.forget(key);
    this.#watchers.departed.forgetAllBut(expected);
  }

  async #reconcile(key: string): Promise<Retry | undefined> {
    const { jobId, attempt } = parseAttemptKey(key);
    const reference = this.#deps.expected(jobId, attempt);
    const job = this.#cached(key, reference) ?? this.#endedAndLeft(key, reference);
    // The end of an object that is not known to be the attempt's may be that of an older one of its name, which somebody
    // deleted before a lost create was carried out: then the present one counts.
    if (job && reference && isFinished(job) && job.uid !== reference.uid) return this.#ask(key, reference, job);
    if (job) return this.#look(key, job);
    if (reference) return this.#hasTold(key, reference.uid) ? undefined : this.#ask(key, reference);
    this.#told.delete(key);
    this.#watchers.departed.forget(key);
    return undefined;
  }

  #endedAndLeft(key: string, reference: WorkloadReference | undefined): JobRecord | undefined {
    const left = this.#watchers.departed.job(key);
    return left && isAt(left, reference) && isFinished(left) ? left : undefined;
  }

  /** Somebody may have copied our labels to another name: for an attempt that is expected, only its own name counts. */
  #cached(key: string, reference: WorkloadReference | undefined): JobRecord | undefined {
    const candidates = this.#watchers.jobsOf(key);
    if (!reference) return candidates[0];
    return candidates.find((job) => isAt(job, reference));
  }

  async #look(key: string, job: JobRecord): Promise<Retry | undefined> {
    const pods = this.#watchers.podsOf(job);
    if (!pods && !isFinished(job)) return undefined; // looked at again when the pods are listed
    if (!(await this.#restarts.look(key, job, this.#watchers.podsBeforeRestart(job))))
      return { retry: true, atLeastMs: unexplainedMs };
    const observation = observe(job, isFinished(job) ? this.#withDeparted(key, job, pods) : (pods ?? []));
    if (lacksPods(job, pods ?? []) && this.#isExpected(key)) return this.#lookWithoutPods(key, job, observation);
    this.#podless.delete(key);
    if (isExplained(observation) || this.#hasTold(key, job.uid)) return this.#tell(key, job.uid, observation);
    return this.#explain(key, job, observation);
  }

  #withDeparted(key: string, job: JobRecord, pods: readonly PodRecord[] = []): PodRecord[] {
    return [...pods, ...madeBy(job, this.#watchers.departed.pods(key))];
  }

  /** As a rule they come in a moment. When they do not, somebody refuses them, and only events say who. */
  async #lookWithoutPods(key: string, job: JobRecord, observation: WorkloadObservation): Promise<Retry> {
    const { clock, cluster } = this.#deps;
    const since = this.#podless.get(key) ?? clock.now();
    this.#podless.set(key, since);
    const waited = clock.now() - since >= withoutPodsMs;
    this.#tell(key, job.uid, waited ? await observeWithoutPods(cluster, job) : observation);
    return { retry: true, atLeastMs: withoutPodsMs };
  }

  /** The copy of the pods may lag behind the Job's; one consistent look at them says what can still be known. */
  async #explain(key: string, job: JobRecord, unexplained: WorkloadObservation): Promise<Retry | undefined> {
    const { jobId, attempt } = parseAttemptKey(key);
    const { cluster, queueId, logger } = this.#deps;
    const labelSelector = `${ourSelector(queueId)},${jobIdLabel}=${jobId},${attemptLabel}=${attempt}`;
    const target = { cluster, resource: podsResource, namespace: job.namespace, labelSelector };
    const listed = await listAll<PodRecord>(target, 500, tolerantProjection(podsResource, this.#deps, projectPod));
    if (listed.outcome === 'ok') {
      const pods = [...listed.value.entries.values()].map(({ record }) => record);
      return this.#tell(key, job.uid, observe(job, this.#withDeparted(key, job, madeBy(job, pods))));
    }
    if (mayChangeItsMind(listed)) return again(listed);
    logger.warn({ jobId, attempt, problem: listed.message }, 'the pods of a failed Job cannot be listed');
    return this.#tell(key, job.uid, unexplained);
  }

  /** Not in the copy, though it holds a slot, or `seen` there and perhaps another one: only a consistent read counts. */
  async #ask(key: string, reference: WorkloadReference, seen?: JobRecord): Promise<Retry | undefined> {
    const { cluster, clock, emit, expected, logger } = this.#deps;
    const { jobId, attempt } = parseAttemptKey(key);
    const { resource } = rulesOfKind(reference.kind);
    const found = await cluster.get(resource, reference.namespace, reference.name);
    const known = expected(jobId, attempt);
    if (!known) return undefined;
    if (found.outcome === 'ok') {
      const job = projectJob(found.value);
      if (job.key === key && found.value.metadata.labels?.[queueIdLabel] === this.#deps.queueId)
        return this.#look(key, job);
      if (job.uid === reference.uid) return this.#lookUnwatched(key, { ...job, key });
    } else if (found.outcome === 'unknown' || (found.status !== 404 && !this.#isOver(key, reference, found.status))) {
      logger.debug({ jobId, attempt, problem: found.message }, 'a workload that is not in the copy cannot be read');
      return again(found);
    }
    if (seen && (known.uid ?? seen.uid) === seen.uid) return this.#look(key, seen);
    // Without a recorded uid a create may be on its way, now or among the news that the engine has not read yet. Then
    // this read proves nothing, and the answer to the create, or to the deletion after it, will settle the matter.
    if (reference.uid === undefined) return undefined;
    const saved = await this.#deps.savedOutcome?.(reference, jobId, attempt);
    if (saved && saved.outcome !== 'ok') return again(saved);
    if (saved?.value) return this.#tell(key, reference.uid, saved.value);
    this.#told.delete(key);
    this.#watchers.departed.forget(key);
    emit({ kind: 'workload_missing', at: clock.now(), jobId, attempt });
    return undefined;
  }

  /** A namespace goes with the rights in it, and nobody may ask any more. That the Job left the watch is no proof, for
   *  it may have lost its labels; but when its pods, which have labels of their own, are gone too, nothing of it is left. */
  #isOver(key: string, { uid }: WorkloadReference, status: number): boolean {
    const left = this.#watchers.departed.job(key);
    return status === 403 && left !== undefined && left.uid === uid && this.#watchers.podsOf(left)?.length === 0;
  }

  /** Somebody took our marks away, but it is ours by its uid. No watch will tell of it, so it is asked about. */
  async #lookUnwatched(key: string, job: JobRecord): Promise<Retry | undefined> {
    this.#deps.logger.debug(
      { ...parseAttemptKey(key), uid: job.uid },
      'a workload without our marks is looked at by its name',
    );
    const retry = await this.#look(key, job);
    return isFinished(job) ? retry : { retry: true, atLeastMs: unwatchedMs };
  }

  #isExpected(key: string): boolean {
    const { jobId, attempt } = parseAttemptKey(key);
    return this.#deps.expected(jobId, attempt) !== undefined;
  }

  /** How this workload ended. */
  #hasTold(key: string, uid: string | undefined): boolean {
    const told = this.#told.get(key);
    return told?.uid === uid && told?.finished === true;
  }

  #tell(key: string, uid: string, observation: WorkloadObservation): undefined {
    const finished = observation.phase !== 'active';
    const told = this.#told.get(key);
    const restarts = this.#restarts.of(key);
    const text = JSON.stringify([observation, restarts]);
    // How a Job ended is said once: pods that go away later would only make it vaguer.
    if (told?.uid === uid && (told.finished || told.text === text)) return;
    this.#told.set(key, { uid, text, finished });
    if (finished) this.#watchers.departed.forget(key);
    const { jobId, attempt } = parseAttemptKey(key);
    const news = { jobId, attempt, uid, observation, ...(restarts && { restarts }) };
    this.#deps.emit({ kind: 'workload_observed', at: this.#deps.clock.now(), ...news });
  }
}

function isAt(job: JobRecord | undefined, reference: WorkloadReference | undefined): boolean {
  if (job === undefined || reference === undefined || job.kind !== reference.kind) return false;
  return job.namespace === reference.namespace && job.name === reference.name;
}

function isFinished(job: JobRecord): boolean {
  return job.complete || job.failed !== undefined;
}

function mayChangeItsMind(failure: Exclude<ApiResult<never>, { outcome: 'ok' }>): boolean {
  return failure.outcome === 'unknown' || failure.status === 429 || failure.status === 410;
}

function again({ retryAfterMs }: { retryAfterMs?: number }): Retry {
  return retryAfterMs === undefined ? { retry: true } : { retry: true, atLeastMs: retryAfterMs };
}
