// The calls for those who run the server: health, readiness, liveness, metrics, and what each problem `type` means.
// An unreachable cluster does not make the server unhealthy: it goes on accepting jobs, and a 503 would keep them away.
import type { FastifyInstance, FastifyReply, FastifySchema } from 'fastify';
import Type from 'typebox';
import { type ErrorCode, errorCatalogue, type Refusal } from '../models/index.ts';
import { sendProblem } from './problems.ts';
import { writeProblems } from './responses.ts';
import { type ErrorDocument, errorCodes } from './schemas/problem.ts';
import type { Health, JobService } from './service.ts';
import { healthFieldsOf } from './wire.ts';
import type { WorkloadService } from './workload-service.ts';

export interface MetricsText {
  contentType: string;
  body: string;
}

export function healthRoutes(
  app: FastifyInstance,
  service: JobService,
  version: string,
  workloads: Pick<WorkloadService, 'overview'> | undefined,
): void {
  const answer = (reply: FastifyReply): FastifyReply => {
    const health = service.health();
    const fields = healthFieldsOf(health, version, workloads?.overview().kinds);
    return health.accepting
      ? reply.send({ status: 'ok', ...fields })
      : sendProblem(reply, notAccepting(health), fields);
  };
  const response = {
    200: {
      description: 'The server accepts jobs.',
      content: { 'application/json': { schema: { $ref: 'Health#' } } },
    },
  };
  const description = 'A 503 is a problem document with the same numbers beside its own fields.';
  const common = { tags: ['operation'], description, response, problems: writeProblems };
  const health = { ...common, operationId: 'getHealth', summary: 'Whether the server accepts jobs' };
  const ready = { ...common, operationId: 'getReadiness', summary: 'The same, for readiness probes' };
  const config = { access: 'anyone' } as const;
  app.get('/health', { schema: health, config }, (_request, reply) => answer(reply));
  app.get('/readyz', { schema: ready, config }, (_request, reply) => answer(reply));
  app.get('/livez', { schema: livenessSchema, config }, (_request, reply) => reply.send({ status: 'ok' }));
}

const livenessSchema: FastifySchema = {
  tags: ['operation'],
  operationId: 'getLiveness',
  summary: 'Whether the process answers',
  response: {
    200: {
      description: 'The process answers; nothing is said about the store or the cluster.',
      content: { 'application/json': { schema: { $ref: 'Alive#' } } },
    },
  },
};

function notAccepting(health: Health): Refusal {
  if (health.stopping) return { code: 'shutting_down', detail: health.detail ?? 'The server is stopping.' };
  return { code: 'store_unavailable', detail: health.detail ?? 'The store does not accept writes now.' };
}

export function metricsRoute(app: FastifyInstance, metricsText: () => Promise<MetricsText>): void {
  const schema: FastifySchema = {
    tags: ['operation'],
    operationId: 'getMetrics',
    summary: 'Metrics in the Prometheus text format',
    response: {
      200: { description: 'All metrics.', content: { 'text/plain': { schema: { type: 'string' } } } },
    },
  };
  app.get('/metrics', { schema, config: { access: 'read' } }, async (_request, reply) => {
    const { contentType, body } = await metricsText();
    return reply.header('content-type', contentType).send(body);
  });
}

const errorPath = Type.Object({
  code: Type.String({ description: 'A code of the catalogue.', examples: ['internal'] }),
});

export function errorRoutes(app: FastifyInstance): void {
  const list: FastifySchema = {
    tags: ['operation'],
    operationId: 'listErrors',
    summary: 'Every problem that the server can answer with',
    response: {
      200: {
        description: 'The error catalogue.',
        content: { 'application/json': { schema: { type: 'array', items: { $ref: 'ErrorDefinition#' } } } },
      },
    },
  };
  const show: FastifySchema = {
    tags: ['operation'],
    operationId: 'getError',
    summary: 'What a problem’s `type` points at',
    params: errorPath,
    response: {
      200: {
        description: 'One line of the error catalogue.',
        content: { 'application/json': { schema: { $ref: 'ErrorDefinition#' } } },
      },
    },
    problems: ['not_found'],
  };
  const documents = new Map<string, ErrorDocument>(errorCodes.map((code) => [code, errorDocumentOf(code)]));
  const config = { access: 'anyone' } as const;
  app.get('/errors', { schema: list, config }, (_request, reply) => reply.send([...documents.values()]));
  app.get<{ Params: { code: string } }>('/errors/:code', { schema: show, config }, (request, reply) => {
    const document = documents.get(request.params.code);
    if (document !== undefined) return reply.send(document);
    return sendProblem(reply, { code: 'not_found', detail: 'There is no problem of this code; see /errors.' });
  });
}

function errorDocumentOf(code: ErrorCode): ErrorDocument {
  return { code, ...errorCatalogue[code] };
}
