// Saves the result of each finished Job that asks for it, tells of it, and deletes the Jobs that succeeded. Keys travel,
// nothing else: for each key it reads the Job afresh and takes the steps that decide.ts names, one after the other, until
// there is nothing to do or an answer is missing; then it comes back later and begins anew.
import { isNotFound } from '../../../pkg/kubernetes/answers.ts';
import { type ApiResult, jobsResource, type KubernetesObject } from '../../../pkg/kubernetes/cluster.ts';
import { createInformer, type Informer } from '../../../pkg/kubernetes/informer.ts';
import type { LogSource } from '../../../pkg/kubernetes/log-source.ts';
import { enabledSelector } from '../../../pkg/kubernetes/results/marks.ts';
import { withRightsHint } from '../../../pkg/kubernetes/rights.ts';
import { parseAttemptKey } from '../jobs/records.ts';
import { scopesOf, type WatchDeps } from '../scopes.ts';
import { type LookAgain, type Retry, WorkQueue } from '../work-queue.ts';
import { type CollectDeps, collect } from './collect.ts';
import { nextStep, type Place, type Situation } from './decide.ts';
import { ownFacts } from './own-facts.ts';
import { keepEarlier, lookAtPlace, writeResult } from './place.ts';
import { projectResultJob, type ResultJob } from './records.ts';
import { resultMaps } from './result-maps.ts';
import { mark, tellOfResult, tellOfTakenPlace } from './tell.ts';

export interface ResultsControllerDeps extends WatchDeps {
  source: LogSource;
  queueId: string;
  /** `status`: without the logs themselves. */
  logs: 'full' | 'status';
  maxBytes: number;
  /** How long the Job of an attempt must still be there for the queue; 0 when it may go. */
  keptForMs(jobId: string, attempt: number): number;
  /** The result of an attempt is saved, and its Job is marked. */
  saved?(jobId: string, attempt: number): void;
  limits?: Pick<CollectDeps, 'containerTimeoutMs' | 'totalTimeoutMs'>;
}

export interface ResultsController {
  /** Nothing is read or written before. Does nothing a second time, or after a stop. */
  start(): void;
  /** Resolves when no step is under way any more: from then on nothing is written. */
  stop(): Promise<void>;
  /** Whether the Job of this attempt is there, or may be, and its result is not saved. */
  awaits(jobId: string, attempt: number, namespace: string): boolean;
}

export function resultsController(deps: ResultsControllerDeps): ResultsController {
  return new Controller(deps);
}

/** Logs that hang stop one Job each: many at once, as long as all that they may hold fits into this. */
const heldBytes = 64 * 1_048_576;
const [fewestJobsAtOnce, mostJobsAtOnce] = [2, 8];
/** What the API server refuses for good is tried again this late: somebody may have changed the rights or the quota. */
const refusedAgainMs = 300_000;
/** More than the steps of any Job, so that no mistake here becomes a hot loop. */
const mostSteps = 20;

type Failure = Exclude<ApiResult<never>, { outcome: 'ok' }>;

class Controller implements ResultsController {
  readonly #deps: ResultsControllerDeps;
  readonly #queue: WorkQueue;
  /** By namespace; one without a namespace sees all. */
  readonly #informers: ReadonlyMap<string | undefined, Informer<ResultJob>>;
  readonly #stopping = new AbortController();

  constructor(deps: ResultsControllerDeps) {
    this.#deps = deps;
    const { clock, random, logger, metrics } = deps;
    const process = (key: string): Promise<Retry | LookAgain | undefined> => this.#reconcile(key);
    this.#queue = new WorkQueue({
      ...{ name: 'results', clock, random, logger, metrics },
      ...{ concurrency: jobsAtOnce(deps.maxBytes), process, fieldsOf: (key: string) => this.#jobOf(key) },
    });
    this.#informers = new Map(scopesOf(deps).map((namespace) => [namespace, this.#informer(namespace)]));
  }

  start(): void {
    this.#queue.start();
    for (const informer of this.#informers.values()) informer.start();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await Promise.all([this.#queue.stop(), ...[...this.#informers.values()].map((informer) => informer.stop())]);
  }

  awaits(jobId: string, attempt: number, namespace: string): boolean {
    const informer = this.#informers.get(namespace) ?? this.#informers.get(undefined);
    if (!informer) return false;
    return !informer.synced || informer.byIndex(`${jobId}/${attempt}`).some((job) => !job.done);
  }

  #informer(namespace: string | undefined): Informer<ResultJob> {
    const { cluster, clock, random, logger, metrics, timing = {} } = this.#deps;
    return createInformer<ResultJob>({
      ...{ cluster, resource: jobsResource, labelSelector: enabledSelector, clock, random, logger, metrics, timing },
      ...(namespace === undefined ? {} : { namespace }),
      project: projectResultJob,
      indexBy: ({ attemptKey }) => attemptKey,
      handlers: {
        onChange: (key, _previous, next) => {
          if (next && this.#isOurs(next)) this.#queue.add(key);
        },
      },
    });
  }

  /** The Jobs of another queue are its own program's business. */
  #isOurs({ queueId }: ResultJob): boolean {
    return queueId === undefined || queueId === this.#deps.queueId;
  }

  async #reconcile(key: string): Promise<Retry | LookAgain | undefined> {
    const known = this.#known(key);
    if (!known || (known.done && known.end?.status === 'failed')) return undefined;
    const found = await this.#deps.cluster.get(jobsResource, known.namespace, known.name);
    if (isNotFound(found)) return undefined;
    if (found.outcome !== 'ok') return this.#later(key, found);
    return this.#steps(key, this.#situation(found.value));
  }

  #known(key: string): ResultJob | undefined {
    for (const informer of this.#informers.values()) {
      const job = informer.get(key);
      if (job) return job;
    }
    return undefined;
  }

  #situation(object: KubernetesObject): Situation {
    const job = projectResultJob(object);
    return { job, told: false, keptForMs: this.#keptForMs(job) };
  }

  #keptForMs({ queueId, attemptKey }: ResultJob): number {
    if (queueId === undefined || attemptKey === undefined) return 0;
    const { jobId, attempt } = parseAttemptKey(attemptKey);
    return this.#deps.keptForMs(jobId, attempt);
  }

  async #steps(key: string, first: Situation): Promise<Retry | LookAgain | undefined> {
    let situation = first;
    for (let taken = 0; taken < mostSteps; taken += 1) {
      if (this.#stopping.signal.aborted) return undefined;
      const step = nextStep(situation);
      if (step.kind === 'nothing') return undefined;
      if (step.kind === 'look_again') return { lookAgainMs: step.afterMs };
      const next = await this.#take(step, situation);
      if (next.outcome !== 'ok') return this.#later(key, next);
      if (next.value === undefined) return undefined;
      situation = next.value;
    }
    return { retry: true };
  }

  /** One step, and how things are after it; undefined when the Job is gone. */
  async #take(step: ActiveStep, situation: Situation): Promise<ApiResult<Situation | undefined>> {
    const { cluster, clock } = this.#deps;
    const { job } = situation;
    const at = (place: Place): Situation => ({ ...situation, place });
    switch (step.kind) {
      case 'look_at_place':
        return after(await lookAtPlace(cluster, job), at);
      case 'keep_earlier':
        return after(await keepEarlier(cluster, job, step.uid), at);
      case 'save':
        return after(await this.#save(job), at);
      case 'tell_of_the_place':
        return after(await tellOfTakenPlace(cluster, job, clock.now()), () => ({ ...situation, told: true }));
      case 'tell':
        return after(await tellOfResult(cluster, job, clock.now()), () => ({ ...situation, told: true }));
      case 'mark':
        return unlessGone(after(await mark(cluster, job), (object) => this.#marked(object, situation)));
      case 'delete': {
        const options = { propagation: 'background', uid: job.uid } as const;
        return unlessGone(after(await cluster.delete(jobsResource, job.namespace, job.name, options), () => undefined));
      }
    }
  }

  #marked(object: KubernetesObject, { place }: Situation): Situation {
    const situation = { ...this.#situation(object), ...(place && { place }) };
    const { attemptKey, end } = situation.job;
    this.#deps.metrics.count('kubejobs_results_saved_total', { status: end?.status ?? '' });
    if (attemptKey !== undefined) this.#tellSaved(attemptKey);
    return situation;
  }

  #tellSaved(attemptKey: string): void {
    const { jobId, attempt } = parseAttemptKey(attemptKey);
    this.#deps.saved?.(jobId, attempt);
  }

  async #save(job: ResultJob): Promise<ApiResult<Place>> {
    const { cluster, clock, limits = {}, ...deps } = this.#deps;
    const { signal } = this.#stopping;
    const collected = await collect({ ...deps, ...limits, cluster, clock, signal }, job);
    if (collected.outcome !== 'ok') return collected;
    // A log that was broken off by our own stop is read again after the next start.
    if (signal.aborted || !job.end) return { outcome: 'unknown', message: 'kubejobs is stopping' };
    const { pods, omitted, text, records } = collected.value;
    // Of a Job that says no time at all.
    const at = job.end.at || timeText(clock.now());
    const input = {
      job: { ...job, end: { ...job.end, at } },
      pods,
      omittedPods: omitted,
      text,
      own: ownFacts(job, records),
    };
    return writeResult(cluster, job, await resultMaps(input));
  }

  /** The job of the queue that the Kubernetes Job runs, for the log; nothing for anybody else's. */
  #jobOf(key: string): object {
    const { attemptKey } = this.#known(key) ?? {};
    return attemptKey === undefined ? {} : parseAttemptKey(attemptKey);
  }

  #later(key: string, failure: Failure): Retry {
    const { logger, metrics } = this.#deps;
    const isFinal = failure.outcome === 'refused' && ![409, 410, 429].includes(failure.status);
    const level = isFinal ? 'warn' : 'debug';
    logger[level](
      { job: key, ...this.#jobOf(key), problem: withRightsHint(failure.message, 'results') },
      'the result of a Job cannot be saved yet',
    );
    metrics.count('kubejobs_results_failures_total', { outcome: failure.outcome });
    return { retry: true, atLeastMs: failure.retryAfterMs ?? (isFinal ? refusedAgainMs : 0) };
  }
}

function jobsAtOnce(maxBytes: number): number {
  return Math.max(fewestJobsAtOnce, Math.min(mostJobsAtOnce, Math.floor(heldBytes / maxBytes)));
}

function timeText(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}

type ActiveStep = Exclude<ReturnType<typeof nextStep>, { kind: 'nothing' | 'look_again' }>;

function after<T, U>(answer: ApiResult<T>, next: (value: T) => U): ApiResult<U> {
  return answer.outcome === 'ok' ? { outcome: 'ok', value: next(answer.value) } : answer;
}

/** Nothing is left to do for it. Another one of its name (409) is looked at afresh. */
function unlessGone<T>(answer: ApiResult<T>): ApiResult<T | undefined> {
  return isNotFound(answer) ? { outcome: 'ok', value: undefined } : answer;
}
