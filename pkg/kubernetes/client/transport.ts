// Sends one request to the API server with the credentials of the moment, once more with new ones after a 401 (which
// the server answers before it does anything), and keeps the pause that Retry-After asks for. One whose answer does not
// come is doubted: what only reads is asked again on another connection, what changes something is waited for.
// It knows nothing of Kubernetes' objects: answers.ts reads what comes back.
import type { Dispatcher } from 'undici';
import type { Clock } from '../../../internal/platform/clock.ts';
import type { ConnectionKind, Connections } from './connections.ts';
import type { CredentialCache, Credentials } from './credentials.ts';
import { hedged } from './hedged.ts';
import { longestRetryAfterMs, parseRetryAfter, type RetryGate } from './retry-gate.ts';

export interface ApiRequest {
  method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  path: string;
  query?: Record<string, string>;
  body?: unknown;
  /** Of the body; JSON, and a merge patch with PATCH, when absent. */
  contentType?: string;
  signal?: AbortSignal;
  /** What is a `read` may be carried out more than once. */
  kind: ConnectionKind;
}

export interface Transport {
  /** Throws when no answer came. */
  send(request: ApiRequest): Promise<Dispatcher.ResponseData>;
  close(): Promise<void>;
}

export interface TransportDeps {
  credentials: CredentialCache;
  connections: Connections;
  gate: RetryGate;
  clock: Clock;
  userAgent: string;
  stalledAfterMs: number;
}

const contentTypes: Partial<Record<ApiRequest['method'], string>> = { PATCH: 'application/merge-patch+json' };

export function createTransport(deps: TransportDeps): Transport {
  const { credentials, connections, gate, clock, userAgent, stalledAfterMs } = deps;
  const ask = (
    dispatcher: Dispatcher,
    used: Credentials,
    { path, query, method, body, contentType }: ApiRequest,
    signal: AbortSignal | undefined,
  ): Promise<Dispatcher.ResponseData> =>
    dispatcher.request({
      origin: new URL(used.server).origin,
      path: pathOf(used.server, path, query),
      method,
      headers: {
        accept: 'application/json',
        'user-agent': userAgent,
        ...(body === undefined ? {} : { 'content-type': contentType ?? contentTypes[method] ?? 'application/json' }),
        ...used.headers,
      },
      body: body === undefined ? null : JSON.stringify(body),
      // A DELETE has options in its body, which the API server reads like any other: the connection serves on.
      reset: false,
      ...(signal ? { signal } : {}),
    });
  const write = (used: Credentials, request: ApiRequest): Promise<Dispatcher.ResponseData> => {
    const dispatcher = connections.for(used, 'write');
    const cancel = clock.schedule(stalledAfterMs, () => connections.doubt(dispatcher));
    return ask(dispatcher, used, request, request.signal).finally(cancel);
  };
  const read = (used: Credentials, request: ApiRequest): Promise<Dispatcher.ResponseData> => {
    let dispatcher = connections.for(used, 'read');
    return hedged((signal) => ask(dispatcher, used, request, signal), {
      clock,
      stalledAfterMs,
      onStalled() {
        connections.doubt(dispatcher);
        dispatcher = connections.for(used, 'read');
        return gate.remainingMs() === 0;
      },
      ...(request.signal ? { signal: request.signal } : {}),
    });
  };
  const dispatch = (used: Credentials, request: ApiRequest): Promise<Dispatcher.ResponseData> => {
    switch (request.kind) {
      case 'write':
        return write(used, request);
      case 'read':
        return read(used, request);
      case 'stream':
        return ask(connections.for(used, 'stream'), used, request, request.signal);
    }
  };
  const noteRetryAfter = ({ statusCode, headers }: Dispatcher.ResponseData): void => {
    const mayAskToWait = statusCode === 429 || statusCode === 503;
    const pauseMs = mayAskToWait ? parseRetryAfter(headers['retry-after'], clock.now()) : undefined;
    if (pauseMs === undefined) gate.answered();
    else gate.close(Math.min(pauseMs, longestRetryAfterMs), statusCode);
  };

  return {
    async send(request) {
      const used = await credentials.current();
      let answer = await dispatch(used, request);
      if (answer.statusCode === 401) {
        await answer.body.dump();
        answer = await dispatch(await credentials.renewed(used), request);
      }
      noteRetryAfter(answer);
      return answer;
    },
    close: () => connections.close(),
  };
}

function pathOf(server: string, path: string, query: ApiRequest['query']): string {
  const base = new URL(server).pathname.replace(/\/+$/, '');
  const search = new URLSearchParams(query).toString();
  return `${base}${path}${search ? `?${search}` : ''}`;
}
