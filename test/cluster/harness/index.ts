/**
 * The test cluster: `startCluster()` gives a real Kubernetes on 127.0.0.1 with simulated nodes (KWOK) and, when asked,
 * one real node. It owns the order of start and stop; the parts are in the files beside it.
 */
import type { ApiAccess } from './api-request.ts';
import { type Availability, binaryAvailability, ensureBinaries } from './binaries.ts';
import { cleanUp } from './clean-up.ts';
import { makeClusterFolder } from './cluster-folder.ts';
import { ControlPlane } from './control-plane.ts';
import { type Kubectl, kubectlWith } from './kubectl.ts';
import { defaultCapacity } from './kwok.ts';
import { ensureNodeTools, realNodeAvailability } from './node-tools.ts';
import { Processes } from './process.ts';
import { startRealNode } from './real-node.ts';
import { controlPlaneBinaries, realNodeBinaries } from './recipes.ts';
import { startGuardian } from './start-guardian.ts';

export type { Availability } from './binaries.ts';
export { realNodeAvailability };

export interface ClusterOptions {
  /** Nodes `kwok-0`, `kwok-1`, …; default 4. */
  kwokNodes?: number;
  /** What each KWOK node can hold; default 32 CPUs, 256Gi, 110 pods. */
  nodeCapacity?: { cpu?: string; memory?: string; pods?: string };
  /** What containers on KWOK nodes print, by container name; others print three fixed lines. */
  kwokLogs?: Record<string, string[]>;
  /** Stages beside those of the harness, as YAML; the two must never fit one pod at a time. */
  kwokStages?: string;
  /** Adds the node `localhost`, with a kubelet and containerd; default false. Needs root. */
  realNode?: boolean;
  /** Remove the cluster when this process dies; default true. Only `make cluster-up` wants it to stay. */
  guarded?: boolean;
  log?: (line: string) => void;
}

export interface TestCluster extends ApiAccess {
  kubeconfigPath: string;
  /** The temporary folder with everything of this cluster: `logs/` in it says what each process said. */
  directory: string;
  realNode: boolean;
  /** Client URL of the etcd behind the API server. */
  etcdUrl: string;
  kubectlPath: string;
  kubectl: Kubectl;
  /** SIGTERM by default. */
  stopApiServer(signal?: NodeJS.Signals): Promise<void>;
  /** On the same port, with the same data and certificate. */
  startApiServer(): Promise<void>;
  /** Ends everything and removes the folder. */
  stop(): Promise<void>;
}

export async function clusterAvailability(): Promise<Availability> {
  if (process.platform !== 'linux') return { available: false, reason: 'the test cluster needs Linux' };
  return await binaryAvailability(controlPlaneBinaries);
}

/** Throws when it can't be had; ask `clusterAvailability()` first. The first call on a machine compiles for minutes. */
export async function startCluster(options: ClusterOptions = {}): Promise<TestCluster> {
  const log = options.log ?? (() => undefined);
  const binaries = await ensureBinaries(controlPlaneBinaries, log);
  const node = options.realNode ? await prepareRealNode(log) : undefined;
  const folder = makeClusterFolder();
  if (options.guarded ?? true) startGuardian(folder);
  const processes = new Processes(folder);
  try {
    const plane = await ControlPlane.start({ binaries, processes, log }, kwokOptions(options));
    if (node) await startRealNode({ plane, processes, ...node });
    return clusterOf(plane, folder, binaries.kubectl, node !== undefined);
  } catch (error) {
    const said = processes.logTails();
    await cleanUp(folder);
    throw new Error(`the test cluster did not start: ${String(error)}\n${said}`, { cause: error });
  }
}

async function prepareRealNode(log: (line: string) => void) {
  return { binaries: await ensureBinaries(realNodeBinaries, log), tools: await ensureNodeTools(log) };
}

function kwokOptions(options: ClusterOptions) {
  return {
    nodes: options.kwokNodes ?? 4,
    capacity: { ...defaultCapacity, ...options.nodeCapacity },
    logs: options.kwokLogs ?? {},
    moreStages: options.kwokStages ?? '',
  };
}

function clusterOf(plane: ControlPlane, folder: string, kubectlPath: string, realNode: boolean): TestCluster {
  const { server, token, caPath, kubeconfigPath, etcdUrl } = plane;
  return {
    ...{ server, token, caPath, kubeconfigPath, kubectlPath, etcdUrl, realNode, directory: folder },
    kubectl: kubectlWith(kubectlPath, kubeconfigPath),
    stopApiServer: (signal) => plane.stopApiServer(signal),
    startApiServer: () => plane.startApiServer(),
    stop: () => cleanUp(folder),
  };
}
