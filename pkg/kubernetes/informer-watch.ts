// One watch from its opening to its end, and the word for that end. Owns the watchdog: a stream on which neither an
// event nor a bookmark came for too long may be half open, and only giving it up shows.
import type { Clock } from '../../internal/platform/clock.ts';
import type { WatchEvent } from './cluster.ts';
import type { ListTarget } from './informer-list.ts';

export type WatchEnd =
  /** The server closed it, as servers do now and then. */
  | { kind: 'closed' }
  /** 410: what it continues from is gone. */
  | { kind: 'expired' }
  /** Nothing came for too long. */
  | { kind: 'silent' }
  /** It was time for the regular list, or the informer stops. */
  | { kind: 'interrupted' }
  | { kind: 'error_event'; message: string }
  | { kind: 'failed'; message: string; retryAfterMs: number };

export interface WatchTask {
  target: ListTarget;
  resourceVersion: string;
  timeoutSeconds: number;
  silenceMs: number;
  clock: Clock;
  /** Ends the watch from outside. */
  signal: AbortSignal;
  onEvent(event: Exclude<WatchEvent, { type: 'ERROR' }>): void;
}

export async function runWatch(task: WatchTask): Promise<WatchEnd> {
  const abort = new AbortController();
  const interrupt = (): void => abort.abort();
  task.signal.addEventListener('abort', interrupt, { once: true });
  if (task.signal.aborted) interrupt();
  const watchdog = startWatchdog(task, interrupt);
  try {
    const end = await consume(task, abort.signal, watchdog.fed);
    if (task.signal.aborted) return { kind: 'interrupted' };
    return watchdog.barked() ? { kind: 'silent' } : end;
  } finally {
    watchdog.stop();
    task.signal.removeEventListener('abort', interrupt);
    abort.abort();
  }
}

async function consume(task: WatchTask, signal: AbortSignal, fed: () => void): Promise<WatchEnd> {
  const { cluster, resource, namespace, labelSelector } = task.target;
  const selection = { ...(namespace ? { namespace } : {}), ...(labelSelector ? { labelSelector } : {}) };
  const { resourceVersion, timeoutSeconds } = task;
  try {
    for await (const event of cluster.watch(resource, { ...selection, resourceVersion, timeoutSeconds, signal })) {
      if (signal.aborted) break;
      fed();
      if (event.type !== 'ERROR') task.onEvent(event);
      else return event.code === 410 ? { kind: 'expired' } : { kind: 'error_event', message: event.message };
    }
    return { kind: 'closed' };
  } catch (error) {
    return { kind: 'failed', ...describe(error) };
  }
}

function describe(error: unknown): { message: string; retryAfterMs: number } {
  if (!(error instanceof Error)) return { message: 'the watch failed', retryAfterMs: 0 };
  const wait = 'retryAfterMs' in error && typeof error.retryAfterMs === 'number' ? error.retryAfterMs : 0;
  return { message: error.message, retryAfterMs: wait };
}

interface Watchdog {
  fed: () => void;
  barked: () => boolean;
  stop: () => void;
}

/** One timer for the whole watch: events only note the time, since there may be thousands a second. */
function startWatchdog({ clock, silenceMs }: WatchTask, bark: () => void): Watchdog {
  let lastFedAt = clock.now();
  let barked = false;
  const check = (): void => {
    const silentMs = clock.now() - lastFedAt;
    if (silentMs < silenceMs) {
      cancel = clock.schedule(silenceMs - silentMs, check);
      return;
    }
    barked = true;
    bark();
  };
  let cancel = clock.schedule(silenceMs, check);
  return {
    fed: () => {
      lastFedAt = clock.now();
    },
    barked: () => barked,
    stop: () => cancel(),
  };
}
