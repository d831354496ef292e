// One life of the program, and its sudden end. Everything that the program reaches the world through (time, store,
// cluster) is handed to it through a Life; once the life has ended nothing of that program happens any more: its timers
// do not fire, its calls are never answered, and what was half done stays as it was. That is what a kill leaves behind.
import type {
  ApiResult,
  Cluster,
  DeleteOptions,
  KubernetesObject,
  ListOptions,
  Resource,
  WatchEvent,
  WatchOptions,
} from '../../pkg/kubernetes/cluster.ts';
import type { Clock } from '../platform/clock.ts';
import type { Commit, Store } from '../store/store.ts';

/** Moments at which a program may be killed: just before a call has its effect, and just after. */
export const crashPoints = [
  'before_commit',
  'after_commit',
  'before_create',
  'after_create',
  'before_delete',
  'after_delete',
] as const;
export type CrashPoint = (typeof crashPoints)[number];

/** Asked at each point; true ends the life there. */
export type CrashDecider = (point: CrashPoint) => boolean;

const never = new Promise<never>(() => {});

export class Life {
  readonly #ended = new AbortController();
  readonly #decide: CrashDecider;
  readonly #onEnd: () => void;

  constructor(decide: CrashDecider, onEnd: () => void) {
    this.#decide = decide;
    this.#onEnd = onEnd;
  }

  get isOver(): boolean {
    return this.#ended.signal.aborted;
  }

  end(): void {
    if (this.isOver) return;
    this.#ended.abort();
    this.#onEnd();
  }

  clock(clock: Clock): Clock {
    return {
      now: () => clock.now(),
      schedule: (delayMs, callback) => clock.schedule(delayMs, () => void (this.isOver || callback())),
    };
  }

  /** The rows outlive the program; its handle on them does not. */
  store(store: Store): Store {
    return {
      queueId: store.queueId,
      epoch: store.epoch,
      reader: store.reader,
      load: () => this.#within(() => store.load()),
      commit: (commit: Commit) => this.#between('before_commit', () => store.commit(commit), 'after_commit'),
      reopen: () => this.#within(() => store.reopen()),
      close: () => Promise.resolve(),
    };
  }

  cluster(cluster: Cluster): Cluster {
    return {
      create: (resource: Resource, object: KubernetesObject, options?: { dryRun?: boolean }) =>
        this.#between('before_create', () => cluster.create(resource, object, options), 'after_create'),
      get: (resource: Resource, namespace: string, name: string) =>
        this.#within(() => cluster.get(resource, namespace, name)),
      delete: (resource: Resource, namespace: string, name: string, options: DeleteOptions) =>
        this.#between('before_delete', () => cluster.delete(resource, namespace, name, options), 'after_delete'),
      list: (resource: Resource, options: ListOptions) => this.#within(() => cluster.list(resource, options)),
      watch: (resource: Resource, options: WatchOptions) => this.#watch(cluster, resource, options),
      ping: (): Promise<ApiResult<undefined>> => this.#within(() => cluster.ping()),
      close: () => Promise.resolve(),
    };
  }

  async #between<T>(before: CrashPoint, call: () => Promise<T>, after: CrashPoint): Promise<T> {
    if (!this.isOver && this.#decide(before)) this.end();
    return this.#within(async () => {
      const answer = await call();
      if (!this.isOver && this.#decide(after)) this.end();
      return answer;
    });
  }

  /** The call is made only by a living program, and only a living one hears its answer, good or bad. */
  async #within<T>(call: () => Promise<T>): Promise<T> {
    if (this.isOver) return never;
    try {
      const answer = await call();
      return this.isOver ? never : answer;
    } catch (error) {
      if (this.isOver) return never;
      throw error;
    }
  }

  async *#watch(cluster: Cluster, resource: Resource, options: WatchOptions): AsyncGenerator<WatchEvent> {
    if (this.isOver) return await never;
    const signal = AbortSignal.any([options.signal, this.#ended.signal]);
    for await (const event of cluster.watch(resource, { ...options, signal })) {
      if (this.isOver) return await never;
      yield event;
    }
    if (this.isOver) await never;
  }
}
