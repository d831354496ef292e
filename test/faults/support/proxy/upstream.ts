// The far side of the fault proxy: the real server, asked over kept-alive connections with what the client sent.
import { readFileSync } from 'node:fs';
import { Agent as HttpAgent, request as httpRequest, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';

export interface Upstream {
  /** Resolves when the answer's headers are there; rejects when there is no answer. */
  send(method: string, url: string, headers: IncomingHttpHeaders, body: Buffer): Promise<IncomingMessage>;
  close(): void;
}

/** `server`: http or https; `caPath` is the certificate that an https server is checked against. */
export function openUpstream(server: string, caPath?: string): Upstream {
  const secure = server.startsWith('https:');
  const trust = caPath === undefined ? {} : { ca: readFileSync(caPath) };
  const agent = secure ? new HttpsAgent({ keepAlive: true, ...trust }) : new HttpAgent({ keepAlive: true });
  return {
    send(method, url, headers, body) {
      const { host: _host, connection: _connection, ...passed } = headers;
      return new Promise((resolve, reject) => {
        const send = secure ? httpsRequest : httpRequest;
        const outgoing = send(new URL(url, server), { method, headers: passed, agent }, resolve);
        outgoing.on('error', reject);
        outgoing.end(body);
      });
    },
    close: () => agent.destroy(),
  };
}

export async function bodyOf(message: AsyncIterable<Buffer>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk);
  return Buffer.concat(chunks);
}
