// Which cluster the program works on: the real one, or in a dry run a simulated one behind the same interface.
// After this choice nothing in the program knows the difference.
import type { Clock } from '../../internal/platform/clock.ts';
import { type Configuration, ConfigurationError, type serveOptions } from '../../internal/platform/configuration.ts';
import type { Logger } from '../../internal/platform/logger.ts';
import type { Metrics } from '../../internal/platform/metrics.ts';
import type { Random } from '../../internal/platform/random.ts';
import { simulatedCluster } from '../../internal/simulation/cluster/simulated-cluster.ts';
import type { Store } from '../../internal/store/store.ts';
import { connect, KubeconfigError } from '../../pkg/kubernetes/client/index.ts';
import type { Cluster, KubernetesObject } from '../../pkg/kubernetes/cluster.ts';
import type { Discovery } from '../../pkg/kubernetes/discovery.ts';
import type { LogSource } from '../../pkg/kubernetes/log-source.ts';
import type { Attempt, Job } from '../../pkg/models/index.ts';
import { programVersion } from './version.ts';

export interface ClusterSide {
  cluster: Cluster;
  logs: LogSource;
  discovery: Discovery;
  /** Namespace of jobs that name none. */
  namespace: string;
  /** For people: the API server's URL, or what stands in for it. */
  description: string;
  /** Before the start: a simulated cluster is rebuilt from the rows of running attempts, a real one needs nothing. */
  adopt(running: ReadonlyArray<{ job: Job; attempt: Attempt }>, manifest: ManifestOf): void;
}

export type ManifestOf = (job: Job, attempt: Attempt) => KubernetesObject;

interface Deps {
  clock: Clock;
  random: Random;
  logger: Logger;
  metrics: Metrics;
}

export function openCluster(configuration: Configuration<typeof serveOptions>, deps: Deps): Promise<ClusterSide> {
  return configuration.dryRun ? Promise.resolve(openSimulated(configuration, deps)) : openReal(configuration, deps);
}

async function openReal(configuration: Configuration<typeof serveOptions>, deps: Deps): Promise<ClusterSide> {
  const { kubeconfig, context } = configuration;
  const choice = { ...(kubeconfig && { kubeconfig }), ...(context && { context }) };
  const limits = { connections: configuration.dispatchConcurrency };
  const connected = await connect({ ...choice, ...deps, version: programVersion(), limits }).catch((error: unknown) => {
    throw asMistake(error, choice);
  });
  return {
    cluster: connected.cluster,
    logs: connected.cluster,
    discovery: connected.cluster,
    namespace: configuration.namespace ?? connected.namespace,
    description: connected.server,
    adopt: () => {},
  };
}

/** What somebody chose by an option is a wrong value of that option; what was only found is a start that failed. */
function asMistake(error: unknown, choice: { kubeconfig?: string; context?: string }): unknown {
  const options = Object.keys(choice).map((name) => `--${name}`);
  if (!(error instanceof KubeconfigError) || options.length === 0) return error;
  return new ConfigurationError(
    `${options.join(' and ')} cannot be used: ${error.message} (--dry-run needs no cluster)`,
  );
}

const simulatedKinds = ['Job', 'JobSet', 'PyTorchJob', 'Pod'];

function openSimulated(configuration: Configuration<typeof serveOptions>, deps: Deps): ClusterSide {
  const { clock, random } = deps;
  const cluster = simulatedCluster({ clock, random, durationMs: configuration.dryRunDuration });
  return {
    cluster,
    logs: cluster,
    discovery: { serves: async ({ kind }) => ({ outcome: 'ok', value: simulatedKinds.includes(kind) }) },
    namespace: configuration.namespace ?? 'default',
    description: 'a simulated cluster (dry run)',
    adopt(running, manifest) {
      for (const { job, attempt } of running) {
        const object = manifest(job, attempt);
        const { uid } = attempt.workload;
        const metadata = { ...object.metadata, ...(uid && { uid }) };
        cluster.adopt({ ...object, metadata }, { startedAt: attempt.dispatchedAt });
      }
    },
  };
}

/** The running attempts of the store, with the rows that their manifests are made from. */
export async function runningAttempts(store: Store): Promise<Array<{ job: Job; attempt: Attempt }>> {
  const { running } = await store.load();
  const rows = new Map(store.reader.jobs(running.map((row) => row.jobId)).map((job) => [job.jobId, job]));
  return running.flatMap(({ jobId, attempt }) => {
    const job = rows.get(jobId);
    return job ? [{ job, attempt }] : [];
  });
}
