// A receiver of webhooks on a loopback port that answers as a test says, and remembers what came.
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

/** A status, no answer at all, the end of the connection, a redirect, or headers and then nothing. */
export type Behaviour = number | 'hang' | 'reset' | { redirect: string } | 'half';

export interface Received {
  headers: IncomingHttpHeaders;
  body: string;
  path: string;
}

/** One behaviour for each call; the last one stays. */
export async function aReceiver(...behaviours: Behaviour[]) {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const behaviour = behaviours[Math.min(received.length, behaviours.length - 1)] ?? 200;
      received.push({ headers: request.headers, body: Buffer.concat(chunks).toString(), path: request.url ?? '' });
      behave(behaviour, response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { received, port, host: `127.0.0.1:${port}`, url: `http://127.0.0.1:${port}/finished?a=b` };
}

function behave(behaviour: Behaviour, response: ServerResponse): void {
  if (behaviour === 'hang') return;
  if (behaviour === 'reset') response.destroy();
  else if (behaviour === 'half') response.writeHead(200, { 'content-length': '1000000' }).write('and then');
  else if (typeof behaviour === 'number') response.writeHead(behaviour).end('whatever');
  else response.writeHead(302, { location: behaviour.redirect }).end();
}
