// The connections of the server, so that no number of clients takes it from the others. There are at most
// `limits.connections`: one more closes the one that has gone longest without a request and is owed no answer. A
// connection's requests are handled one at a time, in order, however many were sent at once. Answers that nobody reads
// may hold so much memory together; beyond it those that hold most are closed. An answer that does not come is noticed
// here and given by `overdue`. It reads no request and writes no answer.
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { CancelTimer, Clock } from '../../internal/platform/clock.ts';
import type { Metrics } from '../../internal/platform/metrics.ts';
import type { ServerLimits } from './limits.ts';
import { isStreamed } from './streamed-requests.ts';

export interface ConnectionsDeps {
  clock: Pick<Clock, 'schedule'>;
  metrics: Pick<Metrics, 'count' | 'set'>;
  limits: Pick<
    ServerLimits,
    | 'answerTimeoutMs'
    | 'requestTimeoutMs'
    | 'connections'
    | 'requestsPerConnection'
    | 'waitingPerConnection'
    | 'unreadAnswerBytes'
  >;
  /** Answers a request whose handler has not, for `answerTimeoutMs`; the handler's own answer is then ignored. */
  overdue(response: ServerResponse): void;
  /** Answers, on the bare socket, a request whose body has not arrived for `requestTimeoutMs`, and closes it. */
  late(socket: Socket): void;
}

interface Exchange {
  request: IncomingMessage;
  response: ServerResponse;
  /** How often it was looked at: a clock that costs the requests nothing. */
  looks: number;
}

interface Connection {
  requests: number;
  /** What is being handled. */
  current?: Exchange | undefined;
  /** What comes after it, in order. */
  waiting: Array<() => void>;
}

/** Why a connection was closed: no room for one more, too many requests at once, or answers that are not read. */
type DropReason = 'room' | 'full' | 'pipelining' | 'unread';

const lookIntervalMs = 1_000;

export class Connections {
  readonly #deps: ConnectionsDeps;
  /** The longest without a new request first. */
  readonly #open = new Map<Socket, Connection>();
  #cancelLook: CancelTimer | undefined;

  constructor(deps: ConnectionsDeps) {
    this.#deps = deps;
  }

  /** For the server's `connection` event. */
  accept(socket: Socket): void {
    if (this.#open.size >= this.#deps.limits.connections && !this.#makeRoom()) {
      this.#drop(socket, 'full');
      return;
    }
    this.#open.set(socket, { requests: 0, waiting: [] });
    socket.once('close', () => this.#forget(socket));
    this.#count();
    this.#cancelLook ??= this.#deps.clock.schedule(lookIntervalMs, () => this.#look());
  }

  /** For the server's `request` event: hands the request on once those before it are answered. */
  handle(request: IncomingMessage, response: ServerResponse, answer: RequestListener): void {
    const { socket } = request;
    const connection = this.#open.get(socket);
    if (connection === undefined) return; // closed a moment ago
    this.#open.delete(socket);
    this.#open.set(socket, connection);
    connection.requests += 1;
    if (connection.requests >= this.#deps.limits.requestsPerConnection) response.setHeader('connection', 'close');
    this.#inTurn(socket, connection, () => {
      connection.current = { request, response, looks: 0 };
      response.once('close', () => this.#next(socket, connection));
      answer(request, response);
    });
  }

  /**
   * For the server's `clientError` event: what comes next cannot be understood, or came too late. Calls `then`, which
   * answers on the bare socket and closes it, once all requests that have arrived whole have their answers.
   */
  afterAnswers(socket: Socket, then: () => void): void {
    const connection = this.#open.get(socket);
    const current = connection?.current;
    if (connection === undefined) then();
    else if (current === undefined || current.request.complete) this.#inTurn(socket, connection, then);
    else if (current.response.headersSent) socket.destroy();
    else then();
  }

  stop(): void {
    this.#cancelLook?.();
  }

  #inTurn(socket: Socket, connection: Connection, run: () => void): void {
    if (connection.current === undefined) run();
    else if (connection.waiting.length < this.#deps.limits.waitingPerConnection) connection.waiting.push(run);
    else this.#drop(socket, 'pipelining');
  }

  #next(socket: Socket, connection: Connection): void {
    connection.current = undefined;
    if (socket.destroyed) connection.waiting.length = 0;
    connection.waiting.shift()?.();
  }

  #makeRoom(): boolean {
    for (const [socket, connection] of this.#open) {
      if (isOwedAnAnswer(socket, connection)) continue;
      this.#drop(socket, 'room');
      return true;
    }
    return false;
  }

  #look(): void {
    this.#cancelLook = undefined;
    for (const { current } of this.#open.values()) if (current !== undefined) this.#lookAt(current);
    this.#dropUnread();
    if (this.#open.size > 0) this.#cancelLook = this.#deps.clock.schedule(lookIntervalMs, () => this.#look());
  }

  #lookAt(exchange: Exchange): void {
    exchange.looks += 1;
    const { request, response, looks } = exchange;
    const { answerTimeoutMs, requestTimeoutMs } = this.#deps.limits;
    const ms = looks * lookIntervalMs;
    if (!request.complete && !isStreamed(request) && ms > requestTimeoutMs) this.#late(exchange);
    if (ms > answerTimeoutMs && request.complete && !response.headersSent) this.#deps.overdue(response);
  }

  #late({ request, response }: Exchange): void {
    if (response.headersSent) request.socket.destroy();
    else this.#deps.late(request.socket);
  }

  #dropUnread(): void {
    let held = 0;
    for (const socket of this.#open.keys()) held += socket.writableLength;
    const { unreadAnswerBytes } = this.#deps.limits;
    if (held <= unreadAnswerBytes) return;
    for (const socket of [...this.#open.keys()].sort((a, b) => b.writableLength - a.writableLength)) {
      if (held <= unreadAnswerBytes) return;
      held -= socket.writableLength;
      this.#drop(socket, 'unread');
    }
  }

  #drop(socket: Socket, reason: DropReason): void {
    this.#deps.metrics.count('kubejobs_http_connections_dropped_total', { reason });
    this.#open.delete(socket);
    socket.destroy();
  }

  #forget(socket: Socket): void {
    this.#open.delete(socket);
    this.#count();
  }

  #count(): void {
    this.#deps.metrics.set('kubejobs_http_connections', this.#open.size);
  }
}

/** Its request has arrived and the server has not answered yet, or is still sending and the client keeps up. */
function isOwedAnAnswer(socket: Socket, { current }: Connection): boolean {
  if (current === undefined) return false;
  const { request, response } = current;
  return request.complete && !response.writableEnded && socket.writableLength === 0;
}
