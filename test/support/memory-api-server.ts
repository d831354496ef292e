// An API server in memory, as far as controllers of objects go: versions that grow, uids, conflicts, merge patches of the
// object or of its status, foreground deletion that waits for `collect`, and watches that a test can hold back, so that
// caches are as stale as they get. It remembers every write that it was asked for.
import { randomUUID } from 'node:crypto';
import type {
  ApiResult,
  Cluster,
  KubernetesObject,
  ListPage,
  MergePatch,
  Resource,
  WatchEvent,
  WatchOptions,
} from '../../pkg/kubernetes/cluster.ts';
import type { Discovery } from '../../pkg/kubernetes/discovery.ts';

export interface Write {
  verb: 'create' | 'delete' | 'patch' | 'patch_status';
  plural: string;
  name: string;
  outcome: 'ok' | string;
  before: KubernetesObject | undefined;
  after: KubernetesObject | undefined;
}

type Refuses = (verb: Write['verb'], resource: Resource, name: string) => ApiResult<never> | undefined;

interface Watcher {
  plural: string;
  namespace: string | undefined;
  send(event: WatchEvent): void;
}

export class MemoryApiServer {
  readonly writes: Write[] = [];
  /** Answers of writes that are not carried out. */
  refuses: Refuses = () => undefined;
  /** Kinds that are there; every one by default. */
  served: (resource: Resource) => boolean = () => true;
  reads = 0;
  readonly #objects = new Map<string, KubernetesObject>();
  readonly #watchers = new Set<Watcher>();
  #version = 1;
  readonly #held = new Map<string, Array<() => void>>();

  /** Watches of these kinds are silent from now on. */
  hold(...plurals: string[]): void {
    for (const plural of plurals) if (!this.#held.has(plural)) this.#held.set(plural, []);
  }

  /** And tell what happened meanwhile. */
  release(): void {
    const held = [...this.#held.values()].flat();
    this.#held.clear();
    for (const send of held) send();
  }

  /** They tell only of the next so many changes, and stay behind. */
  trickle(count: number): void {
    for (const waiting of this.#held.values()) for (const send of waiting.splice(0, count)) send();
  }

  find(plural: string, name: string): KubernetesObject | undefined {
    return structuredClone(this.#objects.get(`${plural}/ns/${name}`));
  }

  all(plural: string): KubernetesObject[] {
    const found = [...this.#objects].filter(([key]) => key.startsWith(`${plural}/`));
    return found.map(([, object]) => structuredClone(object));
  }

  /** As somebody else does it. */
  put(plural: string, object: KubernetesObject): KubernetesObject {
    const before = this.#objects.get(keyOf(plural, object));
    return this.#store(plural, before, {
      ...object,
      metadata: { ...object.metadata, uid: object.metadata.uid ?? before?.metadata.uid ?? randomUUID() },
    });
  }

  change(plural: string, name: string, change: (object: KubernetesObject) => KubernetesObject): void {
    const found = this.find(plural, name);
    if (found) this.put(plural, change(found));
  }

  remove(plural: string, name: string): void {
    const key = `${plural}/ns/${name}`;
    const object = this.#objects.get(key);
    if (!object) return;
    this.#objects.delete(key);
    this.#version += 1;
    const gone = { ...object, metadata: { ...object.metadata, resourceVersion: String(this.#version) } };
    this.#tell(plural, { type: 'DELETED', object: gone });
  }

  /** What is being deleted goes, and what it owned. */
  collect(): void {
    for (const [key, object] of [...this.#objects]) {
      const [plural = ''] = key.split('/');
      if (object.metadata.deletionTimestamp) this.remove(plural, object.metadata.name);
    }
    const uids = new Set([...this.#objects.values()].map(({ metadata }) => metadata.uid));
    for (const [key, { metadata }] of [...this.#objects]) {
      const owner = metadata.ownerReferences?.find(({ controller }) => controller)?.uid;
      if (owner && !uids.has(owner)) this.remove(key.split('/')[0] ?? '', metadata.name);
    }
  }

  get cluster(): Cluster & Discovery {
    return {
      create: async (resource, object) => this.#create(resource, object),
      get: async (resource, namespace, name) => {
        this.reads += 1;
        const found = this.#objects.get(`${resource.plural}/${namespace}/${name}`);
        return found ? ok(structuredClone(found)) : missing;
      },
      delete: async (resource, namespace, name, options) => this.#delete(resource, namespace, name, options.uid),
      patch: async (resource, namespace, name, patch, options) =>
        this.#patch(resource, namespace, name, patch, options?.subresource),
      list: async (resource, { namespace }) => ok(this.#list(resource.plural, namespace)),
      watch: (resource, options) => this.#watch(resource, options),
      ping: async () => ok(undefined),
      serves: async (resource) => ok(this.served(resource)),
      close: async () => {},
    };
  }

  #list(plural: string, namespace: string | undefined): ListPage {
    const items = this.all(plural).filter(({ metadata }) => !namespace || metadata.namespace === namespace);
    return { items, resourceVersion: String(this.#version) };
  }

  #create(resource: Resource, object: KubernetesObject): ApiResult<KubernetesObject> {
    const { plural } = resource;
    const before = this.#objects.get(keyOf(plural, object));
    return this.#write('create', resource, object.metadata.name, before, () => {
      if (before) return refusal(409, 'AlreadyExists');
      const metadata = { ...object.metadata, uid: randomUUID(), creationTimestamp: '2026-01-01T00:00:00Z' };
      return ok(this.#store(plural, undefined, { ...structuredClone(object), metadata }));
    });
  }

  #delete(resource: Resource, namespace: string, name: string, uid: string | undefined): ApiResult<undefined> {
    const before = this.#objects.get(`${resource.plural}/${namespace}/${name}`);
    const answer = this.#write('delete', resource, name, before, () => {
      if (!before) return missing;
      if (uid !== undefined && uid !== before.metadata.uid) return refusal(409, 'Conflict');
      if (before.metadata.deletionTimestamp) return ok(before);
      const metadata = { ...before.metadata, deletionTimestamp: '2026-01-01T00:00:00Z' };
      return ok(this.#store(resource.plural, before, { ...before, metadata }));
    });
    return answer.outcome === 'ok' ? ok(undefined) : answer;
  }

  #patch(
    resource: Resource,
    namespace: string,
    name: string,
    patch: MergePatch,
    subresource: 'status' | undefined,
  ): ApiResult<KubernetesObject> {
    const before = this.#objects.get(`${resource.plural}/${namespace}/${name}`);
    return this.#write(subresource ? 'patch_status' : 'patch', resource, name, before, () => {
      if (!before) return missing;
      const { uid, resourceVersion, ...metadata } = patch.metadata ?? {};
      if (uid !== undefined && uid !== before.metadata.uid) return refusal(409, 'Conflict');
      if (resourceVersion !== undefined && resourceVersion !== before.metadata.resourceVersion)
        return refusal(409, 'Conflict');
      const changes = subresource ? { status: patch.status } : { metadata, ...(patch.spec && { spec: patch.spec }) };
      return ok(this.#store(resource.plural, before, merged(before, changes) as KubernetesObject));
    });
  }

  #write(
    verb: Write['verb'],
    resource: Resource,
    name: string,
    before: KubernetesObject | undefined,
    carryOut: () => ApiResult<KubernetesObject>,
  ): ApiResult<KubernetesObject> {
    const answer = this.refuses(verb, resource, name) ?? carryOut();
    const outcome = answer.outcome === 'refused' ? answer.reason : answer.outcome;
    const after = answer.outcome === 'ok' ? answer.value : undefined;
    this.writes.push({ verb, plural: resource.plural, name, outcome, before, after });
    return answer;
  }

  #store(plural: string, before: KubernetesObject | undefined, object: KubernetesObject): KubernetesObject {
    this.#version += 1;
    const stored = { ...object, metadata: { ...object.metadata, resourceVersion: String(this.#version) } };
    this.#objects.set(keyOf(plural, object), stored);
    this.#tell(plural, { type: before ? 'MODIFIED' : 'ADDED', object: stored });
    return structuredClone(stored);
  }

  #tell(plural: string, event: Exclude<WatchEvent, { type: 'ERROR' }>): void {
    const { namespace } = event.object.metadata;
    for (const watcher of this.#watchers) {
      if (watcher.plural !== plural || (watcher.namespace && watcher.namespace !== namespace)) continue;
      const send = (): void => watcher.send(structuredClone(event));
      const held = this.#held.get(plural);
      if (held) held.push(send);
      else send();
    }
  }

  async *#watch({ plural }: Resource, { namespace, signal }: WatchOptions): AsyncGenerator<WatchEvent> {
    const waiting: WatchEvent[] = [];
    let wake = (): void => {};
    const watcher: Watcher = {
      ...{ plural, namespace },
      send(event) {
        waiting.push(event);
        wake();
      },
    };
    this.#watchers.add(watcher);
    signal.addEventListener('abort', () => wake());
    try {
      while (!signal.aborted) {
        for (let next = waiting.shift(); next; next = waiting.shift()) yield next;
        if (signal.aborted) return;
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    } finally {
      this.#watchers.delete(watcher);
    }
  }
}

function keyOf(plural: string, { metadata }: KubernetesObject): string {
  return `${plural}/${metadata.namespace ?? ''}/${metadata.name}`;
}

/** RFC 7386 */
function merged(target: unknown, patch: unknown): unknown {
  if (!isMap(patch)) return patch;
  const result: Record<string, unknown> = isMap(target) ? { ...target } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete result[key];
    else if (value !== undefined) result[key] = merged(result[key], value);
  }
  return result;
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function ok<T>(value: T): ApiResult<T> {
  return { outcome: 'ok', value };
}

export function refusal(status: number, reason: string, message = reason): ApiResult<never> {
  return { outcome: 'refused', status, reason, message };
}

const missing = refusal(404, 'NotFound');
