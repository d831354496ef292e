// The lists in an order that only the queue knows. The two fixed ones, what waits in dispatch order and what runs in order
// of dispatch, are part of the contract: their items are name, job_id and priority, in that order, and nothing else. The
// other two, what waits in full and from any position on, and what has finished by its end, are for those who show them.
import type { FastifyInstance, FastifyReply, FastifyRequest, FastifySchema } from 'fastify';
import Type, { type Static } from 'typebox';
import { describePage, type PageQuery, pageHeaders, pageParameters, pageQuery, pageRequestOf } from './pagination.ts';
import { invalid, sendProblem } from './problems.ts';
import { readProblems } from './responses.ts';
import type { JobService, JobView, Page, PageRequest, QueueEntry } from './service.ts';
import { jobLineOf, queueEntryDocumentOf } from './wire.ts';

type List = (page: PageRequest) => Page<QueueEntry>;

export function queueRoutes(app: FastifyInstance, service: JobService): void {
  listRoute(app, 'pending', 'Jobs that wait, in dispatch order', (page) => service.pending(page));
  listRoute(app, 'running', 'Jobs that hold a slot, in order of dispatch', (page) => service.running(page));
  queueRoute(app, service);
  finishedRoute(app, service);
}

function listRoute(app: FastifyInstance, state: 'pending' | 'running', summary: string, list: List): void {
  const schema: FastifySchema = {
    tags: ['queue'],
    operationId: `list${state === 'pending' ? 'Pending' : 'Running'}Jobs`,
    summary,
    querystring: pageQuery,
    response: {
      200: {
        description: `A page of the ${state} jobs.`,
        headers: pageHeaders,
        content: { 'application/json': { schema: { type: 'array', items: { $ref: 'QueueEntry#' } } } },
      },
    },
    problems: ['validation_failed', ...readProblems],
  };
  app.get<{ Querystring: PageQuery }>(`/jobs/${state}`, { schema, config: { access: 'read' } }, (request, reply) => {
    const asked = pageRequestOf(request.query);
    if (!asked.ok) return sendProblem(reply, asked.refusal);
    const page = list(asked.value);
    describePage(request, reply, page);
    return reply.send(page.items.map(queueEntryDocumentOf));
  });
}

const config = { access: 'read' } as const;

const queueQuery = Type.Object(
  {
    position: Type.Optional(
      Type.Integer({
        minimum: 0,
        description: 'The position to begin with, 0 when absent. Not together with `cursor`.',
      }),
    ),
    ...pageParameters,
  },
  { additionalProperties: false },
);

function queueRoute(app: FastifyInstance, service: JobService): void {
  const schema: FastifySchema = {
    tags: ['queue'],
    operationId: 'listQueue',
    summary: 'Jobs that wait, in dispatch order, in full',
    description: 'The jobs of `/jobs/pending` as `/jobs` shows them, from any position on.',
    querystring: queueQuery,
    response: { 200: jobsPage('A page of the pending jobs.') },
    problems: ['validation_failed', ...readProblems],
  };
  app.get<{ Querystring: Static<typeof queueQuery> }>('/queue', { schema, config }, (request, reply) => {
    const { position, ...page } = request.query;
    const asked = pageRequestOf(page);
    if (!asked.ok) return sendProblem(reply, asked.refusal);
    if (position !== undefined && asked.value.after !== undefined) {
      return sendProblem(reply, invalid([{ parameter: 'position', detail: 'cannot be given together with cursor' }]));
    }
    return sendJobs(request, reply, service.queue({ ...asked.value, ...(position !== undefined && { position }) }));
  });
}

function finishedRoute(app: FastifyInstance, service: JobService): void {
  const schema: FastifySchema = {
    tags: ['queue'],
    operationId: 'listFinishedJobs',
    summary: 'Jobs that have finished, the newest end first',
    querystring: pageQuery,
    response: { 200: jobsPage('A page of the finished jobs.') },
    problems: ['validation_failed', ...readProblems],
  };
  app.get<{ Querystring: PageQuery }>('/jobs/finished', { schema, config }, (request, reply) => {
    const asked = pageRequestOf(request.query);
    if (!asked.ok) return sendProblem(reply, asked.refusal);
    return sendJobs(request, reply, service.finished(asked.value));
  });
}

function jobsPage(description: string): object {
  const content = { 'application/json': { schema: { type: 'array', items: { $ref: 'Job#' } } } };
  return { description: `${description} Without attempts and timelines.`, headers: pageHeaders, content };
}

function sendJobs(request: FastifyRequest, reply: FastifyReply, page: Page<JobView>): FastifyReply {
  describePage(request, reply, page);
  return reply.send(page.items.map(jobLineOf));
}
