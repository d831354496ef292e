// The routes about the health of workloads. Each parses, asks the service, and puts the answer on the wire; none decides
// anything. Without the controller that follows them, all say so.
import type { FastifyInstance, FastifyReply, FastifySchema } from 'fastify';
import Type, { type Static } from 'typebox';
import type { Clock } from '../../internal/platform/clock.ts';
import type { Metrics } from '../../internal/platform/metrics.ts';
import { describePage, pageHeaders, pageParameters, pageRequestOf } from './pagination.ts';
import { sendProblem } from './problems.ts';
import { readProblems } from './responses.ts';
import { rules } from './rules.ts';
import { oneOf, textOf } from './schemas/common.ts';
import { beginStream } from './streamed-answer.ts';
import { type WorkloadService, watchedKinds } from './workload-service.ts';
import { WorkloadStreams } from './workload-streams.ts';

export interface WorkloadRoutesDeps {
  /** Undefined when nothing follows them. */
  workloads?: WorkloadService | undefined;
  clock: Pick<Clock, 'schedule'>;
  metrics: Pick<Metrics, 'count' | 'set'>;
}

export function workloadRoutes(app: FastifyInstance, deps: WorkloadRoutesDeps): void {
  listRoute(app, deps);
  streamRoute(app, deps);
  showRoute(app, deps);
}

const config = { access: 'read' } as const;
const filters = {
  kind: Type.Optional(oneOf(watchedKinds, 'Only of this kind.')),
  namespace: Type.Optional(textOf(rules.dnsLabel, 'Only of this namespace')),
};

const listQuery = Type.Object(
  {
    ...filters,
    unhealthy: Type.Optional(
      Type.Boolean({ default: true, description: 'Only the unhealthy ones, as long as this is not false.' }),
    ),
    ...pageParameters,
  },
  { additionalProperties: false },
);
type ListQuery = Static<typeof listQuery>;

function listRoute(app: FastifyInstance, { workloads }: WorkloadRoutesDeps): void {
  const schema: FastifySchema = {
    tags: ['workloads'],
    operationId: 'listWorkloads',
    summary: 'Count all workloads, and list the unhealthy ones',
    description:
      'JobSets, PyTorchJobs and Jobs of every namespace that is watched, whoever made them. A kind that the cluster does not ' +
      'have, or does not show, is not `available`.',
    querystring: listQuery,
    response: {
      200: {
        description: 'The counts, and a page of the list, in the order in which workloads were first seen.',
        headers: pageHeaders,
        content: { 'application/json': { schema: { $ref: 'Workloads#' } } },
      },
    },
    problems: ['validation_failed', 'controller_off', ...readProblems],
  };
  app.get<{ Querystring: ListQuery }>('/workloads', { schema, config }, (request, reply) => {
    if (workloads === undefined) return sendOff(reply);
    const { kind, namespace, unhealthy = true, ...page } = request.query;
    const asked = pageRequestOf(page);
    if (!asked.ok) return sendProblem(reply, asked.refusal);
    const filter = { ...(kind && { kind }), ...(namespace !== undefined && { namespace }), unhealthy };
    const found = workloads.workloads(filter, asked.value);
    const { kinds, pods, containerIssues } = workloads.overview();
    describePage(request, reply, found);
    return reply.send({ kinds, pods, container_issues: containerIssues, workloads: found.items });
  });
}

const workloadPath = Type.Object({
  kind: oneOf(watchedKinds, 'Its kind.'),
  namespace: textOf(rules.dnsLabel, 'Its namespace', { examples: ['default'] }),
  name: Type.String({ minLength: 1, maxLength: 253, description: 'Its name.', examples: ['pytorch-simple'] }),
});
type WorkloadPath = Static<typeof workloadPath>;

function showRoute(app: FastifyInstance, { workloads }: WorkloadRoutesDeps): void {
  const schema: FastifySchema = {
    tags: ['workloads'],
    operationId: 'getWorkload',
    summary: 'Show a workload with its pods and containers',
    params: workloadPath,
    response: {
      200: {
        description: 'The workload as it is now.',
        content: { 'application/json': { schema: { $ref: 'WorkloadTree#' } } },
      },
    },
    problems: ['workload_not_found', 'controller_off', ...readProblems],
  };
  app.get<{ Params: WorkloadPath }>('/workloads/:kind/:namespace/:name', { schema, config }, ({ params }, reply) => {
    if (workloads === undefined) return sendOff(reply);
    const { kind, namespace, name } = params;
    const document = workloads.document(kind, namespace, name);
    if (document !== undefined) return reply.send(document);
    const detail = `There is no ${kind} ${name} in the namespace ${namespace}, or it cannot be seen.`;
    return sendProblem(reply, { code: 'workload_not_found', detail });
  });
}

const streamQuery = Type.Object(filters, { additionalProperties: false });

function streamRoute(app: FastifyInstance, { workloads, clock, metrics }: WorkloadRoutesDeps): void {
  const schema: FastifySchema = {
    tags: ['workloads'],
    operationId: 'streamWorkloads',
    summary: 'Follow the health of workloads',
    description:
      'Server-sent events: `changed` with what `GET /workloads` lists of a workload, whether it is healthy or not, and `gone` ' +
      'with its kind, namespace and name. Every stream begins with a `changed` of each workload that the filters let through; ' +
      '`synced` with a kind says that all of that kind were told: what was not since the stream was opened is not there. There ' +
      'is no history, so there are no ids, and `Last-Event-ID` changes nothing: a reader who comes back is told of everything ' +
      'as it is then, and sees what he missed. What changes while a reader takes nothing is told once, as it is then. A comment ' +
      'line is sent every 15 s. A reader who takes nothing for 30 s is cut off.',
    querystring: streamQuery,
    response: {
      200: {
        description: 'The stream, without an end.',
        content: { 'text/event-stream': { schema: { type: 'string' } } },
      },
    },
    problems: ['validation_failed', 'controller_off', ...readProblems],
  };
  const streams = workloads && new WorkloadStreams({ workloads, clock, metrics });
  app.addHook('preClose', async () => streams?.stop());
  app.get<{ Querystring: Static<typeof streamQuery> }>(
    '/workloads/events',
    { schema, config, exposeHeadRoute: false },
    (request, reply) => {
      if (streams === undefined) return sendOff(reply);
      streams.open(beginStream(reply, 'text/event-stream'), request.query);
      return reply;
    },
  );
}

function sendOff(reply: FastifyReply): FastifyReply {
  return sendProblem(reply, {
    code: 'controller_off',
    detail: 'This server does not follow workloads: add health to its --controllers.',
  });
}
