// The connections to one API server: kept alive, HTTP/1.1, never pipelined (a POST behind a lost answer could be run
// twice). Calls share a bounded pool; watches and pings have connections of their own, so that neither waits behind a
// burst of creates. New TLS material gets new connections; the old ones end with what is still running on them.
import { type Dispatcher, Pool, ProxyAgent } from 'undici';
import type { Credentials } from './credentials.ts';

export interface ConnectionLimits {
  /** Calls at once; watches and pings come on top. */
  connections: number;
  connectTimeoutMs: number;
  /** Until the headers of an answer are there. */
  headersTimeoutMs: number;
  /** Between two pieces of a call's answer; a watch may be silent, its reader has a watchdog. */
  bodyTimeoutMs: number;
}

export interface Connections {
  for(credentials: Credentials, kind: 'call' | 'stream'): Dispatcher;
  /** Ends everything, running requests included. */
  close(): Promise<void>;
}

interface Pair {
  key: string;
  call: Dispatcher;
  stream: Dispatcher;
}

// Below the 90 s after which an API server drops an idle connection, so that a create seldom meets a closing one.
const keepAliveTimeout = 30_000;

export function openConnections(limits: ConnectionLimits): Connections {
  const open = new Set<Dispatcher>();
  let pair: Pair | undefined;

  const retire = async (dispatcher: Dispatcher): Promise<void> => {
    await dispatcher.close().catch(() => {});
    open.delete(dispatcher);
  };
  const replace = (credentials: Credentials): Pair => {
    if (pair) void Promise.all([retire(pair.call), retire(pair.stream)]);
    const call = dispatcherFor(credentials, limits, limits.connections);
    const stream = dispatcherFor(credentials, limits, null);
    open.add(call).add(stream);
    pair = { key: credentials.connectionKey, call, stream };
    return pair;
  };

  return {
    for(credentials, kind) {
      const current = pair?.key === credentials.connectionKey ? pair : replace(credentials);
      return current[kind];
    },
    async close() {
      await Promise.all([...open].map((dispatcher) => dispatcher.destroy().catch(() => {})));
    },
  };
}

function dispatcherFor(credentials: Credentials, limits: ConnectionLimits, connections: number | null): Dispatcher {
  const options = {
    connections,
    pipelining: 1,
    keepAliveTimeout,
    headersTimeout: limits.headersTimeoutMs,
    bodyTimeout: connections === null ? 0 : limits.bodyTimeoutMs,
  };
  const connect = { ...credentials.tls, timeout: limits.connectTimeoutMs };
  if (credentials.proxyUrl) return new ProxyAgent({ ...options, uri: credentials.proxyUrl, requestTls: connect });
  return new Pool(new URL(credentials.server).origin, { ...options, connect });
}
