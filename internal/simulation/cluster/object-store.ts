// What the simulated API server keeps: every object's newest version, and the last events for watchers.
// Each write takes the next resource version and leaves exactly one event, so a version is also a place in the history.
// Objects are frozen: a version never changes once it is stored, and readers share it instead of copying it.
import type { KubernetesObject, Resource } from '../../../pkg/kubernetes/cluster.ts';
import { jobSetLabels } from '../../../pkg/models/index.ts';
import { deepFreeze } from './copy.ts';
import { EventHistory, type ObjectEvent } from './event-history.ts';

/** Labels whose values are indexed, because readers ask for the pods of one workload all the time. */
export const indexedLabels: readonly string[] = [
  'batch.kubernetes.io/job-name',
  'training.kubeflow.org/job-name',
  jobSetLabels.jobSetName,
];

interface Shelf {
  byKey: Map<string, KubernetesObject>;
  keysByJob: Map<string, Set<string>>;
}

export class ObjectStore {
  readonly #shelves = new Map<string, Shelf>();
  readonly #history: EventHistory;
  readonly #listeners = new Set<() => void>();

  readonly #onEvent: ((event: ObjectEvent) => void) | undefined;

  constructor(options: { historyLimit: number; onEvent?: (event: ObjectEvent) => void }) {
    this.#onEvent = options.onEvent;
    this.#history = new EventHistory(options.historyLimit);
  }

  /** The newest resource version. */
  get version(): number {
    return this.#history.newest;
  }

  get(resource: Resource, namespace: string, name: string): KubernetesObject | undefined {
    return this.#shelf(resource).byKey.get(keyOf(namespace, name));
  }

  /** All of a resource, in no particular order. */
  all(resource: Resource): KubernetesObject[] {
    return [...this.#shelf(resource).byKey.values()];
  }

  /** Those of which one of `indexedLabels` has this value. */
  ofJob(resource: Resource, namespace: string, jobName: string): KubernetesObject[] {
    const shelf = this.#shelf(resource);
    const keys = shelf.keysByJob.get(keyOf(namespace, jobName)) ?? [];
    return [...keys].flatMap((key) => shelf.byKey.get(key) ?? []);
  }

  /** Stores a new object or the next version of one, and returns it with its resource version. */
  put(resource: Resource, object: KubernetesObject): KubernetesObject {
    const shelf = this.#shelf(resource);
    const key = keyOfObject(object);
    const previous = shelf.byKey.get(key);
    const stored = this.#stamped(object);
    shelf.byKey.set(key, stored);
    index(shelf, stored, key);
    this.#record({ type: previous ? 'MODIFIED' : 'ADDED', resource, object: stored, previous });
    return stored;
  }

  /** Takes the object away; its last version, as the watchers see it, is `object`. */
  remove(resource: Resource, object: KubernetesObject): void {
    const shelf = this.#shelf(resource);
    const key = keyOfObject(object);
    const previous = shelf.byKey.get(key);
    if (!previous) return;
    shelf.byKey.delete(key);
    unindex(shelf, previous, key);
    this.#record({ type: 'DELETED', resource, object: this.#stamped(object), previous });
  }

  /** The event of this version; `undefined` when the history no longer holds it. */
  event(version: number): ObjectEvent | undefined {
    return this.#history.at(version);
  }

  /** Whether every event after this version is still held. */
  remembersSince(version: number): boolean {
    return this.#history.remembersSince(version);
  }

  /** A watcher that is behind can no longer be told what it missed. */
  forgetEvents(): void {
    this.#history.forget();
  }

  /** Calls `listener` after each write until the returned function is called. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #stamped(object: KubernetesObject): KubernetesObject {
    const metadata = { ...object.metadata, resourceVersion: String(this.version + 1) };
    return deepFreeze({ ...object, metadata });
  }

  #record(event: ObjectEvent): void {
    this.#history.append(event);
    this.#onEvent?.(event);
    for (const listener of this.#listeners) listener();
  }

  #shelf(resource: Resource): Shelf {
    const name = `${resource.plural}.${resource.group}`;
    let shelf = this.#shelves.get(name);
    if (!shelf) {
      shelf = { byKey: new Map(), keysByJob: new Map() };
      this.#shelves.set(name, shelf);
    }
    return shelf;
  }
}

export function keyOf(namespace: string, name: string): string {
  return `${namespace}/${name}`;
}

export function keyOfObject(object: KubernetesObject): string {
  return keyOf(object.metadata.namespace ?? '', object.metadata.name);
}

function jobKeyOf(object: KubernetesObject): string | undefined {
  const label = indexedLabels.find((name) => object.metadata.labels?.[name] !== undefined);
  const jobName = label && object.metadata.labels?.[label];
  return jobName === undefined ? undefined : keyOf(object.metadata.namespace ?? '', jobName);
}

function index(shelf: Shelf, object: KubernetesObject, key: string): void {
  const jobKey = jobKeyOf(object);
  if (jobKey === undefined) return;
  const keys = shelf.keysByJob.get(jobKey) ?? new Set();
  shelf.keysByJob.set(jobKey, keys.add(key));
}

function unindex(shelf: Shelf, object: KubernetesObject, key: string): void {
  const jobKey = jobKeyOf(object);
  const keys = jobKey === undefined ? undefined : shelf.keysByJob.get(jobKey);
  if (jobKey === undefined || !keys) return;
  keys.delete(key);
  if (keys.size === 0) shelf.keysByJob.delete(jobKey);
}
