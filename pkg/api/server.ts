// The HTTP server, built without listening: the same instance serves a port or is called by injection in tests.
// It parses, validates, asks the service and puts answers on the wire; it owns no state and decides nothing.
//
//   request ─▶ limits ─▶ token ─▶ JSON ─▶ schema ─▶ rules ─▶ service ─▶ document ─▶ response
//                 └────────┴────────┴───────┴────────┴─────────┴─▶ problem document ──┘
import Fastify, { type FastifyInstance } from 'fastify';
import type { Clock } from '../../internal/platform/clock.ts';
import type { Metrics } from '../../internal/platform/metrics.ts';
import { type Guard, guardRoutes } from './access.ts';
import type { Authenticator } from './authentication.ts';
import { batchRoutes } from './batch-routes.ts';
import { limitBodies } from './body-budget.ts';
import { callerRoutes } from './caller-routes.ts';
import { refuseHostless, setCommonHeaders } from './common-headers.ts';
import { Connections } from './connections.ts';
import { type DashboardFiles, dashboardRoutes } from './dashboard-routes.ts';
import { debugRoutes } from './debug-routes.ts';
import type { DebugService } from './debug-service.ts';
import { describeApi, serveDocumentation } from './documentation.ts';
import { answerFrameworkError, type ErrorLog, handleErrors } from './error-handler.ts';
import { eventRoutes } from './event-routes.ts';
import type { EventService } from './event-service.ts';
import { newHttpServer } from './http-server.ts';
import { jobRoutes } from './job-routes.ts';
import { parseJsonOnly } from './json-parser.ts';
import { defaultLimits, type ServerLimits } from './limits.ts';
import { logRoutes } from './log-routes.ts';
import type { LogService } from './log-service.ts';
import { errorRoutes, healthRoutes, type MetricsText, metricsRoute } from './operation-routes.ts';
import { answerLate, answerOverdue, answerParserError } from './parser-errors.ts';
import { podGroupRoutes } from './podgroup-routes.ts';
import type { PodGroupService } from './podgroup-service.ts';
import { queueRoutes } from './queue-routes.ts';
import { AccessRefusals, type AccessRefusalsDeps } from './refused-access.ts';
import { type RequestTraces, traceRequests } from './request-traces.ts';
import { resultRoutes } from './result-routes.ts';
import type { ResultService } from './result-service.ts';
import { scheduleRoutes } from './schedule-routes.ts';
import type { ScheduleService } from './schedule-service.ts';
import { callerSchemas } from './schemas/caller.ts';
import { healthSchemas } from './schemas/health.ts';
import { jobSchemas } from './schemas/job.ts';
import { podGroupSchemas } from './schemas/podgroup.ts';
import { problemSchemas } from './schemas/problem.ts';
import { resultSchemas } from './schemas/result.ts';
import { scheduleSchemas } from './schemas/schedule.ts';
import { settingsSchemas } from './schemas/settings.ts';
import { snapshotSchemas } from './schemas/snapshot.ts';
import { webhookSchemas } from './schemas/webhook.ts';
import { workloadSchemas } from './schemas/workload.ts';
import type { JobService } from './service.ts';
import { settingsRoutes } from './settings-routes.ts';
import { schemaCompiler } from './validation.ts';
import { webhookRoutes } from './webhook-routes.ts';
import type { WebhookService } from './webhook-service.ts';
import { workloadRoutes } from './workload-routes.ts';
import type { WorkloadService } from './workload-service.ts';

export interface ServerDeps {
  service: JobService;
  events: EventService;
  logs: LogService;
  schedules: ScheduleService;
  webhooks: WebhookService;
  /** Undefined: requests are not traced. */
  traces?: RequestTraces | undefined;
  /** For support. */
  debug: DebugService;
  /** Undefined when nothing follows the health of workloads. */
  workloads?: WorkloadService | undefined;
  /** Undefined when nothing follows groups of pods. */
  podGroups?: PodGroupService | undefined;
  /** Undefined when nobody saves results. */
  results?: ResultService | undefined;
  /** Undefined when it is not built. */
  dashboard?: DashboardFiles | undefined;
  logger: ErrorLog;
  clock: Pick<Clock, 'schedule'>;
  metrics: Pick<Metrics, 'count' | 'set'>;
  version: string;
  metricsText: () => Promise<MetricsText>;
  limits?: Partial<ServerLimits>;
  /** Who is asked for a token's role; undefined lets everyone do everything. */
  authentication: Authentication | undefined;
}

export interface Authentication extends AccessRefusalsDeps {
  authenticator: Authenticator;
}

/** Ready to listen or to be injected into. Closing it ends all connections: let the service settle its answers first. */
export async function buildServer(deps: ServerDeps): Promise<FastifyInstance> {
  const limits = { ...defaultLimits, ...deps.limits };
  const app = newFastify(limits, new Connections({ ...deps, limits, overdue: answerOverdue, late: answerLate }));
  parseJsonOnly(app);
  limitBodies(app, limits);
  app.setValidatorCompiler(schemaCompiler());
  app.addHook('onRequest', setCommonHeaders);
  app.addHook('onRequest', refuseHostless);
  traceRequests(app, deps.traces);
  handleErrors(app, deps.logger);
  for (const schema of [
    ...problemSchemas,
    ...jobSchemas,
    ...scheduleSchemas,
    ...webhookSchemas,
    ...settingsSchemas,
    ...workloadSchemas,
    ...podGroupSchemas,
    ...resultSchemas,
    ...healthSchemas,
    ...snapshotSchemas,
    ...callerSchemas,
  ])
    app.addSchema(schema);
  guardRoutes(app, guardOf(deps.authentication));
  await describeApi(app, deps.version);
  jobRoutes(app, deps.service, deps.workloads);
  batchRoutes(app, { ...deps, limits });
  eventRoutes(app, deps);
  logRoutes(app, deps.logs);
  queueRoutes(app, deps.service);
  scheduleRoutes(app, deps.schedules);
  webhookRoutes(app, deps.webhooks);
  workloadRoutes(app, deps);
  podGroupRoutes(app, deps.podGroups);
  resultRoutes(app, deps.results);
  settingsRoutes(app, deps.service);
  healthRoutes(app, deps.service, deps.version, deps.workloads);
  metricsRoute(app, deps.metricsText);
  debugRoutes(app, deps.debug);
  callerRoutes(app, deps.authentication?.authenticator);
  errorRoutes(app);
  dashboardRoutes(app, deps.dashboard);
  await serveDocumentation(app);
  await app.ready();
  return app;
}

function guardOf(authentication: Authentication | undefined): Guard | undefined {
  if (authentication === undefined) return undefined;
  return { authenticator: authentication.authenticator, refusals: new AccessRefusals(authentication) };
}

function newFastify(limits: ServerLimits, connections: Connections): FastifyInstance {
  const app = Fastify({
    logger: false,
    bodyLimit: limits.bodyBytes,
    routerOptions: { maxParamLength: limits.parameterLength },
    serverFactory: (answer) => newHttpServer(answer, limits, connections),
    forceCloseConnections: true,
    return503OnClosing: false, // the service refuses, with a problem document
    frameworkErrors: answerFrameworkError,
    clientErrorHandler: (error, socket) => connections.afterAnswers(socket, () => answerParserError(error, socket)),
  });
  app.addHook('onClose', async () => connections.stop());
  return app;
}
