// The routes about finish webhooks: what has not arrived, and sending it again.
import type { FastifyInstance, FastifySchema } from 'fastify';
import Type, { type Static } from 'typebox';
import { type Delivery, deliveryStates } from '../models/index.ts';
import { describePage, pageHeaders, pageParameters, pageRequestOf } from './pagination.ts';
import { sendProblem } from './problems.ts';
import { bodyProblems, readProblems, writeProblems } from './responses.ts';
import { rules } from './rules.ts';
import { oneOf } from './schemas/common.ts';
import { type DeliveryDocument, deliveryId } from './schemas/webhook.ts';
import { timeOf } from './times.ts';
import type { WebhookService } from './webhook-service.ts';

const deliveriesQuery = Type.Object(
  { state: Type.Optional(oneOf(deliveryStates, 'Only those in this state.')), ...pageParameters },
  { additionalProperties: false },
);
type DeliveriesQuery = Static<typeof deliveriesQuery>;

const deliveryPath = Type.Object({ delivery_id: Type.String({ ...deliveryId, pattern: rules.uuid.pattern }) });
type DeliveryPath = Static<typeof deliveryPath>;

export function webhookRoutes(app: FastifyInstance, service: WebhookService): void {
  listRoute(app, service);
  redeliverRoute(app, service);
}

function listRoute(app: FastifyInstance, service: WebhookService): void {
  const schema: FastifySchema = {
    tags: ['webhooks'],
    operationId: 'listDeliveries',
    summary: 'List finish webhooks that have not arrived, oldest first',
    querystring: deliveriesQuery,
    response: {
      200: {
        description: 'A page of deliveries.',
        headers: pageHeaders,
        content: { 'application/json': { schema: { type: 'array', items: { $ref: 'Delivery#' } } } },
      },
    },
    problems: ['validation_failed', ...readProblems],
  };
  const config = { access: 'read' } as const;
  app.get<{ Querystring: DeliveriesQuery }>('/webhooks/deliveries', { schema, config }, (request, reply) => {
    const asked = pageRequestOf(request.query);
    if (!asked.ok) return sendProblem(reply, asked.refusal);
    const page = service.deliveries(request.query.state, asked.value);
    describePage(request, reply, page);
    return reply.send(page.items.map(deliveryDocumentOf));
  });
}

function redeliverRoute(app: FastifyInstance, service: WebhookService): void {
  const schema: FastifySchema = {
    tags: ['webhooks'],
    operationId: 'redeliver',
    summary: 'Send a finish webhook again',
    description: 'At once, and with all its tries anew. The message is the same as before, with a new signature.',
    params: deliveryPath,
    response: {
      200: { description: 'It is on its way.', content: { 'application/json': { schema: { $ref: 'Delivery#' } } } },
    },
    problems: [...bodyProblems, 'delivery_not_found', 'webhooks_off', ...writeProblems],
  };
  const config = { access: 'submit' } as const;
  app.post<{ Params: DeliveryPath }>(
    '/webhooks/deliveries/:delivery_id/redeliver',
    { schema, config },
    async (request, reply) => {
      const answer = await service.redeliver(request.params.delivery_id.toLowerCase());
      return answer.ok ? reply.send(deliveryDocumentOf(answer.value)) : sendProblem(reply, answer.refusal);
    },
  );
}

function deliveryDocumentOf(delivery: Delivery): DeliveryDocument {
  const { nextTryAt, lastTryAt, lastStatus, lastError } = delivery;
  return {
    delivery_id: delivery.deliveryId,
    job_id: delivery.jobId,
    url: delivery.url,
    state: delivery.state,
    created_at: timeOf(delivery.createdAt),
    tries: delivery.tries,
    ...(nextTryAt !== undefined && { next_try_at: timeOf(nextTryAt) }),
    ...(lastTryAt !== undefined && { last_try_at: timeOf(lastTryAt) }),
    ...(lastStatus !== undefined && { last_status: lastStatus }),
    ...(lastError !== undefined && { last_error: lastError }),
  };
}
