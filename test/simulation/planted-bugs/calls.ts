// Calls and watches whose answers are taken for something else, or that ask for the wrong thing.
import type { Tampering } from '../../../internal/simulation/world.ts';
import type { ApiResult, KubernetesObject, Resource } from '../../../pkg/kubernetes/cluster.ts';
import { lyingCluster, onApply, onCommit, type PlantedBug, refusedWith } from './tampering.ts';

type Lie<T> = (truth: ApiResult<T>) => ApiResult<T>;

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

/** A stream that says 410 is taken for one that ended, and continued where it was. */
function ignoringExpiry(): Tampering {
  return lyingCluster((cluster) => ({
    watch: async function* (resource, options) {
      for await (const event of cluster.watch(resource, options)) if (event.type !== 'ERROR') yield event;
    },
  }));
}

const madeUp: Lie<KubernetesObject> = (truth) =>
  truth.outcome === 'unknown'
    ? { outcome: 'ok', value: { apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'x', uid: 'made-up' } } }
    : truth;

export const callBugs: PlantedBug[] = [
  { name: 'a lost answer to a create counts as made', plant: () => onCreate(madeUp) },
  {
    name: 'a lost answer to a create counts as refused',
    plant: () => onCreate((truth) => (truth.outcome === 'unknown' ? refusedWith(422) : truth)),
  },
  {
    name: 'too many requests count as refused for good',
    plant: () => onCreate((truth) => (truth.outcome === 'refused' && truth.status === 429 ? refusedWith(422) : truth)),
  },
  {
    name: 'a full quota counts as refused for good',
    plant: () => onCreate((truth) => (truth.outcome === 'refused' && truth.status === 403 ? refusedWith(403) : truth)),
  },
  { name: 'a create is tried again under another name', plant: () => renaming() },
  {
    name: 'a lost answer to a read counts as “not there”',
    plant: () => onGet((truth) => (truth.outcome === 'unknown' ? refusedWith(404) : truth)),
  },
  {
    name: 'a deletion that was accepted counts as done',
    plant: () => onDelete((truth) => (truth.outcome === 'ok' ? refusedWith(404) : truth)),
  },
  {
    name: 'a lost answer to a deletion counts as done',
    plant: () => onDelete((truth) => (truth.outcome === 'unknown' ? refusedWith(404) : truth)),
  },
  {
    name: 'a finished workload is cleaned up though a create of it may still land',
    onlyAfter: 'a reordering',
    plant: () =>
      onCommit((commit) => {
        for (const { set } of commit.attemptChanges)
          if (set.cleanupAt && set.finishedAt) set.cleanupAt = set.finishedAt;
      }),
  },
  {
    name: 'a deletion for a timeout, or to give way, takes what has ended by itself before it arrives',
    plant: () =>
      lyingCluster((cluster) => ({
        delete: (resource, namespace, name, { resourceVersion: _forgotten, ...options }) =>
          cluster.delete(resource, namespace, name, options),
      })),
  },
  { name: 'the watch of pods shows nothing', plant: () => blindTo('pods') },
  { name: 'a call is never answered and nobody notices', plant: () => neverAnswering(9) },
  { name: 'a 410 is ignored', plant: () => ignoringExpiry() },
  {
    name: 'a timeout of a create counts as surely not made',
    plant: () =>
      onApply((_core, apply, event) =>
        apply(event.kind === 'create_unknown' ? { ...event, surelyNotMade: true } : event),
      ),
  },
  {
    name: 'a cancelled job’s slot does not outlive its pods',
    plant: () =>
      lyingCluster((cluster) => ({
        delete: (resource, namespace, name, options) =>
          cluster.delete(resource, namespace, name, { ...options, propagation: 'background' }),
      })),
  },
];
