// A Cluster with a script of its own for each watched kind, and a discovery that says what a test wants.
import type { ApiResult, Cluster, KubernetesObject } from '../../pkg/kubernetes/cluster.ts';
import type { Discovery } from '../../pkg/kubernetes/discovery.ts';
import { type ScriptedCluster, scriptedCluster } from './scripted-cluster.ts';

const plurals = ['jobs', 'pods', 'jobsets', 'pytorchjobs'] as const;
export type Plural = (typeof plurals)[number];

export interface WatchedCluster {
  cluster: Cluster & Discovery;
  parts: Record<Plural, ScriptedCluster>;
  /** Answers to whether a kind is there; none is, unless it is set. */
  served: Map<string, ApiResult<boolean>>;
  serve(plural: Plural, value: boolean): void;
}

export function watchedCluster(stored: Partial<Record<Plural, KubernetesObject[]>> = {}): WatchedCluster {
  const parts = Object.fromEntries(plurals.map((plural) => [plural, scriptedCluster(stored[plural] ?? [])])) as Record<
    Plural,
    ScriptedCluster
  >;
  const served = new Map<string, ApiResult<boolean>>();
  const cluster: Cluster & Discovery = {
    ...parts.jobs,
    ping: async () => ({ outcome: 'ok', value: undefined }),
    list: (resource, options) => parts[resource.plural as Plural].list(resource, options),
    watch: (resource, options) => parts[resource.plural as Plural].watch(resource, options),
    serves: async ({ plural }) => served.get(plural) ?? { outcome: 'ok', value: false },
  };
  return { cluster, parts, served, serve: (plural, value) => void served.set(plural, { outcome: 'ok', value }) };
}
