// The headers of every answer: live data is never cached, and nobody guesses at content types.
import type { FastifyReply, FastifyRequest } from 'fastify';

export const commonHeaders = { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' } as const;

/** An onRequest hook. */
export function setCommonHeaders(_request: FastifyRequest, reply: FastifyReply, done: () => void): void {
  reply.header('cache-control', commonHeaders['cache-control']);
  reply.header('x-content-type-options', commonHeaders['x-content-type-options']);
  done();
}
