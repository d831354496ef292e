// The proxy does what its script says, shown on a small server of ours: what each fault looks like to the client, and
// whether the server has carried the request out.
import { readFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { Pool } from 'undici';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { json, type KubernetesServer, kubernetesServer, tlsFile } from '../../../support/kubernetes-server.ts';
import { type FaultProxy, startFaultProxy } from './fault-proxy.ts';
import type { Fault } from './faults.ts';

let server: KubernetesServer;
let proxy: FaultProxy;
let pool: Pool;
const watches: ServerResponse[] = [];

afterEach(async () => {
  await pool.destroy();
  await proxy.close();
  await server.close();
  watches.length = 0;
});

async function setUp(fault?: Fault, options: { tls?: boolean } = {}): Promise<void> {
  server = await kubernetesServer((received, response) => {
    if (!received.url.includes('watch=true')) return json(response, 200, { path: received.url, body: received.body });
    response.writeHead(200).flushHeaders();
    watches.push(response);
  }, options);
  const trust = options.tls ? { caPath: tlsFile('ca.pem') } : {};
  proxy = await startFaultProxy({ server: server.url, ...trust, ...options });
  proxy.script = () => fault;
  const connect = options.tls ? { connect: { ca: readFileSync(tlsFile('ca.pem')) } } : {};
  pool = new Pool(proxy.url, { connections: 1, ...connect });
}

async function call(path = '/jobs', method: 'GET' | 'POST' = 'POST', headersTimeout = 1_000) {
  const body = method === 'POST' ? '{"a":1}' : null;
  const answer = await pool.request({ path, method, body, headersTimeout, headers: { 'x-a': 'b' } });
  return { status: answer.statusCode, headers: answer.headers, text: await answer.body.text() };
}

const executed = (): number => server.received.length;

describe('a request without a fault', () => {
  it.each([false, true])('passes with its headers and body, and its answer comes back (TLS: %s)', async (tls) => {
    await setUp(undefined, { tls });
    expect(await call('/jobs?dryRun=All')).toMatchObject({
      status: 200,
      text: JSON.stringify({ path: '/jobs?dryRun=All', body: '{"a":1}' }),
    });
    expect(server.received[0]).toMatchObject({ method: 'POST', headers: { 'x-a': 'b' } });
    expect(proxy.arrivals).toMatchObject([{ verb: 'create', path: '/jobs', status: 200, connection: 1 }]);
  });

  it('is told to the script with its body', async () => {
    await setUp();
    const bodies: unknown[] = [];
    proxy.script = ({ body }) => void bodies.push(body);
    await call();
    expect(bodies).toEqual([{ a: 1 }]);
  });
});

describe('a fault', () => {
  it.each([false, true])(
    'before the server: the connection is reset, nothing is carried out (TLS: %s)',
    async (tls) => {
      await setUp({ kind: 'cut_before' }, { tls });
      await expect(call()).rejects.toThrow();
      expect(executed()).toBe(0);
    },
  );

  it.each([false, true])('after the server: it is carried out, and the answer is lost (TLS: %s)', async (tls) => {
    await setUp({ kind: 'cut_after' }, { tls });
    await expect(call()).rejects.toThrow();
    expect(executed()).toBe(1);
    expect(proxy.arrivals).toMatchObject([{ fault: 'cut_after' }]);
    expect(proxy.arrivals[0]?.status).toBeUndefined();
  });

  it('late: the connection is reset first, and the request is carried out afterwards', async () => {
    await setUp({ kind: 'late', ms: 100 });
    await expect(call()).rejects.toThrow();
    expect(executed()).toBe(0);
    await proxy.lateOnesAreDone();
    expect(executed()).toBe(1);
  });

  it.each([
    ['hang_before', 0],
    ['hang_after', 1],
  ] as const)('%s: there is no answer', async (kind, times) => {
    await setUp({ kind });
    await expect(call('/jobs', 'POST', 200)).rejects.toThrow(/Headers Timeout/);
    expect(executed()).toBe(times);
  });

  it('delay: the answer comes, but not before that time', async () => {
    await setUp({ kind: 'delay', ms: 300 });
    const before = proxy.now();
    expect((await call()).status).toBe(200);
    expect(proxy.now() - before).toBeGreaterThanOrEqual(295);
  });

  it('answer: with this status, which no server has given', async () => {
    await setUp({ kind: 'answer', status: 429, retryAfterSeconds: 3 });
    const { status, headers, text } = await call();
    expect({ status, wait: headers['retry-after'] }).toEqual({ status: 429, wait: '3' });
    expect(JSON.parse(text)).toMatchObject({ kind: 'Status', code: 429, reason: 'TooManyRequests' });
    expect(executed()).toBe(0);
    expect(proxy.arrivals).toMatchObject([{ status: 429, retryAfterMs: 3_000 }]);
  });

  it('answer after execution: carried out, and yet answered with an error', async () => {
    await setUp({ kind: 'answer', status: 503, executed: true });
    const { status, headers } = await call();
    expect({ status, wait: headers['retry-after'] }).toEqual({ status: 503, wait: undefined });
    expect(executed()).toBe(1);
  });

  it('truncated: the body ends too early', async () => {
    await setUp({ kind: 'truncated' });
    await expect(call()).rejects.toThrow();
    expect(executed()).toBe(1);
  });

  it('corrupt: the body is whole and not JSON', async () => {
    await setUp({ kind: 'corrupt' });
    const { status, text } = await call();
    expect(status).toBe(200);
    expect(() => JSON.parse(text)).toThrow(SyntaxError);
  });
});

/** A call on a connection of its own has come through, so what was written before it would have come too. */
const another = async (): Promise<unknown> => (await fetch(`${proxy.url}/other`)).text();

async function watching() {
  const { body } = await pool.request({ path: '/jobs?watch=true', method: 'GET' });
  let seen = '';
  const ended = (async () => {
    for await (const chunk of body as AsyncIterable<Buffer>) seen += chunk.toString();
  })().then(
    () => 'ended',
    () => 'reset',
  );
  await vi.waitFor(() => expect(watches).toHaveLength(1));
  const [upstream] = watches as [ServerResponse];
  const [stream] = proxy.streams('/jobs');
  if (!stream) throw new Error('the proxy has no stream');
  return {
    stream,
    upstream,
    ended,
    seen: () => seen,
    reads: (text: string) => vi.waitFor(() => expect(seen).toBe(text)),
  };
}

describe('a watch', () => {
  it('passes line by line, and ends when the server ends it', async () => {
    await setUp();
    const { upstream, ended, reads } = await watching();
    upstream.write('one\ntw');
    await reads('one\n');
    upstream.end('o\n');
    expect(await ended).toBe('ended');
    await reads('one\ntwo\n');
    expect(proxy.streams()).toEqual([]);
  });

  it('is counted when the server says that it is too old', async () => {
    await setUp();
    const { upstream, reads } = await watching();
    const line = '{"type":"ERROR","object":{"code":410}}\n';
    upstream.write(line);
    await reads(line);
    expect(proxy.expired).toBe(1);
  });

  it('can be cut, and the server sees it', async () => {
    await setUp();
    const { stream, upstream, ended } = await watching();
    const closed = new Promise((resolve) => upstream.on('close', resolve));
    stream.cut();
    expect(await ended).toBe('reset');
    await closed;
  });

  it.each([false, true])('can be cut in the middle of a line (TLS: %s)', async (tls) => {
    await setUp(undefined, { tls });
    const { stream, upstream, ended, seen } = await watching();
    stream.cutAtNextLine();
    upstream.write('0123456789\n');
    expect(await ended).toBe('reset');
    expect(seen()).toBe('01234');
  });

  it('can fall silent and stay open', async () => {
    await setUp();
    const { stream, upstream, seen } = await watching();
    upstream.write('one\n');
    await vi.waitFor(() => expect(stream.lines).toBe(1));
    stream.silence();
    upstream.write('two\n');
    await another();
    expect({ seen: seen(), open: stream.open }).toEqual({ seen: 'one\n', open: true });
  });

  it('can be kept back and let go in one piece', async () => {
    await setUp();
    const { stream, upstream, seen, reads } = await watching();
    stream.hold();
    upstream.write('one\ntwo\n');
    await another();
    expect(seen()).toBe('');
    stream.release();
    await reads('one\ntwo\n');
  });

  it('can say what the server has not said, and say all of it again', async () => {
    await setUp();
    const { stream, upstream, reads } = await watching();
    upstream.write('one\n');
    await reads('one\n');
    stream.inject('two');
    stream.replay();
    await reads('one\ntwo\none\n');
  });

  it.each([
    ['silent_stream', 'open', ''],
    ['gone_stream', 'ended', 'Expired'],
  ] as const)('%s is opened by the proxy alone', async (kind, end, text) => {
    await setUp({ kind });
    const { statusCode, body } = await pool.request({ path: '/jobs?watch=true', method: 'GET' });
    const ended = kind === 'gone_stream' ? await body.text() : body.destroy() && '';
    expect({ statusCode, watches: watches.length }).toEqual({ statusCode: 200, watches: 0 });
    expect(ended, end).toContain(text);
  });
});

describe('the proxy itself', () => {
  it('can be gone and come back on the same port', async () => {
    await setUp();
    await call();
    await proxy.refuse();
    await expect(call()).rejects.toThrow(/ECONNREFUSED|ECONNRESET|closed/);
    await proxy.accept();
    expect((await call()).status).toBe(200);
  });

  it('can freeze what is open; new connections work', async () => {
    await setUp();
    await call('/first', 'GET');
    proxy.freeze();
    await expect(call('/second', 'GET', 200)).rejects.toThrow(/Headers Timeout/);
    expect((await call('/third', 'GET')).status).toBe(200);
    expect(server.received.map(({ url }) => url)).toEqual(['/first', '/third']);
    expect(proxy.arrivals.map(({ connection }) => connection)).toEqual([1, 1, 2]);
  });
});
