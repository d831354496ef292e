// Carries the engine's effects to the cluster and the outcomes back as events. At most `concurrency` effects are under
// way; the rest wait in the order they were decided. It decides nothing: what an outcome means is the core's business.
import type { Cluster, KubernetesObject } from '../../pkg/kubernetes/cluster.ts';
import type { Attempt, Job } from '../../pkg/models/index.ts';
import type { Effect } from '../core/decisions.ts';
import type { ClusterEvent } from '../core/events.ts';
import type { Clock } from '../platform/clock.ts';
import type { Logger } from '../platform/logger.ts';
import type { Metrics } from '../platform/metrics.ts';
import { type CreateDeps, createWorkload } from './create-workload.ts';
import { deleteWorkload } from './delete-workload.ts';
import { type CreateOutcome, type DeleteOutcome, messageOf } from './outcomes.ts';

export interface DispatcherDeps {
  cluster: Cluster;
  clock: Clock;
  metrics: Metrics;
  logger: Logger;
  queueId: string;
  concurrency: number;
  /** The manifest of an attempt; pure. */
  manifest(job: Job, attempt: Attempt): KubernetesObject;
  /** Why this object must not be sent, if anything; pure. */
  forbids?(object: KubernetesObject): string | undefined;
  /** Whether the attempt still holds a slot; always when absent. */
  wanted?(jobId: string, attempt: number): boolean;
  /** See CreateDeps. */
  standing?: NonNullable<CreateDeps['standing']>;
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

  /** Forgets what has not been started: for when the core was rebuilt from the rows and decides it all again. */
  dropWaiting(): void {
    this.#waiting = [];
    this.#head = 0;
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
    this.#compact();
  }

  /** A line that never empties must not keep what has left it. */
  #compact(): void {
    if (this.#head < this.#waiting.length && this.#head < 1_000) return;
    this.#waiting = this.#waiting.slice(this.#head);
    this.#head = 0;
  }

  async #carryOut(effect: Effect): Promise<void> {
    const { clock, emit, metrics } = this.#deps;
    const outcome = await this.#outcome(effect);
    const word = outcomeWord(outcome);
    if (word) metrics.count('kubejobs_dispatch_outcomes_total', { outcome: word });
    emit({ at: clock.now(), ...attemptOf(effect), ...outcome });
  }

  /** Never rejects: a call that threw, which none should, must not leave the job waiting for its answer for ever. */
  async #outcome(effect: Effect): Promise<CreateOutcome | DeleteOutcome> {
    try {
      if (effect.kind === 'delete_workload') return await deleteWorkload(this.#deps, effect);
      return await createWorkload(this.#deps, effect.job, effect.attempt);
    } catch (error) {
      const message = messageOf(error);
      this.#deps.logger.error(
        { ...attemptOf(effect), effect: effect.kind, error: message },
        'a call to the cluster threw',
      );
      if (effect.kind === 'create_workload') return { kind: 'create_unknown', surelyNotMade: false, message };
      return { kind: 'delete_answered', outcome: 'failed', message };
    }
  }
}

function attemptOf(effect: Effect): { jobId: string; attempt: number } {
  const jobId = effect.kind === 'create_workload' ? effect.job.jobId : effect.jobId;
  return { jobId, attempt: effect.attempt.attempt };
}

/** How a create ended; undefined for a deletion. */
function outcomeWord(outcome: CreateOutcome | DeleteOutcome): string | undefined {
  if (outcome.kind === 'create_made') return 'made';
  if (outcome.kind === 'create_unknown') return 'unknown';
  if (outcome.kind === 'create_refused') return outcome.refusal === 'quota' ? 'quota_refused' : 'refused';
  return undefined;
}
