// The shared test cluster as the rows need it: how to reach it without the proxy.
import { kubectlWith } from '../../../cluster/harness/kubectl.ts';
import type { ClusterContext } from '../../../cluster/harness/shared-cluster.ts';
import type { FaultCluster } from './proxied-queue.ts';

/** Throws where there is none; its test has been skipped then. */
export function faultCluster(context: ClusterContext): FaultCluster {
  if (!context.available) throw new Error(context.reason);
  const { server, token, caPath, kubeconfigPath, kubectlPath } = context;
  return { server, token, caPath, kubeconfigPath, kubectl: kubectlWith(kubectlPath, kubeconfigPath) };
}
