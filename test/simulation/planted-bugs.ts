// Bugs planted between the program and its store or cluster, one for each way in which a program like this goes wrong.
// A harness that does not notice them proves nothing. `onlyAfter` names what it takes to meet the bug at all.
import type { Tampering } from '../../internal/simulation/world.ts';
import type { Commit, Snapshot, Store } from '../../internal/store/store.ts';
import type { ApiResult, Cluster, KubernetesObject, Resource } from '../../pkg/kubernetes/cluster.ts';

export interface PlantedBug {
  name: string;
  onlyAfter?: 'a crash' | 'a lost answer';
  tampering: Tampering;
}

type Result<T> = ApiResult<T>;
type Lie<T> = (truth: Result<T>) => Result<T>;

const refusedWith = (status: number): Result<never> => ({
  outcome: 'refused',
  status,
  reason: 'Planted',
  message: 'a planted bug',
});

function lyingStore(lies: Partial<Pick<Store, 'commit' | 'load'>>): (store: Store) => Store {
  return (store) => ({
    queueId: store.queueId,
    epoch: store.epoch,
    reader: store.reader,
    load: lies.load ?? (() => store.load()),
    commit: lies.commit ?? ((commit) => store.commit(commit)),
    reopen: () => store.reopen(),
    close: () => store.close(),
  });
}

function onCommit(change: (commit: Commit) => void): Tampering {
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

function onLoad(change: (snapshot: Snapshot) => void): Tampering {
  return {
    store: (store) =>
      lyingStore({
        load: async () => {
          const snapshot = await store.load();
          change(snapshot);
          return snapshot;
        },
      })(store),
  };
}

function lyingCluster(lies: (cluster: Cluster) => Partial<Cluster>): Tampering {
  return {
    cluster: (cluster) => ({
      create: cluster.create.bind(cluster),
      get: cluster.get.bind(cluster),
      delete: cluster.delete.bind(cluster),
      list: cluster.list.bind(cluster),
      watch: cluster.watch.bind(cluster),
      ping: cluster.ping.bind(cluster),
      close: cluster.close.bind(cluster),
      ...lies(cluster),
    }),
  };
}

function onCreate(lie: Lie<KubernetesObject>): Tampering {
  return lyingCluster((cluster) => ({
    create: async (resource, object, options) => lie(await cluster.create(resource, object, options)),
  }));
}

function onDelete(lie: Lie<undefined>): Tampering {
  return lyingCluster((cluster) => ({
    delete: async (resource, namespace, name, options) => lie(await cluster.delete(resource, namespace, name, options)),
  }));
}

function onGet(lie: Lie<KubernetesObject>): Tampering {
  return lyingCluster((cluster) => ({
    get: async (resource, namespace, name) => lie(await cluster.get(resource, namespace, name)),
  }));
}

/** Every third create gets another name than the attempt's. */
function renaming(): Tampering {
  let creates = 0;
  return lyingCluster((cluster) => ({
    create: (resource, object, options) => {
      creates += 1;
      const name = creates % 3 === 0 ? `${object.metadata.name}-${creates}` : object.metadata.name;
      return cluster.create(resource, { ...object, metadata: { ...object.metadata, name } }, options);
    },
  }));
}

/** Reads of one resource show nothing. */
function blindTo(plural: string): Tampering {
  return lyingCluster((cluster) => ({
    list: async (resource, options) => {
      const answer = await cluster.list(resource, options);
      if (resource.plural !== plural || answer.outcome !== 'ok') return answer;
      return { outcome: 'ok', value: { ...answer.value, items: [] } };
    },
    watch: (resource, options) =>
      cluster.watch(resource, resource.plural === plural ? { ...options, labelSelector: 'nobody=here' } : options),
  }));
}

/** The n-th call and every n-th after it is never answered. */
function neverAnswering(every: number): Tampering {
  let calls = 0;
  return lyingCluster((cluster) => ({
    create: (resource: Resource, object: KubernetesObject, options?: { dryRun?: boolean }) => {
      calls += 1;
      return calls % every === 0 ? new Promise(() => {}) : cluster.create(resource, object, options);
    },
  }));
}

const madeUp: Lie<KubernetesObject> = (truth) =>
  truth.outcome === 'unknown'
    ? { outcome: 'ok', value: { apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'x', uid: 'made-up' } } }
    : truth;

export const plantedBugs: PlantedBug[] = [
  {
    name: 'a submission is acknowledged before its commit is durable',
    tampering: {
      store: (store) =>
        lyingStore({
          commit: (commit) => {
            void store.commit(commit).catch(() => undefined);
            return Promise.resolve();
          },
        })(store),
    },
  },
  {
    name: 'one job of a large turn is not written',
    tampering: onCommit((commit) => {
      if (commit.inserts.length > 1) commit.inserts.pop();
    }),
  },
  {
    name: 'a start is not written',
    tampering: onCommit((commit) => {
      commit.attempts = commit.attempts.filter(({ attempt }) => attempt.dispatchSequence % 5 !== 0);
      commit.attemptChanges = commit.attemptChanges.filter(({ jobId }) => jobId === '');
    }),
  },
  {
    name: 'the end of every seventh job is not written',
    onlyAfter: 'a crash',
    tampering: (() => {
      let ends = 0;
      return onCommit((commit) => {
        for (const change of commit.jobChanges) {
          if (change.set.state !== 'succeeded') continue;
          ends += 1;
          if (ends % 7 === 0) change.set = {};
        }
      });
    })(),
  },
  {
    name: 'a restart forgets a slot',
    onlyAfter: 'a crash',
    tampering: onLoad((snapshot) => void snapshot.running.pop()),
  },
  {
    name: 'a restart forgets a pending job',
    onlyAfter: 'a crash',
    tampering: onLoad(({ pending }) => {
      if (pending.count > 0) pending.count -= 1;
    }),
  },
  {
    name: 'a restart forgets priorities',
    onlyAfter: 'a crash',
    tampering: onLoad(({ pending }) => void pending.priorities.fill(0)),
  },
  {
    name: 'a restart forgets who came first',
    onlyAfter: 'a crash',
    tampering: onLoad(({ pending }) => {
      const ids = Buffer.from(pending.ids);
      for (let index = 0; index < pending.count; index += 1) {
        const from = 16 * (pending.count - 1 - index);
        ids.copy(pending.ids, 16 * index, from, from + 16);
      }
      pending.priorities.subarray(0, pending.count).reverse();
    }),
  },
  {
    name: 'a restart counts dispatches from the start',
    onlyAfter: 'a crash',
    tampering: onLoad((snapshot) => {
      snapshot.lastDispatchSequence = 0;
    }),
  },
  {
    name: 'a restart takes a create without a known answer for made',
    onlyAfter: 'a crash',
    tampering: onLoad((snapshot) => {
      for (const { attempt } of snapshot.running) attempt.creation = 'made';
    }),
  },
  { name: 'a lost answer to a create counts as made', onlyAfter: 'a lost answer', tampering: onCreate(madeUp) },
  {
    name: 'a lost answer to a create counts as refused',
    onlyAfter: 'a lost answer',
    tampering: onCreate((truth) => (truth.outcome === 'unknown' ? refusedWith(422) : truth)),
  },
  {
    name: 'too many requests count as refused for good',
    onlyAfter: 'a lost answer',
    tampering: onCreate((truth) => (truth.outcome === 'refused' && truth.status === 429 ? refusedWith(422) : truth)),
  },
  {
    name: 'a full quota counts as refused for good',
    onlyAfter: 'a lost answer',
    tampering: onCreate((truth) => (truth.outcome === 'refused' && truth.status === 403 ? refusedWith(403) : truth)),
  },
  { name: 'a create is tried again under another name', tampering: renaming() },
  {
    name: 'a lost answer to a read counts as “not there”',
    onlyAfter: 'a lost answer',
    tampering: onGet((truth) => (truth.outcome === 'unknown' ? refusedWith(404) : truth)),
  },
  {
    name: 'a deletion that was accepted counts as done',
    tampering: onDelete((truth) => (truth.outcome === 'ok' ? refusedWith(404) : truth)),
  },
  {
    name: 'a lost answer to a deletion counts as done',
    onlyAfter: 'a lost answer',
    tampering: onDelete((truth) => (truth.outcome === 'unknown' ? refusedWith(404) : truth)),
  },
  {
    name: 'a finished workload is cleaned up though a create of it may still land',
    onlyAfter: 'a lost answer',
    tampering: onCommit((commit) => {
      for (const { set } of commit.attemptChanges) if (set.cleanupAt && set.finishedAt) set.cleanupAt = set.finishedAt;
    }),
  },
  { name: 'the watch of pods shows nothing', tampering: blindTo('pods') },
  { name: 'a call is never answered and nobody notices', tampering: neverAnswering(9) },
];
