// `kubejobs serve`: reads the configuration, wires the parts together, starts them in order and stops them in the
// opposite one. Every part gets what it uses and nothing else; this file is the only one that knows them all.
import closeWithGrace from 'close-with-grace';
import type { FastifyInstance } from 'fastify';
import { jobsController } from '../../internal/controllers/jobs/jobs-controller.ts';
import { reachabilityMonitor } from '../../internal/controllers/jobs/reachability.ts';
import { Dispatcher } from '../../internal/dispatcher/dispatcher.ts';
import { Cleanup } from '../../internal/engine/cleanup.ts';
import { Engine } from '../../internal/engine/engine.ts';
import { EventHub } from '../../internal/engine/event-hub.ts';
import { standingOf } from '../../internal/engine/former-attempts.ts';
import { JobWaits } from '../../internal/engine/job-waits.ts';
import { Retention } from '../../internal/engine/retention.ts';
import { EngineService } from '../../internal/engine/service.ts';
import { JobLogs } from '../../internal/logs/job-logs.ts';
import { systemClock } from '../../internal/platform/clock.ts';
import { type Configuration, parseConfiguration, serveOptions } from '../../internal/platform/configuration.ts';
import { Lifecycle } from '../../internal/platform/lifecycle.ts';
import type { Logger } from '../../internal/platform/logger.ts';
import { problemMemory } from '../../internal/platform/problem-memory.ts';
import { prometheusMetrics } from '../../internal/platform/prometheus.ts';
import { systemRandom } from '../../internal/platform/random.ts';
import { openStore } from '../../internal/store/open.ts';
import type { Store } from '../../internal/store/store.ts';
import { buildServer } from '../../pkg/api/server.ts';
import type { JobService } from '../../pkg/api/service.ts';
import type { Cluster } from '../../pkg/kubernetes/cluster.ts';
import type { LogSource } from '../../pkg/kubernetes/log-source.ts';
import { jobManifest } from '../../pkg/kubernetes/manifest.ts';
import { workloadReference } from '../../pkg/kubernetes/naming.ts';
import { judgeWorkload, submissionJudge } from '../../pkg/kubernetes/policy/index.ts';
import { openAuthentication, tokensPath } from './authentication.ts';
import { type ManifestOf, openCluster, runningAttempts } from './cluster-side.ts';
import { assembleHealth, assembleJobSets, chosenControllers } from './controllers.ts';
import { readDashboard } from './dashboard.ts';
import { warnOfIdleOptions } from './idle-options.ts';
import { readJobTemplate } from './job-template.ts';
import { programLogger } from './logging.ts';
import { connectionsThatFit } from './open-files.ts';
import { assemblePodGroups, givingWay } from './podgroups.ts';
import { checkOwnTemplate, effectivePolicy, readPolicy, watchedNamespaces } from './policy.ts';
import { assembleResults } from './results.ts';
import { assembleSchedules } from './schedules.ts';
import { snapshotService } from './snapshot.ts';
import { storeSpec } from './store-spec.ts';
import { templateCheck } from './template-check.ts';
import { openTracing, tracesUrl } from './tracing.ts';
import { warnOfUnknownVariables } from './unknown-variables.ts';
import { programVersion } from './version.ts';
import { assembleWebhooks, readWebhookSettings } from './webhooks.ts';

type Settings = Configuration<typeof serveOptions>;

/** What stands between the parts: nothing in the program, crash points and the like in trials of it. */
export interface Seams {
  store(store: Store): Store;
  cluster(cluster: Cluster): Cluster;
  /** Of containers. */
  logs(source: LogSource): LogSource;
  service(service: JobService): JobService;
}

const plain: Seams = {
  store: (store) => store,
  cluster: (cluster) => cluster,
  logs: (source) => source,
  service: (service) => service,
};

/** Serves until SIGTERM or SIGINT, then stops in order and ends the process with 0. */
export async function serve(
  flags: Readonly<Record<string, string | boolean | undefined>>,
  environment: NodeJS.ProcessEnv,
  seams: Seams = plain,
): Promise<void> {
  const settings = parseConfiguration(serveOptions, flags, environment);
  const logger = programLogger(settings.logLevel);
  warnOfUnknownVariables(environment, logger);
  warnOfIdleOptions(settings, logger);
  const lifecycle = new Lifecycle({ clock: systemClock(), logger });
  // With tokens a SIGHUP is theirs.
  const signals = ['SIGTERM', 'SIGINT', ...(tokensPath(settings) === undefined ? ['SIGHUP'] : [])];
  // Not on beforeExit: it would end a start that failed with 0.
  const skip = ['beforeExit' as const, 'SIGTERM' as const, 'SIGINT' as const, 'SIGHUP' as const];
  const grace = closeWithGrace({ delay: 9_500, logger: false, skip }, async ({ err }) => {
    if (err) logger.error({ error: err.stack ?? String(err) }, 'a bug ended the program');
    await lifecycle.stop();
  });
  onFirstSignal(signals, logger, () => grace.close());
  const program = await assemble(settings, logger, seams, environment);
  await lifecycle.start(program.parts);
}

/**
 * Others are passed over: npm and terminals send a signal twice, the stop has a limit, and nothing is won by cutting it
 * short. The handlers stay, for a moment without one would let a signal end the process.
 */
function onFirstSignal(signals: readonly string[], logger: Logger, stop: () => unknown): void {
  let stopping = false;
  for (const signal of signals) {
    process.on(signal, () => {
      logger.info({ signal }, stopping ? 'already stopping' : 'stopping');
      if (!stopping) stop();
      stopping = true;
    });
  }
}

async function assemble(settings: Settings, log: Logger, seams: Seams, environment: NodeJS.ProcessEnv) {
  const clock = systemClock();
  const memory = problemMemory(log, clock);
  const { logger } = memory;
  const random = systemRandom();
  const metrics = prometheusMetrics();
  const shared = { clock, random, logger, metrics };
  const { authentication, part: authenticationPart } = await openAuthentication(settings, shared);
  const defaultTemplate = readJobTemplate(settings.jobTemplate);
  const webhookSettings = readWebhookSettings(settings);
  const policyDocument = readPolicy(settings);
  const traceUrl = tracesUrl(settings, environment);
  const { namespace, description, adopt, ...opened } = await openCluster(settings, shared);
  const cluster = seams.cluster(opened.cluster);
  const logs = seams.logs(opened.logs);
  const policy = effectivePolicy(policyDocument, namespace);
  checkOwnTemplate(settings.jobTemplate, defaultTemplate, policy);
  logger.info({ podSecurity: policy.podSecurity, namespaces: policy.namespaces }, 'the policy in force');
  const store = seams.store(
    await openStore(storeSpec(settings), {
      ...{ clock, random, logger },
      cluster: settings.dryRun ? 'simulated' : 'kubernetes',
    }),
  );
  const { queueId } = store;
  const running = await runningAttempts(store);
  const watched = watchedNamespaces(policy, running);

  const restricted = policy.podSecurity === 'restricted';
  const manifest: ManifestOf = (job, attempt) =>
    jobManifest({ job, attempt, queueId, namespace, defaultTemplate, restricted });
  const hub = new EventHub({ reader: store.reader });
  const traces = await openTracing(traceUrl, { ...shared, store, hub });
  const waits = new JobWaits({ hub, reader: store.reader, clock });
  const engine = new Engine({
    ...{ store, ...shared },
    committed: () => hub.committed(),
    settings: { maxConcurrency: settings.maxConcurrency ?? 2, settleMs: settings.settleMs, jobTtlMs: settings.jobTtl },
    maxConcurrencyGiven: settings.maxConcurrency !== undefined,
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
  const emit = engine.report.bind(engine);
  const dispatcher = new Dispatcher({
    ...{ cluster, ...shared, queueId, manifest, emit },
    forbids: (object) => judgeWorkload(object, policy) ?? jobSets.forbids(object),
    wanted: (jobId, attempt) => engine.core.running(jobId)?.attempt === attempt,
    standing: (jobId, attempt) => standingOf({ store, clock }, jobId, attempt),
    concurrency: settings.dispatchConcurrency,
  });
  const reachability = reachabilityMonitor({ cluster, ...shared, emit });
  const chosen = chosenControllers(settings);
  const results = assembleResults(chosen.has('results'), settings, {
    ...{ cluster, source: logs, ...shared, queueId, store, namespaces: watched, saved: traces.saved },
  });
  const controller = jobsController({
    ...{ cluster, ...shared, queueId, emit },
    namespaces: watched,
    expected: (jobId, attempt) => engine.expected(jobId, attempt),
    expectedKeys: () => engine.core.runningInOrder(),
    savedOutcome: results.savedOutcome,
    onReachable: () => reachability.check(),
    onUnreachable: () => reachability.check(),
  });
  const health = assembleHealth(chosen.has('health'), {
    ...{ cluster, discovery: opened.discovery, ...shared },
    namespaces: watched,
  });
  const jobSets = assembleJobSets(settings, {
    ...{ cluster, discovery: opened.discovery, ...shared },
    namespaces: watched,
  });
  const podGroups = assemblePodGroups(chosen.has('podgroup'), settings, {
    ...{ cluster, ...shared, queueId, namespaces: watched },
    giveWay: givingWay(() => engine.core, clock, emit),
  });
  const cleanup = new Cleanup({
    ...{ store, clock },
    ready: () => engine.clusterReachable && engine.storeAvailable,
    release: (effects) => dispatcher.release(effects),
    results: { awaited: results.awaits, jobTtlMs: settings.jobTtl, emit, logger },
  });
  const retention = new Retention({
    ...{ store, clock },
    keepFinishedMs: settings.keepFinished === 'forever' ? undefined : settings.keepFinished,
    pruned: (what) => engine.pruned(what),
  });
  const webhooks = assembleWebhooks({ ...shared, settings: webhookSettings, engine, hub, store, jobs: () => service });
  const judgeByPolicy = submissionJudge({ policy, namespace, defaultTemplate });
  const service: EngineService = new EngineService({
    ...{ engine, store, simulated: settings.dryRun },
    checkPolicy: (submission) =>
      results.judge(submission) ?? webhooks.service.judge(submission) ?? judgeByPolicy(submission),
    checkTemplate: templateCheck({
      ...{ cluster, random, clock, manifest, namespace, watched },
      unrunnable: (kind) => jobSets.unrunnable(kind),
    }),
  });
  const jobs = seams.service(service);
  const judge = service.judge.bind(service);
  const schedules = assembleSchedules({ ...shared, engine, store, jobs, judge });
  const jobLogs = new JobLogs({
    ...{ cluster, source: logs, reader: store.reader, queueId, clock },
    live: (jobId) => service.job(jobId),
    savedLog: results.savedLog,
  });
  const server = await buildServer({
    service: jobs,
    schedules: schedules.service,
    webhooks: webhooks.service,
    traces: traces.requests,
    debug: snapshotService({
      ...{ settings, engine, store, storeSpec: storeSpec(settings), cluster: description, memory, clock },
      ...{ namespaces: watched, watches: () => controller.watches(), metricsText: () => metrics.text() },
    }),
    workloads: health.service,
    podGroups: podGroups.service,
    results: results.service,
    logs: jobLogs,
    dashboard: readDashboard(),
    events: {
      listen: (listener) => hub.listen(listener),
      after: (eventId, limit) => hub.after(eventId, limit),
      ended: (jobId, timeoutMs, signal) => waits.ended(jobId, timeoutMs, signal),
    },
    ...{ logger, clock, metrics, authentication },
    limits: { connections: connectionsThatFit(settings.maxConnections, logger) },
    version: programVersion(),
    metricsText: () => metrics.text(),
  });

  return {
    parts: [
      { name: 'store', stop: () => store.close() },
      authenticationPart,
      traces.part,
      {
        name: 'cluster',
        start: () => adopt(running, manifest),
        stop: () => cluster.close(),
      },
      { name: 'http server', stop: () => server.close() },
      { name: 'engine', start: () => engine.start(), stop: () => engine.stop() },
      { name: 'dispatcher', stop: () => dispatcher.stop() },
      { name: 'jobs controller', start: () => controller.start(), stop: () => controller.stop() },
      health.part,
      podGroups.part,
      ...results.parts,
      jobSets.part,
      { name: 'reachability', start: () => reachability.start(), stop: () => reachability.stop() },
      { name: 'clean-up', start: () => cleanup.start(), stop: () => cleanup.stop() },
      { name: 'retention', start: () => retention.start(), stop: () => retention.stop() },
      { name: 'drain', stop: () => engine.drain() },
      webhooks.part,
      schedules.part,
      { name: 'listening', start: () => listen(server, settings, engine, description, logger) },
    ],
  };
}

async function listen(
  server: FastifyInstance,
  settings: Settings,
  engine: Engine,
  cluster: string,
  logger: Logger,
): Promise<void> {
  const { host, port } = settings;
  const url = await server.listen({ host, port }).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'EADDRINUSE')
      error.message = `${host}:${port} is in use; give another --port (0 picks a free one)`;
    throw error;
  });
  const version = programVersion();
  const { maxConcurrency } = engine.settings;
  const store = storeSpec(settings);
  const auth = settings.auth ?? 'none';
  logger.info({ version, url, cluster, store, auth, maxConcurrency }, 'kubejobs is ready');
  process.stdout.write(
    `kubejobs ${version} listens on ${url} · ${maxConcurrency} slots on ${cluster} · store ${store}\n`,
  );
}
