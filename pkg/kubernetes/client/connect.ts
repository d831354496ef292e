// Opens the real cluster: kubeconfig → credentials → connections → Cluster. Nothing is asked of the API server here:
// a cluster that is down is a state of the running program, a kubeconfig that is wrong is a reason not to start.
// Importing this module is cheap; @kubernetes/client-node (400 ms, 80 MB) is loaded when `connect` is called.
import type { Clock } from '../../../internal/platform/clock.ts';
import type { Logger } from '../../../internal/platform/logger.ts';
import type { Metrics } from '../../../internal/platform/metrics.ts';
import type { Random } from '../../../internal/platform/random.ts';
import type { Applier } from '../apply.ts';
import type { Cluster } from '../cluster.ts';
import type { Discovery } from '../discovery.ts';
import type { LogSource } from '../log-source.ts';
import type { Versioned } from '../server-version.ts';
import { apiCluster } from './api-cluster.ts';
import { type ConnectionLimits, openConnections } from './connections.ts';
import { checkCredentialFiles, credentialCache } from './credentials.ts';
import { loadKubeconfig } from './kubeconfig.ts';
import { retryGate } from './retry-gate.ts';
import { createTransport } from './transport.ts';

export interface ConnectOptions {
  /** A file; without it $KUBECONFIG, ~/.kube/config or the in-cluster account. */
  kubeconfig?: string;
  context?: string;
  /** For the User-Agent, `kubejobs/<version>`. */
  version: string;
  clock: Clock;
  random: Random;
  logger: Logger;
  metrics: Metrics;
  environment?: Record<string, string | undefined>;
  limits?: Partial<ConnectionLimits>;
  /** How long credentials are used before they are read again (60 s). */
  credentialsMaxAgeMs?: number;
}

export interface Connected {
  cluster: Cluster & LogSource & Discovery & Applier & Versioned;
  /** The context's namespace, else `default`. */
  namespace: string;
  /** The API server's URL, without credentials. */
  server: string;
}

const usualLimits: ConnectionLimits = {
  connections: 32,
  connectTimeoutMs: 10_000,
  headersTimeoutMs: 30_000,
  streamHeadersTimeoutMs: 10_000,
  bodyTimeoutMs: 10_000,
  stalledAfterMs: 5_000,
};

/** Throws KubeconfigError when the kubeconfig, its context or a file that it names cannot be used. */
export async function connect(options: ConnectOptions): Promise<Connected> {
  const { clock, random, logger, metrics } = options;
  const { KubeConfig } = await import('@kubernetes/client-node');
  const { kubeconfig, context, environment = process.env } = options;
  const source = { environment, ...(kubeconfig ? { kubeconfig } : {}), ...(context ? { context } : {}) };
  const load = () => loadKubeconfig(KubeConfig, source);
  const loaded = load();
  await checkCredentialFiles(loaded);
  const limits = { ...usualLimits, ...options.limits };
  const maxAgeMs = options.credentialsMaxAgeMs ?? 60_000;
  const gate = retryGate(clock, random);
  const transport = createTransport({
    credentials: credentialCache(loaded, { load, clock, logger, maxAgeMs, timeoutMs: 60_000 }),
    connections: openConnections(limits, clock),
    gate,
    clock,
    userAgent: `kubejobs/${options.version}`,
    stalledAfterMs: limits.stalledAfterMs,
  });
  const cluster = apiCluster({ transport, gate, clock, metrics, connections: limits.connections });
  return { cluster, namespace: loaded.namespace, server: loaded.server };
}
