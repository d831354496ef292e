// Carries the engine's effects to the cluster and the outcomes back as events. At most `concurrency` calls are under
// way; the rest wait in the order they were decided. It decides nothing: what an outcome means is the core's business.

import type { ApiResult, Cluster, KubernetesObject } from '../../pkg/kubernetes/cluster.ts';
import { jobsResource } from '../../pkg/kubernetes/cluster.ts';
import type { Attempt, Job, WorkloadReference } from '../../pkg/models/index.ts';
import type { Effect } from '../core/decisions.ts';
import type { ClusterEvent } from '../core/events.ts';
import type { Clock } from '../platform/clock.ts';
import type { Logger } from '../platform/logger.ts';
import type { Metrics } from '../platform/metrics.ts';
import { isOurs } from './identity.ts';
import { classifyRefusal, surelyUnread } from './refusals.ts';

export interface DispatcherDeps {
  cluster: Cluster;
  clock: Clock;
  metrics: Metrics;
  logger: Logger;
  queueId: string;
  concurrency: number;
  /** The manifest of an attempt; pure. */
  manifest(job: Job, attempt: Attempt): KubernetesObject;
  emit(event: ClusterEvent): void;
}

export class Dispatcher {
  readonly #deps: DispatcherDeps;
  #waiting: Effect[] = [];
  #head = 0;
  #underWay = 0;
  #stopped = false;
  #idle: Array<() => void> = [];

  constructor(deps: DispatcherDeps) {
    this.#deps = deps;
  }

  release(effects: readonly Effect[]): void {
    for (const effect of effects) this.#waiting.push(effect);
    this.#next();
  }

  /** Starts no further call and resolves when those under way have answered. What waits is in the rows. */
  stop(): Promise<void> {
    this.#stopped = true;
    if (this.#underWay === 0) return Promise.resolve();
    return new Promise((resolve) => this.#idle.push(resolve));
  }

  #next(): void {
    while (!this.#stopped && this.#underWay < this.#deps.concurrency && this.#head < this.#waiting.length) {
      const effect = this.#waiting[this.#head] as Effect;
      this.#head += 1;
      this.#underWay += 1;
      void this.#carryOut(effect).finally(() => {
        this.#underWay -= 1;
        if (this.#underWay === 0) for (const resolve of this.#idle.splice(0)) resolve();
        this.#next();
      });
    }
    if (this.#head === this.#waiting.length) {
      this.#waiting = [];
      this.#head = 0;
    }
  }

  async #carryOut(effect: Effect): Promise<void> {
    try {
      if (effect.kind === 'create_workload') await this.#create(effect.job, effect.attempt);
      else await this.#delete(effect);
    } catch (error) {
      this.#bug(effect, error);
    }
  }

  async #create(job: Job, attempt: Attempt): Promise<void> {
    const { cluster, manifest } = this.#deps;
    const result = await cluster.create(jobsResource, manifest(job, attempt));
    if (result.outcome === 'refused' && result.status === 409 && result.reason === 'AlreadyExists') {
      await this.#adopt(job, attempt);
      return;
    }
    this.#createAnswered(job, attempt, result);
  }

  /** Something has our name: it is ours only with all our marks on it. */
  async #adopt(job: Job, attempt: Attempt): Promise<void> {
    const { namespace, name } = attempt.workload;
    const found = await this.#deps.cluster.get(jobsResource, namespace, name);
    if (found.outcome === 'ok' && !isOurs(found.value, this.#deps.queueId, job.jobId, attempt.attempt)) {
      const message = `a Job named ${namespace}/${name} that does not belong to this job exists already`;
      this.#createAnswered(job, attempt, { outcome: 'refused', status: 409, reason: 'AlreadyExists', message });
      return;
    }
    if (found.outcome === 'refused' && found.status === 404) {
      const message = `${namespace}/${name} existed a moment ago and is gone now`;
      this.#createAnswered(job, attempt, { outcome: 'unknown', message });
      return;
    }
    this.#createAnswered(job, attempt, found);
  }

  #createAnswered(job: Job, attempt: Attempt, result: ApiResult<KubernetesObject>): void {
    const { clock, emit, metrics } = this.#deps;
    const about = { at: clock.now(), jobId: job.jobId, attempt: attempt.attempt };
    if (result.outcome === 'ok') {
      metrics.count('kubejobs_dispatch_outcomes_total', { outcome: 'made' });
      emit({ kind: 'create_made', ...about, uid: result.value.metadata.uid ?? '' });
      return;
    }
    const { message, retryAfterMs } = result;
    const refusal = result.outcome === 'refused' ? classifyRefusal(result) : undefined;
    if (refusal) {
      const outcome = refusal === 'quota' ? 'quota_refused' : 'refused';
      metrics.count('kubejobs_dispatch_outcomes_total', { outcome });
      emit({ kind: 'create_refused', ...about, refusal, message });
      return;
    }
    metrics.count('kubejobs_dispatch_outcomes_total', { outcome: 'unknown' });
    const wait = retryAfterMs === undefined ? {} : { retryAfterMs };
    emit({ kind: 'create_unknown', ...about, surelyNotMade: surelyUnread(result), message, ...wait });
  }

  async #delete(effect: Extract<Effect, { kind: 'delete_workload' }>): Promise<void> {
    const { cluster, clock, emit } = this.#deps;
    const { jobId, attempt, propagation } = effect;
    const reference: WorkloadReference = attempt.workload;
    const uid = reference.uid === undefined ? {} : { uid: reference.uid };
    const result = await cluster.delete(jobsResource, reference.namespace, reference.name, { propagation, ...uid });
    const about = { at: clock.now(), jobId, attempt: attempt.attempt };
    if (result.outcome === 'ok') emit({ kind: 'delete_answered', ...about, outcome: 'accepted' });
    else if (result.outcome === 'refused' && isAbsent(result)) emit({ kind: 'workload_missing', ...about });
    else {
      const { message, retryAfterMs } = result;
      const wait = retryAfterMs === undefined ? {} : { retryAfterMs };
      emit({ kind: 'delete_answered', ...about, outcome: 'failed', message, ...wait });
    }
  }

  /** A call threw, which none should: the job must not wait for an answer that never comes. */
  #bug(effect: Effect, error: unknown): void {
    const { clock, emit, logger } = this.#deps;
    const jobId = effect.kind === 'create_workload' ? effect.job.jobId : effect.jobId;
    const about = { at: clock.now(), jobId, attempt: effect.attempt.attempt };
    const message = error instanceof Error ? error.message : String(error);
    logger.error({ jobId, error: message }, 'a call to the cluster threw');
    if (effect.kind === 'create_workload') emit({ kind: 'create_unknown', ...about, surelyNotMade: false, message });
    else emit({ kind: 'delete_answered', ...about, outcome: 'failed', message });
  }
}

/** 409 on a delete with a uid: the name belongs to another object now, so ours is gone. */
function isAbsent(result: { status: number }): boolean {
  return result.status === 404 || result.status === 409;
}
