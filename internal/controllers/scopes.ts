// What controllers watch with, and how much of the cluster they see: all of it, or namespaces that are watched one by one.
import type { Cluster } from '../../pkg/kubernetes/cluster.ts';
import type { InformerTiming } from '../../pkg/kubernetes/informer.ts';
import type { Clock } from '../platform/clock.ts';
import type { Logger } from '../platform/logger.ts';
import type { Metrics } from '../platform/metrics.ts';
import type { Random } from '../platform/random.ts';

/** What every controller is given. */
export interface WatchDeps {
  cluster: Cluster;
  /** Absent or empty: all namespaces. */
  namespaces?: readonly string[];
  clock: Clock;
  random: Random;
  logger: Logger;
  metrics: Metrics;
  timing?: Partial<InformerTiming>;
}

/** The namespaces that need an informer each; undefined stands for all of them at once. */
export function scopesOf({ namespaces = [] }: Pick<WatchDeps, 'namespaces'>): ReadonlyArray<string | undefined> {
  return namespaces.length > 0 ? namespaces : [undefined];
}
