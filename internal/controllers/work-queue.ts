// The runtime under every controller: keys go in, `process` is called for each, reads afresh and says whether to come
// back. Owns four promises: a key waits only once however often it is added; it is never processed twice at once; one
// that is added while it is processed is processed again; a key that fails comes back after a growing pause of its own.
// It knows nothing of what a key means. Nothing is processed before `start`, nothing is under way any more once `stop` has
// resolved, and it never starts a second time: who leads again makes a new one.
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

/** All went well: look at this key again after so long, unless it is added before. It is no failure. */
export interface LookAgain {
  lookAgainMs: number;
}

export interface WorkQueueOptions {
  /** For the log, and in the metrics the label `controller`. */
  name: string;
  clock: Clock;
  random: Random;
  logger: Logger;
  metrics: Metrics;
  /** Keys processed at once. */
  concurrency: number;
  backoff?: BackoffLimits;
  /** A rejection counts as a retry and is logged. */
  process(key: string): Promise<Retry | LookAgain | undefined>;
  /** What the log says beside the key: the job that it is of. */
  fieldsOf?(key: string): object;
}

const usualBackoff: BackoffLimits = { firstMs: 500, longestMs: 30_000 };

export class WorkQueue {
  readonly #options: WorkQueueOptions;
  readonly #labels: { controller: string };
  /** In the order in which they are taken, with the time from which they wait. */
  readonly #waiting = new Map<string, number>();
  readonly #processing = new Set<string>();
  readonly #addedMeanwhile = new Map<string, number>();
  readonly #failures = new Map<string, number>();
  readonly #timers = new Map<string, CancelTimer>();
  #state: 'prepared' | 'running' | 'stopped' = 'prepared';
  #pumpIsDue = false;
  #idle: Array<() => void> = [];

  constructor(options: WorkQueueOptions) {
    this.#options = options;
    this.#labels = { controller: options.name };
  }

  /** Keys that wait, for their turn or for the end of a pause. */
  get size(): number {
    return this.#waiting.size + this.#timers.size;
  }

  /** At once, also when the key sits out a pause: there is news of it. */
  add(key: string): void {
    if (this.#state === 'stopped') return;
    this.#cancelTimer(key);
    const place = this.#processing.has(key) ? this.#addedMeanwhile : this.#waiting;
    if (!place.has(key)) place.set(key, this.#options.clock.now());
    this.#pumpSoon();
  }

  /** Keys that were added before wait until here. Does nothing the second time, and after a stop. */
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
    this.#measureKeys();
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
    for (const [key, since] of this.#waiting) {
      if (this.#processing.size >= this.#options.concurrency) break;
      this.#waiting.delete(key);
      this.#processing.add(key);
      void this.#process(key, since);
    }
    this.#measureKeys();
  }

  async #process(key: string, since: number): Promise<void> {
    const { clock, metrics } = this.#options;
    const startedAt = clock.now();
    metrics.observe('kubejobs_controller_wait_seconds', (startedAt - since) / 1_000, this.#labels);
    const answer = await this.#attempt(key);
    metrics.observe('kubejobs_controller_reconcile_seconds', (clock.now() - startedAt) / 1_000, this.#labels);
    if (isRetry(answer)) metrics.count('kubejobs_controller_retries_total', this.#labels);
    this.#processing.delete(key);
    if (this.#state === 'stopped') {
      this.#measureKeys();
      if (this.#processing.size === 0) for (const resolve of this.#idle.splice(0)) resolve();
      return;
    }
    this.#settle(key, answer);
  }

  /** After a look at it: again for what came meanwhile, after a pause, or not at all. */
  #settle(key: string, answer: Retry | LookAgain | undefined): void {
    const count = isRetry(answer) ? (this.#failures.get(key) ?? 0) + 1 : 0;
    if (count > 0) this.#failures.set(key, count);
    else this.#failures.delete(key);
    const addedAt = this.#addedMeanwhile.get(key);
    this.#addedMeanwhile.delete(key);
    if (addedAt !== undefined) this.#waiting.set(key, addedAt);
    else if (answer) this.#pause(key, this.#pauseMs(answer, count));
    this.#pumpSoon();
  }

  /** Once for all that were added or ended together. */
  #measureKeys(): void {
    const { metrics } = this.#options;
    metrics.set('kubejobs_controller_queue_depth', this.size, this.#labels);
    metrics.set('kubejobs_controller_keys_processing', this.#processing.size, this.#labels);
  }

  async #attempt(key: string): Promise<Retry | LookAgain | undefined> {
    try {
      return await this.#options.process(key);
    } catch (error) {
      const problem = error instanceof Error ? (error.stack ?? error.message) : String(error);
      const { name: controller, logger, fieldsOf } = this.#options;
      logger.error({ controller, key, ...fieldsOf?.(key), problem }, 'processing a key failed');
      return { retry: true };
    }
  }

  #pauseMs(answer: Retry | LookAgain, failures: number): number {
    if (!isRetry(answer)) return answer.lookAgainMs;
    const { random, backoff = usualBackoff } = this.#options;
    return Math.max(answer.atLeastMs ?? 0, backoffMs(backoff, failures, random));
  }

  #pause(key: string, delayMs: number): void {
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

function isRetry(answer: Retry | LookAgain | undefined): answer is Retry {
  return answer !== undefined && 'retry' in answer;
}
