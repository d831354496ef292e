// Sends one request to the API server with the credentials of the moment, once more with new ones after a 401 (which
// the server answers before it does anything), and keeps the pause that Retry-After asks for.
// It knows nothing of Kubernetes' objects: answers.ts reads what comes back.
import type { Dispatcher } from 'undici';
import type { Clock } from '../../../internal/platform/clock.ts';
import type { Connections } from './connections.ts';
import type { CredentialCache, Credentials } from './credentials.ts';
import { longestRetryAfterMs, parseRetryAfter, type RetryGate } from './retry-gate.ts';

export interface ApiRequest {
  method: 'GET' | 'POST' | 'DELETE';
  path: string;
  query?: Record<string, string>;
  body?: unknown;
  signal?: AbortSignal;
  /** Streams and pings neither wait for a free place nor for one another. */
  kind: 'call' | 'stream';
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
}

export function createTransport({ credentials, connections, gate, clock, userAgent }: TransportDeps): Transport {
  const dispatch = (used: Credentials, request: ApiRequest): Promise<Dispatcher.ResponseData> =>
    connections.for(used, request.kind).request({
      origin: new URL(used.server).origin,
      path: pathOf(used.server, request),
      method: request.method,
      headers: {
        accept: 'application/json',
        'user-agent': userAgent,
        ...(request.body === undefined ? {} : { 'content-type': 'application/json' }),
        ...used.headers,
      },
      body: request.body === undefined ? null : JSON.stringify(request.body),
      ...(request.signal ? { signal: request.signal } : {}),
    });
  const noteRetryAfter = ({ statusCode, headers }: Dispatcher.ResponseData): void => {
    if (statusCode !== 429 && statusCode !== 503) return;
    const pauseMs = parseRetryAfter(headers['retry-after'], clock.now());
    if (pauseMs !== undefined) gate.close(Math.min(pauseMs, longestRetryAfterMs));
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

function pathOf(server: string, { path, query }: ApiRequest): string {
  const base = new URL(server).pathname.replace(/\/+$/, '');
  const search = new URLSearchParams(query).toString();
  return `${base}${path}${search ? `?${search}` : ''}`;
}
