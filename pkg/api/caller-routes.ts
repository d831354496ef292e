// GET /whoami: what the caller may do, so that a page or a script offers nothing that would be refused.
import type { FastifyInstance, FastifySchema } from 'fastify';
import { type Authenticator, bearerToken } from './authentication.ts';
import type { CallerDocument } from './schemas/caller.ts';

const schema: FastifySchema = {
  tags: ['operation'],
  operationId: 'getCaller',
  summary: 'Who is calling, and with which role',
  description:
    'A server that asks for no tokens lets everyone do everything: the role is `admin`, and there is no name.',
  response: {
    200: {
      description: 'The caller.',
      content: { 'application/json': { schema: { $ref: 'Caller#' } } },
    },
  },
};

/** `authenticator` undefined: nobody is asked for a token. */
export function callerRoutes(app: FastifyInstance, authenticator: Authenticator | undefined): void {
  app.get('/whoami', { schema, config: { access: 'read' } }, (request, reply) =>
    reply.send(callerOf(authenticator, request.headers.authorization)),
  );
}

/** The guard has let the caller in, so a token that is not known any more was taken away this moment. */
function callerOf(authenticator: Authenticator | undefined, header: string | undefined): CallerDocument {
  if (authenticator === undefined) return { authentication: 'none', role: 'admin' };
  const found = authenticator.identify(bearerToken(header) ?? '');
  return { authentication: 'tokens', ...(found.known ? found.caller : { role: 'read' }) };
}
