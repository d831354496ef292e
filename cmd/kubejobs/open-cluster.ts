// The cluster for commands that ask it themselves, without a server: the one of their flags, else of the environment.
import { systemClock } from '../../internal/platform/clock.ts';
import { silentLogger } from '../../internal/platform/logger.ts';
import { silentMetrics } from '../../internal/platform/metrics.ts';
import { systemRandom } from '../../internal/platform/random.ts';
import { type Connected, connect } from '../../pkg/kubernetes/client/index.ts';
import type { ClusterFlags } from './cluster-flags.ts';
import { programVersion } from './version.ts';

/** Throws a KubeconfigError. Whoever opens it closes it. */
export async function openCluster({ kubeconfig, context }: ClusterFlags): Promise<Connected['cluster']> {
  const choice = { ...(kubeconfig && { kubeconfig }), ...(context && { context }) };
  const shared = { clock: systemClock(), random: systemRandom(), logger: silentLogger, metrics: silentMetrics };
  return (await connect({ ...choice, ...shared, version: programVersion() })).cluster;
}
