// How a bug is planted: the program is given a store or a cluster that lies to it, or a core that hears something else.
import { Core } from '../../../internal/core/core.ts';
import type { CoreEvent } from '../../../internal/core/events.ts';
import type { Tampering } from '../../../internal/simulation/world.ts';
import type { Commit, Store } from '../../../internal/store/store.ts';
import type { ApiResult, Cluster } from '../../../pkg/kubernetes/cluster.ts';

export interface PlantedBug {
  name: string;
  /** What it takes to meet the bug at all; without that the same seeds must show nothing. */
  onlyAfter?: 'a crash' | 'a reordering';
  /** Makes it anew for each run. */
  plant(): Tampering;
}

export const refusedWith = (status: number): ApiResult<never> => ({
  outcome: 'refused',
  status,
  reason: 'Planted',
  message: 'a planted bug',
});

export function lyingStore(lies: Partial<Pick<Store, 'commit' | 'load' | 'reader'>>): (store: Store) => Store {
  return (store) => ({
    queueId: store.queueId,
    epoch: store.epoch,
    reader: lies.reader ?? store.reader,
    load: lies.load ?? (() => store.load()),
    commit: lies.commit ?? ((commit) => store.commit(commit)),
    reopen: () => store.reopen(),
    prune: (prune) => store.prune(prune),
    close: () => store.close(),
  });
}

export function onCommit(change: (commit: Commit) => void): Tampering {
  return {
    store: (store) =>
      lyingStore({
        commit: (commit) => {
          change(commit);
          return store.commit(commit);
        },
      })(store),
  };
}

type Apply = Core['apply'];

/** The core hears something else than what happened, or does something else about it. */
export function onApply(make: (core: Core, apply: Apply, event: CoreEvent) => ReturnType<Apply>): Tampering {
  return {
    install: () => {
      const { apply } = Core.prototype;
      Core.prototype.apply = function (this: Core, event) {
        return make(this, apply.bind(this), event);
      };
      return () => {
        Core.prototype.apply = apply;
      };
    },
  };
}

export function saysMissing(event: CoreEvent): event is CoreEvent & { jobId: string } {
  return event.kind === 'workload_missing' || (event.kind === 'delete_answered' && event.outcome === 'missing');
}

export function lyingCluster(lies: (cluster: Cluster) => Partial<Cluster>): Tampering {
  return {
    cluster: (cluster) => ({
      create: cluster.create.bind(cluster),
      get: cluster.get.bind(cluster),
      delete: cluster.delete.bind(cluster),
      patch: cluster.patch.bind(cluster),
      list: cluster.list.bind(cluster),
      watch: cluster.watch.bind(cluster),
      ping: cluster.ping.bind(cluster),
      close: cluster.close.bind(cluster),
      ...lies(cluster),
    }),
  };
}
