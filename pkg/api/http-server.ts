// Node's HTTP server as this program uses it: every limit set, its connections kept in a table, and each error that Node
// would answer by itself left to code that answers with a problem document.
import { createServer, type RequestListener, type Server } from 'node:http';
import type { Connections } from './connections.ts';
import type { ServerLimits } from './limits.ts';

/** For Fastify's `serverFactory`. */
export function newHttpServer(answer: RequestListener, limits: ServerLimits, connections: Connections): Server {
  const server = createServer({
    maxHeaderSize: limits.headerBytes,
    headersTimeout: limits.headersTimeoutMs,
    requestTimeout: 0, // the connections look at it, for it is not the same for all
    connectionsCheckingInterval: limits.timeoutCheckMs,
    keepAliveTimeout: limits.keepAliveTimeoutMs,
    requireHostHeader: false, // Node's own answer has no body
  });
  server.setTimeout(limits.connectionTimeoutMs);
  server.on('connection', (socket) => connections.accept(socket));
  server.on('request', (request, response) => connections.handle(request, response, answer));
  // An expectation that is not known may be ignored (RFC 9110, section 10.1.1); Node would answer 417 with no body.
  server.on('checkExpectation', (request, response) => server.emit('request', request, response));
  return server;
}
