// A proxy in front of an API server that does to each request what a script says, ends HTTP (and TLS) on both sides, and
// writes down every arrival. It stands for the network and for the servers in front of an API server: what it answers
// itself, no API server has seen. It changes nothing on its own and knows no kubejobs.
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { freePorts } from '../../../cluster/harness/ports.ts';
import { statusObject, tlsFile } from '../../../support/kubernetes-server.ts';
import { type Arrival, type Fault, type ProxiedRequest, type Script, verbOf } from './faults.ts';
import { ProxiedStream } from './stream.ts';
import { bodyOf, openUpstream, type Upstream } from './upstream.ts';

export interface FaultProxyOptions {
  /** The real server. */
  server: string;
  caPath?: string;
  /** Speak TLS to clients, with the certificate of test/support/tls. */
  tls?: boolean;
}

export async function startFaultProxy(options: FaultProxyOptions): Promise<FaultProxy> {
  const [port] = (await freePorts(1)) as [number];
  const proxy = new FaultProxy(options, port);
  await proxy.accept();
  return proxy;
}

interface Client {
  socket: Socket;
  number: number;
  openedAt: number;
  requests: number;
  frozen: boolean;
}

interface Exchange {
  client: Client;
  arrival: Arrival;
  request: IncomingMessage;
  response: ServerResponse;
  body: Buffer;
}

export class FaultProxy {
  readonly url: string;
  readonly arrivals: Arrival[] = [];
  /** Connections that were opened, whether or not a request came on them. */
  connections = 0;
  /** Watches that the server itself, not the proxy, said were too old. */
  expired = 0;
  script: Script = () => undefined;
  readonly #options: FaultProxyOptions;
  readonly #port: number;
  readonly #upstream: Upstream;
  readonly #startedAt = performance.now();
  /** By the client's port, which a TLS socket has in common with the TCP socket below it. */
  readonly #clients = new Map<number, Client>();
  readonly #streams = new Set<ProxiedStream>();
  readonly #late = new Set<Promise<void>>();
  #server: Server | undefined;

  constructor(options: FaultProxyOptions, port: number) {
    this.#options = options;
    this.#port = port;
    this.#upstream = openUpstream(options.server, options.caPath);
    this.url = `${options.tls ? 'https' : 'http'}://127.0.0.1:${port}`;
  }

  now(): number {
    return performance.now() - this.#startedAt;
  }

  /** The watches that are open now; `pathEnd` such as `/jobs` chooses among them. */
  streams(pathEnd = ''): ProxiedStream[] {
    return [...this.#streams].filter((stream) => stream.open && stream.path.endsWith(pathEnd));
  }

  /** Nobody listens any more, and every connection is reset: what a server that has gone looks like. */
  async refuse(): Promise<void> {
    const server = this.#server;
    if (!server) return;
    this.#server = undefined;
    const closed = new Promise((resolve) => server.close(resolve));
    for (const { socket } of this.#clients.values()) socket.resetAndDestroy();
    await closed;
  }

  /** Listens, at the start and again after `refuse`, on the same port. */
  async accept(): Promise<void> {
    if (this.#server) return;
    const server = this.#listener();
    server.keepAliveTimeout = 90_000; // as an API server
    server.requestTimeout = 0;
    server.headersTimeout = 0;
    server.on('connection', (socket: Socket) => this.#opened(socket));
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(this.#port, '127.0.0.1', resolve);
    });
    this.#server = server;
  }

  /** What is open stays open and carries nothing any more, as behind a lost peer; new connections work. */
  freeze(): void {
    for (const client of this.#clients.values()) client.frozen = true;
    for (const stream of this.#streams) stream.silence();
  }

  /** Resolves when every request that was kept for later has been carried out. */
  async lateOnesAreDone(): Promise<void> {
    await Promise.all(this.#late);
  }

  async close(): Promise<void> {
    await this.refuse();
    await this.lateOnesAreDone();
    this.#upstream.close();
  }

  #listener(): Server {
    const listener: RequestListener = (request, response) => {
      const client = this.#clients.get(request.socket.remotePort ?? 0);
      if (client) void this.#take(client, request, response).catch(() => client.socket.resetAndDestroy());
    };
    if (!this.#options.tls) return createServer(listener);
    const pair = { cert: readFileSync(tlsFile('server.pem')), key: readFileSync(tlsFile('server-key.pem')) };
    const server = createTlsServer(pair, listener);
    server.on('tlsClientError', () => undefined);
    return server;
  }

  #opened(socket: Socket): void {
    this.connections += 1;
    const port = socket.remotePort ?? 0;
    const client = { socket, number: this.connections, openedAt: this.now(), requests: 0, frozen: false };
    this.#clients.set(port, client);
    socket.on('error', () => undefined);
    socket.on('close', () => {
      if (this.#clients.get(port) === client) this.#clients.delete(port);
    });
  }

  async #take(client: Client, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = '', url = '' } = request;
    const { pathname: path, searchParams: query } = new URL(url, this.url);
    const { number: connection, openedAt } = client;
    const arrival: Arrival = { at: this.now(), connection, verb: verbOf(method, path, query), method, path };
    if (client.requests === 0) arrival.openedAt = openedAt;
    client.requests += 1;
    this.arrivals.push(arrival);
    response.on('error', () => undefined);
    const body = await bodyOf(request);
    if (client.frozen) return;
    const proxied: ProxiedRequest = { verb: arrival.verb, method, path, query, body: parsed(body) };
    const fault = this.script(proxied);
    if (fault) arrival.fault = fault.kind;
    await this.#carryOut({ client, arrival, request, response, body }, fault);
  }

  async #carryOut(exchange: Exchange, fault: Fault | undefined): Promise<void> {
    switch (fault?.kind) {
      case undefined:
        return this.#pass(exchange);
      case 'delay':
        await delay(fault.ms);
        return this.#pass(exchange);
      case 'cut_before':
        return reset(exchange);
      case 'cut_after':
        await this.#execute(exchange);
        return reset(exchange);
      case 'late':
        this.#executeLater(exchange, fault.ms);
        return reset(exchange);
      case 'hang_before':
        return;
      case 'hang_after':
        await this.#execute(exchange);
        return;
      case 'answer':
        if (fault.executed) await this.#execute(exchange);
        return this.#answer(exchange, fault.status, fault.retryAfterSeconds);
      case 'truncated':
        return this.#truncate(exchange);
      case 'corrupt':
        return this.#corrupt(exchange);
      case 'silent_stream':
        return this.#openStream(exchange);
      case 'gone_stream':
        this.#openStream(exchange);
        exchange.response.end(`${goneEvent}\n`);
    }
  }

  async #pass(exchange: Exchange): Promise<void> {
    const { client, arrival, response } = exchange;
    const answer = await this.#send(exchange);
    const status = answer.statusCode ?? 502;
    if (arrival.verb === 'watch' && status === 200) {
      this.#openStream(exchange);
      const onLine = (line: string): void => {
        if (line.includes('"type":"ERROR"') && line.includes('"code":410')) this.expired += 1;
      };
      const stream = new ProxiedStream({
        ...{ path: arrival.path, answer, response, onLine },
        reset: () => reset(exchange),
      });
      this.#streams.add(stream);
      response.on('close', () => this.#streams.delete(stream));
      return;
    }
    const { connection: _connection, 'keep-alive': _kept, 'transfer-encoding': _encoding, ...headers } = answer.headers;
    const body = await bodyOf(answer);
    if (client.frozen) return;
    if (arrival.verb === 'watch' && status === 410) this.expired += 1;
    this.#note(arrival, status, retryAfterOf(headers['retry-after']));
    response.writeHead(status, { ...headers, 'content-length': body.length }).end(body);
  }

  #answer({ arrival, response }: Exchange, status: number, retryAfterSeconds: number | undefined): void {
    this.#note(arrival, status, retryAfterSeconds === undefined ? undefined : retryAfterSeconds * 1_000);
    const wait = retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) };
    const reason = status === 429 ? 'TooManyRequests' : 'InternalError';
    response.writeHead(status, { 'content-type': 'application/json', ...wait });
    response.end(JSON.stringify(statusObject(status, reason, 'the fault proxy says so')));
  }

  async #truncate(exchange: Exchange): Promise<void> {
    const { status, body } = await this.#execute(exchange);
    this.#note(exchange.arrival, status);
    exchange.response.writeHead(status, { 'content-type': 'application/json', 'content-length': body.length });
    exchange.response.write(body.subarray(0, body.length / 2), () => reset(exchange));
  }

  async #corrupt(exchange: Exchange): Promise<void> {
    const { status, body } = await this.#execute(exchange);
    this.#note(exchange.arrival, status);
    exchange.response.writeHead(status, { 'content-type': 'application/json' });
    exchange.response.end(`${body.subarray(0, body.length / 2).toString()}\u0000<html>`);
  }

  #openStream({ arrival, response }: Exchange): void {
    this.#note(arrival, 200);
    response.writeHead(200, { 'content-type': 'application/json' });
    response.flushHeaders();
  }

  #note(arrival: Arrival, status: number, retryAfterMs?: number): void {
    arrival.status = status;
    arrival.answeredAt = this.now();
    if (retryAfterMs !== undefined) arrival.retryAfterMs = retryAfterMs;
  }

  #send({ request, body }: Exchange): Promise<IncomingMessage> {
    return this.#upstream.send(request.method ?? '', request.url ?? '', request.headers, body);
  }

  async #execute(exchange: Exchange): Promise<{ status: number; body: Buffer }> {
    const answer = await this.#send(exchange);
    return { status: answer.statusCode ?? 502, body: await bodyOf(answer) };
  }

  #executeLater(exchange: Exchange, ms: number): void {
    const later = delay(ms)
      .then(() => this.#execute(exchange))
      .then(
        () => undefined,
        () => undefined,
      )
      .finally(() => this.#late.delete(later));
    this.#late.add(later);
  }
}

export const goneEvent = JSON.stringify({
  type: 'ERROR',
  object: statusObject(410, 'Expired', 'too old resource version: the fault proxy says so'),
});

function reset({ client }: Exchange): void {
  client.socket.resetAndDestroy();
}

function parsed(body: Buffer): unknown {
  if (body.length === 0) return undefined;
  try {
    return JSON.parse(body.toString());
  } catch {
    return undefined;
  }
}

function retryAfterOf(header: string | undefined): number | undefined {
  return header === undefined ? undefined : Number(header) * 1_000;
}
