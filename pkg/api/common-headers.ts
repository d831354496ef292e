// The headers of every answer: live data is never cached, nobody guesses at content types, and nothing tells what the
// server is made of. And the one header that every request must have.
import type { FastifyReply, FastifyRequest } from 'fastify';
import { sendProblem } from './problems.ts';

export const commonHeaders = { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' } as const;

/** An onRequest hook. */
export function setCommonHeaders(_request: FastifyRequest, reply: FastifyReply, done: () => void): void {
  reply.header('cache-control', commonHeaders['cache-control']);
  reply.header('x-content-type-options', commonHeaders['x-content-type-options']);
  done();
}

/** An onRequest hook. https://www.rfc-editor.org/rfc/rfc9112#section-3.2 */
export function refuseHostless(request: FastifyRequest, reply: FastifyReply, done: () => void): void {
  if (request.headers.host === undefined && request.raw.httpVersion !== '1.0') {
    reply.header('connection', 'close');
    sendProblem(reply, { code: 'bad_request', detail: 'A request needs a Host header.' });
  } else {
    done();
  }
}
