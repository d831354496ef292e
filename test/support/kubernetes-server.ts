// An HTTP(S) server on 127.0.0.1 in the place of an API server: a test says how it answers and sees what was asked.
import { readFileSync } from 'node:fs';
import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { repositoryRoot } from './repository.ts';

export interface Received {
  method: string;
  /** Path and query. */
  url: string;
  headers: IncomingMessage['headers'];
  body: string;
  /** The common name of the client's certificate. */
  client?: string;
}

export type Answer = (received: Received, response: ServerResponse) => void;

export interface KubernetesServer {
  url: string;
  received: Received[];
  answer: Answer;
  close(): Promise<void>;
}

export const tlsFile = (name: string): string => `${repositoryRoot}test/support/tls/${name}`;

/** `tls`: https with the test CA, asking for a client certificate. */
export async function kubernetesServer(answer: Answer, options: { tls?: boolean } = {}): Promise<KubernetesServer> {
  const kubernetes: KubernetesServer = { url: '', received: [], answer, close };
  const listener = (request: IncomingMessage, response: ServerResponse): void => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const received = describe(request, Buffer.concat(chunks).toString());
      kubernetes.received.push(received);
      kubernetes.answer(received, response);
    });
  };
  const server = options.tls ? createHttpsServer(tlsOptions(), listener) : createHttpServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  kubernetes.url = `${options.tls ? 'https' : 'http'}://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return kubernetes;

  async function close(): Promise<void> {
    const closed = new Promise((resolve) => server.close(resolve));
    server.closeAllConnections();
    await closed;
  }
}

export function json(response: ServerResponse, status: number, body: unknown, headers: Record<string, string> = {}) {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
}

export function statusObject(code: number, reason: string, message: string): Record<string, unknown> {
  return { kind: 'Status', apiVersion: 'v1', status: 'Failure', code, reason, message };
}

function describe(request: IncomingMessage, body: string): Received {
  const { method = '', url = '', headers, socket } = request;
  const certificate = 'getPeerCertificate' in socket ? peerName(socket) : undefined;
  return { method, url, headers, body, ...(certificate ? { client: certificate } : {}) };
}

function peerName(socket: object): string | undefined {
  const peer = (socket as { getPeerCertificate(): { subject?: { CN?: string } } }).getPeerCertificate();
  return peer.subject?.CN;
}

function tlsOptions() {
  return {
    cert: readFileSync(tlsFile('server.pem')),
    key: readFileSync(tlsFile('server-key.pem')),
    ca: readFileSync(tlsFile('ca.pem')),
    requestCert: true,
    rejectUnauthorized: false,
  };
}
