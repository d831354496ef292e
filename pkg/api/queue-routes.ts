// The two fixed lists: what waits, in dispatch order, and what runs, in order of dispatch.
// Their items are part of the contract: name, job_id and priority, in that order, and nothing else.
import type { FastifyInstance, FastifySchema } from 'fastify';
import { describePage, type PageQuery, pageHeaders, pageQuery, pageRequestOf } from './pagination.ts';
import { sendProblem } from './problems.ts';
import { readProblems } from './responses.ts';
import type { JobService, Page, PageRequest, QueueEntry } from './service.ts';
import { queueEntryDocumentOf } from './wire.ts';

type List = (page: PageRequest) => Page<QueueEntry>;

export function queueRoutes(app: FastifyInstance, service: JobService): void {
  listRoute(app, 'pending', 'Jobs that wait, in dispatch order', (page) => service.pending(page));
  listRoute(app, 'running', 'Jobs that hold a slot, in order of dispatch', (page) => service.running(page));
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
