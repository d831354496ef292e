// `kubejobs serve` in a dry run with every controller, wired by the program's own file, that writes down on stderr in which
// order its parts use the store and the cluster: `store loaded`, `cluster list jobs`, `cluster closed`.
import { serve } from '../../../cmd/kubejobs/serve.ts';
import type { Store } from '../../../internal/store/store.ts';
import type { Cluster, Resource } from '../../../pkg/kubernetes/cluster.ts';

function say(what: string): void {
  process.stderr.write(`order: ${what}\n`);
}

/** Everything goes through as it is; a call is said when it begins. */
function told<T extends object>(whole: T, wordsOf: (method: string, args: unknown[]) => string | undefined): T {
  return new Proxy(whole, {
    get(target, key) {
      const value: unknown = Reflect.get(target, key, target);
      if (typeof value !== 'function') return value;
      return (...args: unknown[]): unknown => {
        const words = wordsOf(String(key), args);
        if (words !== undefined) say(words);
        return value.apply(target, args) as unknown;
      };
    },
  });
}

const clusterMethods = ['list', 'watch', 'get', 'create', 'delete', 'patch'];

function wordsOfCluster(method: string, [resource]: unknown[]): string | undefined {
  if (method === 'close') return 'cluster closed';
  return clusterMethods.includes(method) ? `cluster ${method} ${(resource as Resource).plural}` : undefined;
}

function wordsOfStore(method: string): string | undefined {
  return { load: 'store loaded', close: 'store closed' }[method];
}

const flags = { dryRun: true, port: '0', store: 'memory', controllers: 'health,results', logLevel: 'error' };
await serve({ ...flags, dryRunDuration: '50ms', settleMs: '0' }, process.env, {
  store: (store: Store) => told(store, wordsOfStore),
  cluster: (cluster: Cluster) => told(cluster, wordsOfCluster),
  logs: (source) => source,
  service: (service) => service,
});
