// Answers that go on for as long as there is something to tell: their head leaves at once, because the first line may be a
// long time coming.
import type { ServerResponse } from 'node:http';
import type { FastifyReply } from 'fastify';

/** From here on the response is the caller's. */
export function beginStream(reply: FastifyReply, contentType: string): ServerResponse {
  const headers = Object.entries(reply.getHeaders()).map(([name, value]) => [name, String(value)]);
  reply.hijack();
  reply.raw.writeHead(200, { ...Object.fromEntries(headers), 'content-type': contentType });
  reply.raw.flushHeaders();
  return reply.raw;
}
