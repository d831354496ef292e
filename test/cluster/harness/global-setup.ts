/**
 * Vitest's global setup of the project `cluster`: one cluster for all its files, with a real node where that is possible.
 * Test files reach it through `shared-cluster.ts`. Where there can be no cluster the suites skip and say why; with
 * `KUBEJOBS_REQUIRE_CLUSTER=1` (or `=real-node`) that is a failure instead, so that CI can't go green by skipping.
 */
import type { TestProject } from 'vitest/node';
import {
  type Availability,
  clusterAvailability,
  realNodeAvailability,
  startCluster,
  type TestCluster,
} from './index.ts';
import type { ClusterContext } from './shared-cluster.ts';

const required = process.env.KUBEJOBS_REQUIRE_CLUSTER ?? '';
const log = (line: string) => console.log(`[cluster] ${line}`);

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const availability = await clusterAvailability();
  if (!availability.available) {
    refuseWhen(required !== '', availability.reason);
    project.provide('cluster', availability);
    return () => Promise.resolve();
  }
  const { cluster, realNode } = await startBest();
  project.provide('cluster', contextOf(cluster, realNode));
  return () => cluster.stop();
}

/** With a real node if one can be had and does start, else without. */
async function startBest(): Promise<{ cluster: TestCluster; realNode: Availability }> {
  let realNode = await realNodeAvailability();
  if (realNode.available) {
    try {
      return { cluster: await startCluster({ realNode: true, log }), realNode };
    } catch (error) {
      if (required === 'real-node') throw error;
      realNode = { available: false, reason: `the real node did not start: ${String(error)}` };
    }
  }
  refuseWhen(required === 'real-node', realNode.reason);
  return { cluster: await startCluster({ log }), realNode };
}

function refuseWhen(strict: boolean, reason: string): void {
  if (strict) throw new Error(`KUBEJOBS_REQUIRE_CLUSTER=${required}, but ${reason}`);
  log(`skipping what needs it: ${reason}`);
}

function contextOf(cluster: TestCluster, realNode: Availability): ClusterContext {
  const { server, token, caPath, kubeconfigPath, kubectlPath, etcdUrl, directory } = cluster;
  return { available: true, server, token, caPath, kubeconfigPath, kubectlPath, etcdUrl, directory, realNode };
}
