// Saved results of finished jobs.
import type { Tampering } from '../../../internal/simulation/world.ts';
import type { Cluster, KubernetesObject, Resource } from '../../../pkg/kubernetes/cluster.ts';
import { lyingCluster, type PlantedBug, refusedWith } from './tampering.ts';

const isMap = ({ kind }: Resource): boolean => kind === 'ConfigMap';

/** What is created of a result, or instead of it. */
function onResults(make: (cluster: Pick<Cluster, 'create'>) => Cluster['create']): Tampering {
  return lyingCluster((cluster) => {
    const create: Cluster['create'] = (resource, object, options) => cluster.create(resource, object, options);
    const instead = make({ create });
    return {
      create: (resource, object, options) =>
        ['ConfigMap', 'Event'].includes(resource.kind)
          ? instead(resource, object, options)
          : create(resource, object, options),
    };
  });
}

export const resultBugs: PlantedBug[] = [
  {
    name: 'a Job whose result was not saved is taken for one whose result was',
    plant: () =>
      onResults(
        ({ create }) =>
          (resource, object) =>
            isMap(resource) ? Promise.resolve({ outcome: 'ok', value: object }) : create(resource, object),
      ),
  },
  {
    name: 'a result is written anew when it is there already',
    plant: () =>
      lyingCluster((cluster) => ({
        get: (resource, namespace, name) =>
          isMap(resource) ? Promise.resolve(refusedWith(404)) : cluster.get(resource, namespace, name),
        create: async (resource, object) => {
          const { namespace = '', name } = object.metadata;
          if (isMap(resource)) await cluster.delete(resource, namespace, name, { propagation: 'background' });
          return cluster.create(resource, object);
        },
      })),
  },
  {
    name: 'the event of a result has a new name each time',
    plant: () => {
      let told = 0;
      return onResults(({ create }) => (resource, object) => {
        told += 1;
        const name = `${object.metadata.name}.${told}`;
        const isEvent = resource.kind === 'Event';
        return create(resource, isEvent ? { ...object, metadata: { ...object.metadata, name } } : object);
      });
    },
  },
  {
    name: 'the result of a later attempt is that of the first',
    plant: () =>
      onResults(({ create }) => (resource, object) => {
        if (!isMap(resource)) return create(resource, object);
        const { data } = object as { data?: Record<string, string> };
        return create(resource, { ...object, data: { ...data, attempt: '1' } } as KubernetesObject);
      }),
  },
];
