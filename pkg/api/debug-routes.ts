// The call for those who look into a server that misbehaves: everything in one document, for administrators alone.
import type { FastifyInstance, FastifySchema } from 'fastify';
import type { DebugService } from './debug-service.ts';

const schema: FastifySchema = {
  tags: ['operation'],
  operationId: 'getSnapshot',
  summary: 'How the server is, in one document for support',
  description: 'Versions, options, slots, watches, what the log warned of, memory and metrics; never a secret.',
  response: {
    200: {
      description: 'A snapshot of this moment.',
      content: { 'application/json': { schema: { $ref: 'Snapshot#' } } },
    },
  },
};

export function debugRoutes(app: FastifyInstance, service: DebugService): void {
  app.get('/debug/snapshot', { schema, config: { access: 'admin' } }, async (_request, reply) =>
    reply.send(await service.snapshot()),
  );
}
