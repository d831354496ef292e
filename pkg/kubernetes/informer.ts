// A local, slim copy of one kind of object that follows the cluster: list, watch from there, and list again whenever
// what the watch says can't be trusted. Owns the copy and when it is renewed; its readers get every real difference once
// and never a cluster call. It never creates, changes or deletes anything, and it decides nothing.
//
//   list ──▶ watch ──closed──▶ watch again from the last version seen
//    ▲         ├─ failed ────▶ pause, watch again; after three in a row: list
//    │         ├─ error event ▶ pause, list
//    │         ├─ silent ────▶ watch again from the last version seen; the second time in a row: list
//    └─────────┴─ expired (410), or time for the regular list ▶ list
//
// https://kubernetes.io/docs/reference/using-api/api-concepts/#efficient-detection-of-changes
import { type Clock, sleep } from '../../internal/platform/clock.ts';
import type { Logger } from '../../internal/platform/logger.ts';
import type { Metrics } from '../../internal/platform/metrics.ts';
import type { Random } from '../../internal/platform/random.ts';
import { type BackoffLimits, backoffMs } from './backoff.ts';
import type { KubernetesObject, WatchEvent } from './cluster.ts';
import { type InformerCache, informerCache, type OnChange, objectKey } from './informer-cache.ts';
import { type ListTarget, listAll, type Projection } from './informer-list.ts';
import { tolerantProjection } from './informer-projection.ts';
import { runWatch, type WatchEnd } from './informer-watch.ts';

export interface InformerHandlers<T> {
  onChange: OnChange<T>;
  /** After each complete list, when its differences have been told. */
  onSynced?(): void;
  /** A list or a watch was answered again after a failure, or for the first time. */
  onReachable?(): void;
  /** A list or a watch was not answered. */
  onUnreachable?(message: string): void;
  /** A list was answered with a refusal: the kind is not there, or the rights to it are not. */
  onRefused?(message: string): void;
}

export interface InformerTiming {
  pageSize: number;
  /** Between two complete lists when nothing else asks for one. */
  relistMs: number;
  /** Above the minute in which an API server sends a bookmark. When nothing at all happens it sends none. */
  silenceMs: number;
  backoff: BackoffLimits;
}

export interface InformerOptions<T> extends ListTarget {
  /** The fields its readers need and nothing else; may throw for an object that makes no sense. */
  project(object: KubernetesObject): T;
  indexBy?(record: T): string | undefined;
  handlers: InformerHandlers<T>;
  clock: Clock;
  random: Random;
  logger: Logger;
  metrics: Metrics;
  timing?: Partial<InformerTiming>;
}

export interface Informer<T> extends Pick<InformerCache<T>, 'get' | 'values' | 'byIndex' | 'size'> {
  /** Whether a complete list was ever taken in. */
  readonly synced: boolean;
  start(): void;
  /** Resolves when its loop has ended; no handler is called after the call of `stop`. */
  stop(): Promise<void>;
}

export const usualTiming: InformerTiming = {
  pageSize: 500,
  relistMs: 600_000,
  silenceMs: 75_000,
  backoff: { firstMs: 500, longestMs: 10_000 },
};

const failuresBeforeList = 3;
const silencesBeforeList = 2;
const shortWatchMs = 1_000;

export function createInformer<T>(options: InformerOptions<T>): Informer<T> {
  return new Reflector(options);
}

/** In the API server's words for a 403. */
const forbidden = /is forbidden: User /;

class Reflector<T> implements Informer<T> {
  readonly #options: InformerOptions<T>;
  readonly #timing: InformerTiming;
  readonly #cache: InformerCache<T>;
  readonly #project: Projection<T>;
  readonly #stopping = new AbortController();
  #loop: Promise<void> | undefined;
  #synced = false;
  #reachable: boolean | undefined;
  #resourceVersion = '';
  #mustList = true;
  #pagesExpired = false;
  #failures = 0;
  #silences = 0;
  #relist = new AbortController();
  #cancelRelist = (): void => {};

  constructor(options: InformerOptions<T>) {
    this.#options = options;
    this.#timing = { ...usualTiming, ...options.timing };
    this.#project = tolerantProjection(options.resource, options, options.project.bind(options));
    const onChange: OnChange<T> = (...change) => this.#tell(() => options.handlers.onChange(...change));
    this.#cache = informerCache(onChange, options.indexBy?.bind(options));
  }

  get(key: string): T | undefined {
    return this.#cache.get(key);
  }

  values(): IterableIterator<T> {
    return this.#cache.values();
  }

  byIndex(value: string): T[] {
    return this.#cache.byIndex(value);
  }

  get size(): number {
    return this.#cache.size;
  }

  get synced(): boolean {
    return this.#synced;
  }

  start(): void {
    this.#loop ??= this.#run();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#relist.abort();
    this.#cancelRelist();
    await this.#loop;
  }

  async #run(): Promise<void> {
    const stopped = this.#stopping.signal;
    while (!stopped.aborted) {
      const pauseMs = this.#mustList ? await this.#list() : await this.#watch();
      if (pauseMs > 0) await sleep(this.#options.clock, pauseMs, stopped);
    }
  }

  /** Returns the pause before the next step. */
  async #list(): Promise<number> {
    const { metrics, resource, handlers } = this.#options;
    metrics.count('kubejobs_informer_relists_total', { resource: resource.plural });
    const limit = this.#pagesExpired ? undefined : this.#timing.pageSize;
    const listing = listAll(this.#options, limit, this.#project).catch(asUnknown);
    const result = await unlessAborted(listing, this.#stopping.signal);
    if (!result || this.#stopping.signal.aborted) return 0;
    if (result.outcome !== 'ok') {
      if (result.outcome === 'refused' && result.status === 410) this.#pagesExpired = true;
      else if (result.outcome === 'refused' && result.status !== 429)
        this.#tell(() => handlers.onRefused?.(result.message));
      return this.#failed(result.message, result.retryAfterMs ?? 0, result.outcome === 'unknown');
    }
    this.#pagesExpired = false;
    this.#mustList = false;
    this.#silences = 0;
    this.#resourceVersion = result.value.resourceVersion;
    this.#cache.replace(result.value.entries);
    this.#synced = true;
    this.#scheduleRelist();
    this.#tell(() => handlers.onSynced?.());
    this.#answered();
    return 0;
  }

  async #watch(): Promise<number> {
    const { clock } = this.#options;
    const openedAt = clock.now();
    let events = 0;
    const end = await runWatch({
      target: this.#options,
      resourceVersion: this.#resourceVersion,
      timeoutSeconds: Math.ceil(this.#timing.relistMs / 1000) + 60,
      silenceMs: this.#timing.silenceMs,
      clock,
      signal: this.#relist.signal,
      onEvent: (event) => {
        events += 1;
        this.#failures = 0;
        this.#silences = 0;
        this.#answered();
        this.#apply(event);
      },
    });
    const usefulAfterMs = events > 0 ? shortWatchMs : this.#timing.backoff.longestMs;
    return this.#ended(end, clock.now() - openedAt >= usefulAfterMs);
  }

  /** `useful`: the watch lasted and brought something, or lasted long. One that ends at once must not be reopened in a
   *  hot loop, and a list that succeeds in between does not make its pauses short again. */
  #ended(end: WatchEnd, useful: boolean): number {
    this.#mustList = end.kind !== 'closed' && end.kind !== 'failed';
    if (useful) this.#failures = 0;
    switch (end.kind) {
      case 'interrupted':
        return 0;
      case 'silent':
        this.#silences += 1;
        this.#mustList = this.#silences >= silencesBeforeList;
        this.#tell(() => this.#options.handlers.onUnreachable?.('the watch is silent'));
        return 0;
      case 'closed':
      case 'expired':
        return useful ? 0 : this.#pause(0);
      case 'error_event':
        return this.#failed(end.message, 0, false);
      case 'failed': {
        const pauseMs = this.#failed(end.message, end.retryAfterMs, true);
        if (this.#failures >= failuresBeforeList) this.#mustList = true;
        return pauseMs;
      }
    }
  }

  #apply(event: Exclude<WatchEvent, { type: 'ERROR' }>): void {
    // Whatever an event holds, the stream goes on: the others are in it too.
    const metadata = event.object?.metadata as KubernetesObject['metadata'] | undefined;
    const version = metadata?.resourceVersion;
    if (typeof version === 'string' && version !== '') this.#resourceVersion = version;
    if (event.type === 'BOOKMARK') return;
    const entry = event.type === 'DELETED' ? undefined : this.#project(event.object);
    if (entry) this.#cache.put(objectKey(event.object), entry);
    // What makes no sense any more is as good as gone: its last sense must not be taken for the present.
    else if (metadata?.name) this.#cache.remove(objectKey(event.object), metadata.uid ?? '');
  }

  #answered(): void {
    if (this.#reachable === true) return;
    this.#reachable = true;
    this.#tell(() => this.#options.handlers.onReachable?.());
  }

  #failed(message: string, retryAfterMs: number, unanswered: boolean): number {
    const { resource, logger, handlers } = this.#options;
    this.#reachable = false;
    const pauseMs = this.#pause(retryAfterMs);
    const level = this.#failures === 1 ? 'warn' : 'debug';
    const advice = forbidden.test(message) ? { advice: 'deploy/rbac has the rights that kubejobs needs' } : {};
    const fields = { resource: resource.plural, problem: message, failures: this.#failures, ...advice };
    logger[level](fields, 'the informer is cut off');
    if (unanswered) this.#tell(() => handlers.onUnreachable?.(message));
    return pauseMs;
  }

  #pause(atLeastMs: number): number {
    this.#failures += 1;
    return Math.max(atLeastMs, backoffMs(this.#timing.backoff, this.#failures, this.#options.random));
  }

  #scheduleRelist(): void {
    const { clock, random } = this.#options;
    this.#cancelRelist();
    this.#relist = new AbortController();
    const delayMs = this.#timing.relistMs * (0.9 + random.next() / 5);
    const relist = this.#relist;
    this.#cancelRelist = clock.schedule(delayMs, () => {
      this.#mustList = true;
      relist.abort();
    });
  }

  /** A reader's mistake must not end the copy that the others read. */
  #tell(call: () => void): void {
    if (this.#stopping.signal.aborted) return;
    try {
      call();
    } catch (error) {
      const { resource, logger } = this.#options;
      const problem = error instanceof Error ? (error.stack ?? error.message) : String(error);
      logger.error({ resource: resource.plural, problem }, 'a reader of the informer failed');
    }
  }
}

function asUnknown(error: unknown): { outcome: 'unknown'; message: string; retryAfterMs?: number } {
  return { outcome: 'unknown', message: error instanceof Error ? error.message : 'the list failed' };
}

function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T | undefined> {
  return new Promise((resolve, reject) => {
    const stop = (): void => resolve(undefined);
    if (signal.aborted) return stop();
    signal.addEventListener('abort', stop, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}
