// The connections to one API server: kept alive, HTTP/1.1, never pipelined (a POST behind a lost answer could be run
// twice). Calls that change something, calls that only read, and streams (watches and pings) have connections of their
// own, so that none waits behind a burst of another kind or behind calls whose connection has fallen silent.
// New TLS material gets new connections; the old ones end with what is still running on them.
import { type Dispatcher, Pool, ProxyAgent } from 'undici';
import type { Clock } from '../../../internal/platform/clock.ts';
import type { Credentials } from './credentials.ts';

export interface ConnectionLimits {
  /** Calls of a kind at once; watches and pings come on top. */
  connections: number;
  connectTimeoutMs: number;
  /** Until the headers of an answer are there. */
  headersTimeoutMs: number;
  /** The same for a watch, which an API server opens at once, and for a ping. */
  streamHeadersTimeoutMs: number;
  /** Between two pieces of a call's answer; a watch may be silent, its reader has a watchdog. */
  bodyTimeoutMs: number;
  /** After this long without an answer the connection of a call is doubted. */
  stalledAfterMs: number;
}

export type ConnectionKind = 'write' | 'read' | 'stream';

export interface Connections {
  for(credentials: Credentials, kind: ConnectionKind): Dispatcher;
  /** Later calls of this kind get fresh connections; those that wait for an answer keep theirs. */
  doubt(dispatcher: Dispatcher): void;
  /** Ends everything, running requests included. */
  close(): Promise<void>;
}

interface Held {
  dispatcher: Dispatcher;
  madeAt: number;
  key: string;
}

// Short: a connection that fell silent while nobody used it is seldom used again, and an API server drops idle ones only
// after 90 s, so a create seldom meets one that is being closed.
const keepAliveTimeout = 4_000;

export function openConnections(limits: ConnectionLimits, clock: Clock): Connections {
  const open = new Set<Dispatcher>();
  const current = new Map<ConnectionKind, Held>();

  const retire = async (dispatcher: Dispatcher): Promise<void> => {
    await dispatcher.close().catch(() => {});
    open.delete(dispatcher);
  };
  const replace = (credentials: Credentials, kind: ConnectionKind): Held => {
    const old = current.get(kind);
    if (old) void retire(old.dispatcher);
    const dispatcher = dispatcherFor(credentials, limits, kind);
    open.add(dispatcher);
    const held = { dispatcher, madeAt: clock.now(), key: credentials.connectionKey };
    current.set(kind, held);
    return held;
  };

  return {
    for(credentials, kind) {
      const held = current.get(kind);
      return (held?.key === credentials.connectionKey ? held : replace(credentials, kind)).dispatcher;
    },
    doubt(dispatcher) {
      for (const [kind, held] of current) {
        // Calls that stall together doubt the same connections once, and a slow server keeps those that are young.
        if (held.dispatcher !== dispatcher || clock.now() - held.madeAt < limits.stalledAfterMs) continue;
        current.delete(kind);
        void retire(dispatcher);
      }
    },
    async close() {
      await Promise.all([...open].map((dispatcher) => dispatcher.destroy().catch(() => {})));
    },
  };
}

function dispatcherFor(credentials: Credentials, limits: ConnectionLimits, kind: ConnectionKind): Dispatcher {
  const stream = kind === 'stream';
  const options = {
    connections: stream ? null : limits.connections,
    pipelining: 1,
    keepAliveTimeout,
    headersTimeout: stream ? limits.streamHeadersTimeoutMs : limits.headersTimeoutMs,
    bodyTimeout: stream ? 0 : limits.bodyTimeoutMs,
  };
  const connect = { ...credentials.tls, timeout: limits.connectTimeoutMs };
  if (credentials.proxyUrl) return new ProxyAgent({ ...options, uri: credentials.proxyUrl, requestTls: connect });
  return new Pool(new URL(credentials.server).origin, { ...options, connect });
}
