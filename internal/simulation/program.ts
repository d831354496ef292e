// The program's body as the server wires it, without HTTP: engine, dispatcher, jobs controller, reachability,
// clean-up, and in some worlds the results controller.
// The parts are the real ones; only what they are given (time, chance, store, cluster) is simulated.
import type { Cluster } from '../../pkg/kubernetes/cluster.ts';
import type { LogSource } from '../../pkg/kubernetes/log-source.ts';
import { builtInTemplate, jobManifest } from '../../pkg/kubernetes/manifest.ts';
import { workloadReference } from '../../pkg/kubernetes/naming.ts';
import { type JobsControllerDeps, jobsController } from '../controllers/jobs/jobs-controller.ts';
import { reachabilityMonitor } from '../controllers/jobs/reachability.ts';
import { resultsController } from '../controllers/results/results-controller.ts';
import { savedOutcome } from '../controllers/results/saved-outcome.ts';
import type { ClusterEvent } from '../core/events.ts';
import { Dispatcher, type DispatcherDeps } from '../dispatcher/dispatcher.ts';
import { Cleanup, type CleanupResults } from '../engine/cleanup.ts';
import { Engine, type EngineDeps } from '../engine/engine.ts';
import { standingOf } from '../engine/former-attempts.ts';
import { untilDeletion, wantsResult } from '../engine/result-needs.ts';
import { EngineService } from '../engine/service.ts';
import type { Clock } from '../platform/clock.ts';
import type { Logger } from '../platform/logger.ts';
import { silentMetrics } from '../platform/metrics.ts';
import type { Random } from '../platform/random.ts';
import type { Store } from '../store/store.ts';

export interface ProgramDeps {
  store: Store;
  cluster: Cluster;
  clock: Clock;
  random: Random;
  logger: Logger;
  settings: EngineDeps['settings'];
  maxConcurrencyGiven?: boolean;
  /** Where logs are read; without it no results are saved. */
  logs?: LogSource | undefined;
  /** Told of each piece of news that is given to the engine. */
  onInput?(): void;
}

export interface Program {
  engine: Engine;
  service: EngineService;
  start(): Promise<void>;
  /** In the opposite order of the start. */
  stop(): Promise<void>;
}

const namespace = 'default';
const dispatchConcurrency = 16;
const resultBytes = 65_536;

/** As the server has them; undefined when nobody saves any. */
function resultsOf({ logs: source, store, cluster, clock, ...deps }: ProgramDeps) {
  if (!source) return undefined;
  const startedAt = clock.now();
  const controller = resultsController({
    ...{ ...deps, source, cluster, clock, metrics: silentMetrics, queueId: store.queueId },
    ...{ logs: 'full', maxBytes: resultBytes },
    keptForMs: (jobId, attempt) => untilDeletion({ store, clock, startedAt }, jobId, attempt),
  });
  const outcomeOf: NonNullable<JobsControllerDeps['savedOutcome']> = async (reference, jobId, attempt) =>
    savedOutcome(cluster, wantsResult(store, jobId), reference, jobId, attempt);
  const awaited: CleanupResults['awaited'] = (jobId, { attempt, workload }) =>
    wantsResult(store, jobId) !== false && controller.awaits(jobId, attempt, workload.namespace);
  return { controller, savedOutcome: outcomeOf, awaited };
}

export function assembleProgram(deps: ProgramDeps): Program {
  const { store, clock } = deps;
  const { queueId } = store;
  const shared = { ...deps, metrics: silentMetrics };
  const manifest: DispatcherDeps['manifest'] = (job, attempt) =>
    jobManifest({ job, attempt, queueId, namespace, defaultTemplate: builtInTemplate });
  const engine = new Engine({
    ...shared,
    nameWorkload: (job, attempt) => workloadReference(job, attempt, namespace),
    release: (effects) => {
      for (const { attempt } of effects) controller.watch(attempt.workload.kind);
      dispatcher.release(effects);
    },
    resync: () => {
      dispatcher.dropWaiting();
      controller.resync();
    },
  });
  const emit = (event: ClusterEvent): void => {
    deps.onInput?.();
    engine.report(event);
  };
  const dispatcher = new Dispatcher({
    ...{ ...shared, queueId, manifest, emit },
    wanted: (jobId, attempt) => engine.core.running(jobId)?.attempt === attempt,
    standing: (jobId, attempt) => standingOf(deps, jobId, attempt),
    concurrency: dispatchConcurrency,
  });
  const reachability = reachabilityMonitor({ ...shared, emit });
  const results = resultsOf(deps);
  const controller = jobsController({
    ...shared,
    ...(results && { savedOutcome: results.savedOutcome }),
    queueId,
    emit,
    expected: (jobId, attempt) => engine.expected(jobId, attempt),
    expectedKeys: () => engine.core.runningInOrder(),
    onReachable: () => reachability.check(),
    onUnreachable: () => reachability.check(),
  });
  const cleanup = new Cleanup({
    store,
    clock,
    ready: () => engine.clusterReachable && engine.storeAvailable,
    release: (effects) => dispatcher.release(effects),
    ...(results && {
      results: { awaited: results.awaited, jobTtlMs: deps.settings.jobTtlMs, emit, logger: deps.logger },
    }),
  });
  const service = new EngineService({
    engine,
    store,
    simulated: true,
    checkTemplate: () => Promise.resolve(undefined),
  });
  async function start(): Promise<void> {
    await engine.start();
    controller.start();
    results?.controller.start();
    reachability.start();
    cleanup.start();
  }
  async function stop(): Promise<void> {
    engine.drain();
    cleanup.stop();
    reachability.stop();
    await results?.controller.stop();
    await controller.stop();
    await dispatcher.stop();
    await engine.stop();
  }
  return { engine, service, start, stop };
}
