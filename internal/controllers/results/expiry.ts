// Deletes saved results whose time is over, counted from the end of their Job. Only ConfigMaps with our label are looked
// at, and only those that are results are deleted; off without a time to live.
import { isNotFound, isRefusedWith } from '../../../pkg/kubernetes/answers.ts';
import { type Cluster, configMapsResource, type KubernetesObject } from '../../../pkg/kubernetes/cluster.ts';
import { fields } from '../../../pkg/kubernetes/pod-template.ts';
import { type ConfigMap, createdSelector, resultOwner } from '../../../pkg/kubernetes/results/marks.ts';
import type { CancelTimer, Clock } from '../../platform/clock.ts';
import type { Logger } from '../../platform/logger.ts';
import { scopesOf } from '../scopes.ts';

export interface ResultExpiryDeps {
  cluster: Pick<Cluster, 'list' | 'delete'>;
  /** Empty: all namespaces. */
  namespaces: readonly string[];
  ttlMs: number;
  clock: Clock;
  logger: Logger;
}

/** Each item may be as large as a ConfigMap can be. */
const pageSize = 5;
/** Each sweep reads all results, pages of which are all that is in memory. */
const longestPauseMs = 3_600_000;
const shortestPauseMs = 1_000;

export class ResultExpiry {
  readonly #deps: ResultExpiryDeps;
  #cancel: CancelTimer = () => {};
  #sweeping: Promise<void> = Promise.resolve();
  #state: 'prepared' | 'started' | 'stopped' = 'prepared';

  constructor(deps: ResultExpiryDeps) {
    this.#deps = deps;
  }

  /** Does nothing a second time, or after a stop. */
  start(): void {
    if (this.#state !== 'prepared') return;
    this.#state = 'started';
    this.#sweepLater();
  }

  /** Resolves when no sweep is under way any more: from then on nothing is deleted. */
  async stop(): Promise<void> {
    this.#state = 'stopped';
    this.#cancel();
    await this.#sweeping;
  }

  #sweepLater(): void {
    if (this.#isStopped) return;
    const { clock, ttlMs } = this.#deps;
    const pauseMs = Math.min(longestPauseMs, Math.max(shortestPauseMs, ttlMs / 10));
    this.#cancel = clock.schedule(pauseMs, () => {
      this.#sweeping = this.sweep().finally(() => this.#sweepLater());
    });
  }

  get #isStopped(): boolean {
    return this.#state === 'stopped';
  }

  async sweep(): Promise<void> {
    for (const namespace of scopesOf(this.#deps)) {
      if (this.#isStopped) return;
      const problem = await this.#sweepOf(namespace);
      if (problem !== undefined) this.#deps.logger.warn({ namespace, problem }, 'old results cannot be deleted');
    }
  }

  async #sweepOf(namespace: string | undefined): Promise<string | undefined> {
    const { cluster } = this.#deps;
    let token: string | undefined;
    let problem: string | undefined;
    do {
      const page = await cluster.list(configMapsResource, {
        ...{ labelSelector: createdSelector, limit: pageSize },
        ...(namespace === undefined ? {} : { namespace }),
        ...(token === undefined ? {} : { continue: token }),
      });
      if (page.outcome !== 'ok') return page.message;
      for (const map of page.value.items) {
        if (this.#isStopped) return undefined;
        // One that cannot be deleted keeps no other from it.
        const refused = this.#isOver(map) ? await this.#remove(map) : undefined;
        problem ??= refused;
      }
      token = page.value.continue;
    } while (token !== undefined);
    return problem;
  }

  #isOver(map: KubernetesObject): boolean {
    const { 'completion-time': time, 'job-name': jobName } = fields((map as ConfigMap).data);
    if (typeof jobName !== 'string' || resultOwner(map, jobName) === undefined) return false;
    const endedAt = Date.parse(String(time));
    return endedAt + this.#deps.ttlMs <= this.#deps.clock.now();
  }

  async #remove({ metadata: { namespace = '', name, uid } }: KubernetesObject): Promise<string | undefined> {
    const options = { propagation: 'background' as const, ...(uid ? { uid } : {}) };
    const removed = await this.#deps.cluster.delete(configMapsResource, namespace, name, options);
    const isGone = isNotFound(removed) || isRefusedWith(removed, 409);
    return removed.outcome === 'ok' || isGone ? undefined : removed.message;
  }
}
