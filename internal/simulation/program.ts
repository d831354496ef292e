// The program's body as the server wires it, without HTTP: engine, dispatcher, jobs controller, reachability, clean-up.
// The parts are the real ones; only what they are given (time, chance, store, cluster) is simulated.
import type { Cluster } from '../../pkg/kubernetes/cluster.ts';
import { builtInTemplate, jobManifest } from '../../pkg/kubernetes/manifest.ts';
import { workloadReference } from '../../pkg/kubernetes/naming.ts';
import { jobsController } from '../controllers/jobs/jobs-controller.ts';
import { reachabilityMonitor } from '../controllers/jobs/reachability.ts';
import type { ClusterEvent } from '../core/events.ts';
import { Dispatcher, type DispatcherDeps } from '../dispatcher/dispatcher.ts';
import { Cleanup } from '../engine/cleanup.ts';
import { Engine, type EngineDeps } from '../engine/engine.ts';
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
    concurrency: dispatchConcurrency,
  });
  const reachability = reachabilityMonitor({ ...shared, emit });
  const controller = jobsController({
    ...shared,
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
    reachability.start();
    cleanup.start();
  }
  async function stop(): Promise<void> {
    engine.drain();
    cleanup.stop();
    reachability.stop();
    await controller.stop();
    await dispatcher.stop();
    await engine.stop();
  }
  return { engine, service, start, stop };
}
