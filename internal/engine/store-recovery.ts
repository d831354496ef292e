// What happens when a commit failed: the handle is not used again; a new one is probed with backoff, and once a write
// succeeds the core is rebuilt from the store, by the same path as at every start.
import type { CancelTimer, Clock } from '../platform/clock.ts';
import type { Logger } from '../platform/logger.ts';
import type { Metrics } from '../platform/metrics.ts';
import { type Store, StoreFailure } from '../store/store.ts';

const firstProbeMs = 1_000;
const longestProbeMs = 30_000;

export interface RecoveringEngine {
  /** Makes the core anew from the store. */
  rebuild(): Promise<void>;
  /** Turns may go on. */
  resume(): void;
}

export interface StoreRecoveryDeps {
  store: Store;
  clock: Clock;
  logger: Logger;
  metrics: Metrics;
}

export class StoreRecovery {
  readonly #deps: StoreRecoveryDeps;
  readonly #engine: RecoveringEngine;
  #failure: StoreFailure | undefined;
  #cancelProbe: CancelTimer | undefined;
  #stopped = false;
  /** Grows from probe to probe until a commit succeeds: a disk that is nearly full takes a probe and no commit. */
  #delayMs = firstProbeMs;

  constructor(deps: StoreRecoveryDeps, engine: RecoveringEngine) {
    this.#deps = deps;
    this.#engine = engine;
    deps.metrics.set('kubejobs_store_available', 1);
  }

  get available(): boolean {
    return this.#failure === undefined;
  }

  /** Why the store is not available, for people. */
  get reason(): string {
    return this.#failure?.message ?? 'The store is available.';
  }

  begin(failure: StoreFailure): void {
    this.#failure = failure;
    this.#measure(failure);
    this.#deps.logger.error({ code: failure.code, error: failure.message }, 'a commit failed; submissions are refused');
    this.#probeLater();
  }

  /** A commit succeeded: all is well. */
  committed(): void {
    this.#delayMs = firstProbeMs;
  }

  stop(): void {
    this.#stopped = true;
    this.#cancelProbe?.();
  }

  #measure(failure: unknown): void {
    const { metrics } = this.#deps;
    metrics.set('kubejobs_store_available', 0);
    metrics.count('kubejobs_store_failures_total', { code: failure instanceof StoreFailure ? failure.code : 'io' });
  }

  #probeLater(): void {
    if (this.#stopped) return;
    this.#cancelProbe = this.#deps.clock.schedule(this.#delayMs, () => void this.#probe());
    this.#delayMs = Math.min(longestProbeMs, this.#delayMs * 2);
  }

  async #probe(): Promise<void> {
    try {
      await this.#deps.store.reopen();
      if (this.#stopped) return;
      await this.#engine.rebuild();
      this.#failure = undefined;
      this.#deps.metrics.set('kubejobs_store_available', 1);
      this.#engine.resume();
      this.#deps.logger.info({}, 'the store accepts writes again; the queue was rebuilt from it');
    } catch (error) {
      this.#failure = error as StoreFailure;
      this.#measure(error);
      this.#deps.logger.warn({ error: (error as Error).message }, 'the store does not accept writes yet');
      this.#probeLater();
    }
  }
}
