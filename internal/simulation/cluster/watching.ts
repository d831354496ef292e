// One watch stream: the events after a resource version, then live ones, with bookmarks in between.
// A stream has no buffer of its own. It remembers a version and reads on in the shared history, so a slow reader costs
// nothing; one that falls out of the history gets 410 and must list again, as with the real API server.
import type { KubernetesObject, Resource, WatchEvent, WatchOptions } from '../../../pkg/kubernetes/cluster.ts';
import type { Clock } from '../../platform/clock.ts';
import type { ObjectEvent } from './event-history.ts';
import { isIn } from './listing.ts';
import { keyOfObject, type ObjectStore } from './object-store.ts';
import { parseSelector, type Requirement, selects } from './selectors.ts';

const bookmarkEveryMs = 60_000;
/** The API server's --min-request-timeout, for watches that name none. */
const defaultTimeoutSeconds = 1_800;

export interface WatchDeps {
  store: ObjectStore;
  clock: Clock;
  /** Aborts when the cluster is closed. */
  closed: AbortSignal;
}

export async function* watching(
  deps: WatchDeps,
  resource: Resource,
  options: WatchOptions,
): AsyncGenerator<WatchEvent, void, undefined> {
  const { store } = deps;
  const requirements = parseSelector(options.labelSelector);
  if (!requirements) return yield problem(400, `unable to parse requirement: ${options.labelSelector ?? ''}`);
  let version = Number(options.resourceVersion || 0);
  if (!Number.isInteger(version)) return yield problem(400, `invalid resource version: ${options.resourceVersion}`);
  const alarm = new Alarm(deps, options);
  try {
    if (version === 0) {
      version = store.version;
      yield* present(store, resource, requirements, options.namespace);
    }
    while (!alarm.isOver) {
      while (version < store.version && !alarm.isOver) {
        const event = store.event(version + 1);
        if (!event) return yield problem(410, `too old resource version: ${version} (${store.version})`);
        version += 1;
        const seen = asSeen(event, resource, requirements, options.namespace);
        if (seen) yield seen;
      }
      if (alarm.takeBookmark()) yield bookmark(resource, version);
      else if (version >= store.version) await alarm.next();
    }
  } finally {
    alarm.disarm();
  }
}

/** Wakes a stream when there is something to send or to end for: a write, a bookmark's time, the timeout, an abort. */
class Alarm {
  readonly #undo: Array<() => void>;
  readonly #stops: AbortSignal[];
  #timedOut = false;
  #bookmarkDue = false;
  #wake: () => void = () => {};

  constructor({ store, clock, closed }: WatchDeps, { signal, timeoutSeconds }: WatchOptions) {
    const wake = (): void => this.#wake();
    this.#stops = [signal, closed];
    this.#undo = [store.onChange(wake)];
    for (const stop of this.#stops) {
      stop.addEventListener('abort', wake);
      this.#undo.push(() => stop.removeEventListener('abort', wake));
    }
    const timeoutMs = (timeoutSeconds ?? defaultTimeoutSeconds) * 1_000;
    this.#undo.push(
      clock.schedule(timeoutMs, () => this.#timeout()),
      this.#bookmarks(clock),
    );
  }

  get isOver(): boolean {
    return (this.#timedOut && !this.#bookmarkDue) || this.#stops.some((stop) => stop.aborted);
  }

  takeBookmark(): boolean {
    const due = this.#bookmarkDue;
    this.#bookmarkDue = false;
    return due;
  }

  next(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }

  disarm(): void {
    for (const undo of this.#undo) undo();
  }

  /** The last thing a stream sends before the server ends it is a bookmark. */
  #timeout(): void {
    this.#timedOut = true;
    this.#bookmarkDue = true;
    this.#wake();
  }

  #bookmarks(clock: Clock): () => void {
    let cancel = clock.schedule(bookmarkEveryMs, due);
    const alarm = this;
    function due(): void {
      alarm.#bookmarkDue = true;
      alarm.#wake();
      cancel = clock.schedule(bookmarkEveryMs, due);
    }
    return () => cancel();
  }
}

/** A watch from version 0 starts with what is there, as if it had just been added. */
function* present(
  store: ObjectStore,
  resource: Resource,
  requirements: Requirement[],
  namespace: string | undefined,
): Generator<WatchEvent> {
  const there = store.all(resource).filter((object) => isIn(namespace, object) && selects(requirements, object));
  there.sort((a, b) => (keyOfObject(a) < keyOfObject(b) ? -1 : 1));
  for (const object of there) yield { type: 'ADDED', object };
}

/** The event as a watcher with this selector sees it: an object that leaves the selection is deleted for it. */
function asSeen(
  event: ObjectEvent,
  resource: Resource,
  requirements: Requirement[],
  namespace: string | undefined,
): WatchEvent | undefined {
  const { type, object, previous } = event;
  if (event.resource.plural !== resource.plural || event.resource.group !== resource.group) return undefined;
  if (!isIn(namespace, object)) return undefined;
  const was = previous !== undefined && selects(requirements, previous);
  const is = type !== 'DELETED' && selects(requirements, object);
  if (is) return { type: was ? 'MODIFIED' : 'ADDED', object };
  return was ? { type: 'DELETED', object } : undefined;
}

function bookmark(resource: Resource, version: number): WatchEvent {
  const object: KubernetesObject = {
    apiVersion: resource.group === '' ? resource.version : `${resource.group}/${resource.version}`,
    kind: resource.kind,
    metadata: { name: '', resourceVersion: String(version) },
  };
  return { type: 'BOOKMARK', object };
}

function problem(code: number, message: string): WatchEvent {
  return { type: 'ERROR', code, message };
}
