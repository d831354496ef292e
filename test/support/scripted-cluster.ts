// A Cluster whose lists and watches do what a test says: lists answer from a script or from what is stored, and a
// test sends events into the newest watch, ends it or breaks it. Everything else is refused.
import type {
  ApiResult,
  Cluster,
  KubernetesObject,
  ListOptions,
  ListPage,
  WatchEvent,
  WatchOptions,
} from '../../pkg/kubernetes/cluster.ts';

export interface ScriptedWatch {
  options: WatchOptions;
  send(...events: WatchEvent[]): void;
  /** The server closes the stream. */
  end(): void;
  /** The connection fails. */
  fail(error: Error): void;
  readonly over: boolean;
}

export interface ScriptedCluster extends Cluster {
  /** What a list shows, unless an answer is scripted. */
  stored: KubernetesObject[];
  resourceVersion: string;
  /** Answers of the next lists; each is used once. */
  nextLists: Array<ApiResult<ListPage> | Promise<ApiResult<ListPage>>>;
  lists: ListOptions[];
  watches: ScriptedWatch[];
  /** The newest watch. */
  watchNow(): ScriptedWatch;
  /** Watches that are opened now fail at once. */
  refuseWatches: Error | undefined;
}

export function scriptedCluster(stored: KubernetesObject[] = []): ScriptedCluster {
  const refused = async (): Promise<ApiResult<never>> => ({
    ...{ outcome: 'refused', status: 404, reason: 'NotFound', message: 'not found' },
  });
  const cluster: ScriptedCluster = {
    ...{ stored, resourceVersion: '100', nextLists: [], lists: [], watches: [], refuseWatches: undefined },
    watchNow() {
      const newest = cluster.watches.at(-1);
      if (!newest) throw new Error('nothing was watched yet');
      return newest;
    },
    async list(_resource, options) {
      cluster.lists.push(options);
      return cluster.nextLists.shift() ?? { outcome: 'ok', value: page(cluster.stored, cluster.resourceVersion) };
    },
    watch(_resource, options) {
      if (cluster.refuseWatches) return failing(cluster.refuseWatches);
      const { watch, stream } = scriptedWatch(options);
      cluster.watches.push(watch);
      return stream;
    },
    ...{ create: refused, get: refused, delete: refused, patch: refused, ping: refused },
    close: async () => {},
  };
  return cluster;
}

export function page(items: KubernetesObject[], resourceVersion = '100', token?: string): ListPage {
  return { items, resourceVersion, ...(token ? { continue: token } : {}) };
}

// biome-ignore lint/correctness/useYield: an iterable that only fails
async function* failing(error: Error): AsyncGenerator<WatchEvent> {
  throw error;
}

function scriptedWatch(options: WatchOptions): { watch: ScriptedWatch; stream: AsyncIterable<WatchEvent> } {
  const waiting: WatchEvent[] = [];
  let over = false;
  let failure: Error | undefined;
  let wake = (): void => {};
  const finish = (error?: Error): void => {
    over = true;
    failure = error;
    wake();
  };
  options.signal.addEventListener('abort', () => finish());
  async function* stream(): AsyncGenerator<WatchEvent> {
    for (;;) {
      while (waiting.length > 0) yield waiting.shift() as WatchEvent;
      if (failure) throw failure;
      if (over) return;
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  }
  const watch: ScriptedWatch = {
    options,
    send(...events) {
      waiting.push(...events);
      wake();
    },
    end: () => finish(),
    fail: finish,
    get over() {
      return over;
    },
  };
  return { watch, stream: stream() };
}
