// A simulated cluster on a virtual clock with the few questions that its tests ask all the time.
import { seededRandom } from '../../internal/platform/random.ts';
import { type SimulatedClusterDeps, simulatedCluster } from '../../internal/simulation/cluster/simulated-cluster.ts';
import {
  type Cluster,
  jobsResource,
  type KubernetesObject,
  podsResource,
  type Resource,
  type WatchEvent,
  type WatchOptions,
} from '../../pkg/kubernetes/cluster.ts';
import { okValue, type SimulatedJobOptions, simulatedJob } from './simulated-job.ts';
import { virtualClock } from './virtual-clock.ts';

export const worldStartMs = Date.UTC(2030, 0, 1);

export function simulatedWorld(options: Partial<SimulatedClusterDeps> & { seed?: number } = {}) {
  const { seed = 1, ...deps } = options;
  const clock = virtualClock(worldStartMs);
  const cluster = simulatedCluster({ clock, random: seededRandom(seed), durationMs: 10_000, ...deps });
  return {
    clock,
    cluster,
    submit: async (name: string, job?: SimulatedJobOptions): Promise<KubernetesObject> =>
      okValue(await cluster.create(jobsResource, simulatedJob(name, job))),
    job: async (name: string): Promise<KubernetesObject> => okValue(await cluster.get(jobsResource, 'default', name)),
    pods: async (): Promise<KubernetesObject[]> => okValue(await cluster.list(podsResource, {})).items,
    remove: (name: string, propagation: 'foreground' | 'background') =>
      cluster.delete(jobsResource, 'default', name, { propagation }),
  };
}

/** A watch read into an array as it comes; `stop` aborts it, `ended` settles when it is over. */
export function reading(cluster: Cluster, resource: Resource, options: Partial<WatchOptions> = {}) {
  const controller = new AbortController();
  const events: WatchEvent[] = [];
  const read = async (): Promise<void> => {
    const stream = cluster.watch(resource, { resourceVersion: '0', signal: controller.signal, ...options });
    for await (const event of stream) events.push(event);
  };
  return { events, ended: read(), stop: () => controller.abort() };
}

/** `ADDED a`, `BOOKMARK 12`, `ERROR 410`. */
export function lineOf(event: WatchEvent): string {
  if (event.type === 'ERROR') return `ERROR ${event.code}`;
  if (event.type === 'BOOKMARK') return `BOOKMARK ${event.object.metadata.resourceVersion}`;
  return `${event.type} ${event.object.metadata.name}`;
}
