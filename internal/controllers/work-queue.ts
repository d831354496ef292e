// The runtime under every controller: keys go in, `process` is called for each, reads afresh and says whether to come
// back. Owns four promises: a key waits only once however often it is added; it is never processed twice at once; one
// that is added while it is processed is processed again; a key that fails comes back after a growing pause of its own.
// It knows nothing of what a key means.
import { type BackoffLimits, backoffMs } from '../../pkg/kubernetes/backoff.ts';
import type { CancelTimer, Clock } from '../platform/clock.ts';
import type { Logger } from '../platform/logger.ts';
import type { Metrics } from '../platform/metrics.ts';
import type { Random } from '../platform/random.ts';

/** Come back to this key after its backoff, and not before `atLeastMs`. */
export interface Retry {
  retry: true;
  atLeastMs?: number;
}

/** All went well; look at this key again after `afterMs`. */
export interface Again {
  retry: false;
  afterMs: number;
}

export interface WorkQueueOptions {
  /** For the log. */
  name: string;
  clock: Clock;
  random: Random;
  logger: Logger;
  /** Where each look at a key is counted and timed, under the name. */
  metrics?: Metrics;
  /** Keys processed at once. */
  concurrency: number;
  backoff?: BackoffLimits;
  /** A rejection counts as a retry and is logged. */
  process(key: string): Promise<Retry | Again | undefined>;
}

const usualBackoff: BackoffLimits = { firstMs: 500, longestMs: 30_000 };

export class WorkQueue {
  readonly #options: WorkQueueOptions;
  /** In the order in which they are taken. */
  readonly #waiting = new Set<string>();
  readonly #processing = new Set<string>();
  readonly #addedMeanwhile = new Set<string>();
  readonly #failures = new Map<string, number>();
  readonly #timers = new Map<string, CancelTimer>();
  #state: 'prepared' | 'running' | 'stopped' = 'prepared';
  #pumpIsDue = false;
  #idle: Array<() => void> = [];

  constructor(options: WorkQueueOptions) {
    this.#options = options;
  }

  /** Keys that wait, for their turn or for the end of a pause. */
  get size(): number {
    return this.#waiting.size + this.#timers.size;
  }

  /** At once, also when the key sits out a pause: there is news of it. */
  add(key: string): void {
    if (this.#state === 'stopped') return;
    this.#cancelTimer(key);
    if (this.#processing.has(key)) this.#addedMeanwhile.add(key);
    else this.#waiting.add(key);
    this.#pumpSoon();
  }

  /** Keys that were added before wait until here. */
  start(): void {
    if (this.#state !== 'prepared') return;
    this.#state = 'running';
    this.#pumpSoon();
  }

  /** Forgets what waits; resolves when what is being processed has ended. */
  stop(): Promise<void> {
    this.#state = 'stopped';
    for (const key of [...this.#timers.keys()]) this.#cancelTimer(key);
    this.#waiting.clear();
    this.#addedMeanwhile.clear();
    if (this.#processing.size === 0) return Promise.resolve();
    return new Promise((resolve) => this.#idle.push(resolve));
  }

  /** Not within `add`: its caller may be in the middle of telling many changes that belong together. */
  #pumpSoon(): void {
    if (this.#pumpIsDue || this.#state !== 'running') return;
    this.#pumpIsDue = true;
    queueMicrotask(() => {
      this.#pumpIsDue = false;
      this.#pump();
    });
  }

  #pump(): void {
    for (const key of this.#waiting) {
      if (this.#processing.size >= this.#options.concurrency) return;
      this.#waiting.delete(key);
      this.#processing.add(key);
      void this.#process(key);
    }
  }

  async #process(key: string): Promise<void> {
    const next = await this.#attempt(key);
    this.#processing.delete(key);
    if (this.#state === 'stopped') {
      if (this.#processing.size === 0) for (const resolve of this.#idle.splice(0)) resolve();
      return;
    }
    const count = next?.retry ? (this.#failures.get(key) ?? 0) + 1 : 0;
    if (count > 0) this.#failures.set(key, count);
    else this.#failures.delete(key);
    if (this.#addedMeanwhile.delete(key)) this.#waiting.add(key);
    else if (next) this.#comeBack(key, next.retry ? this.#pauseMs(count, next) : next.afterMs);
    this.#pumpSoon();
  }

  async #attempt(key: string): Promise<Retry | Again | undefined> {
    const { clock } = this.#options;
    const startedAt = clock.now();
    try {
      const next = await this.#options.process(key);
      this.#timed(startedAt, next?.retry ? 'retry' : 'done');
      return next;
    } catch (error) {
      this.#timed(startedAt, 'error');
      const problem = error instanceof Error ? (error.stack ?? error.message) : String(error);
      this.#options.logger.error({ controller: this.#options.name, key, problem }, 'processing a key failed');
      return { retry: true };
    }
  }

  #timed(startedAt: number, outcome: 'done' | 'retry' | 'error'): void {
    const { metrics, clock, name: controller } = this.#options;
    metrics?.observe('kubejobs_reconcile_seconds', (clock.now() - startedAt) / 1000, { controller, outcome });
  }

  #pauseMs(failures: number, { atLeastMs = 0 }: Retry): number {
    const { random, backoff = usualBackoff } = this.#options;
    return Math.max(atLeastMs, backoffMs(backoff, failures, random));
  }

  #comeBack(key: string, delayMs: number): void {
    this.#timers.set(
      key,
      this.#options.clock.schedule(delayMs, () => this.add(key)),
    );
  }

  #cancelTimer(key: string): void {
    this.#timers.get(key)?.();
    this.#timers.delete(key);
  }
}
