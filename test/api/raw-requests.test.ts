import { expect, test } from 'vitest';
import { aListeningApi } from '../support/api-under-test.ts';
import { type RawAnswer, rawRequest } from '../support/raw-request.ts';

function expectProblem(answer: RawAnswer, status: number, code: string): void {
  expect(answer.status).toBe(status);
  expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
  expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
  expect(answer.headers.get('connection')).toBe('close');
  expect(Number(answer.headers.get('content-length'))).toBe(Buffer.byteLength(answer.body));
  expect(JSON.parse(answer.body)).toMatchObject({ status, code, type: `/errors/${code}` });
}

test.each([
  ['a request line of nonsense', 'NONSENSE\r\n\r\n'],
  ['a method that there is not', 'SUBMIT /jobs HTTP/1.1\r\nHost: a\r\n\r\n'],
  ['another protocol', '\x16\x03\x01\x02\x00\x01\x00'],
  ['HTTP/9.9', 'GET /jobs HTTP/9.9\r\nHost: a\r\n\r\n'],
  ['a header without a colon', 'GET /jobs HTTP/1.1\r\nHost: a\r\nnonsense\r\n\r\n'],
  ['a header with a NUL', 'GET /jobs HTTP/1.1\r\nHost: a\r\nX: \0\r\n\r\n'],
  ['two lengths', 'POST /jobs HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}'],
  [
    'a length and chunks',
    'POST /jobs HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n{}',
  ],
  ['a negative length', 'POST /jobs HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n'],
  [
    'a chunk size of nonsense',
    'POST /jobs HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n',
  ],
])('%s is 400', async (_what, bytes) => {
  const { port, service } = await aListeningApi();
  expectProblem(await rawRequest(port, bytes), 400, 'bad_request');
  expect(service.stored).toEqual([]);
});

test('headers over 16 KiB are 431', async () => {
  const { port } = await aListeningApi();
  const bytes = `GET /jobs HTTP/1.1\r\nHost: a\r\nX: ${'x'.repeat(17_000)}\r\n\r\n`;
  expectProblem(await rawRequest(port, bytes), 431, 'headers_too_large');
});

test('a request line over 16 KiB is 431', async () => {
  const { port } = await aListeningApi();
  expectProblem(await rawRequest(port, `GET /${'x'.repeat(17_000)} HTTP/1.1\r\n\r\n`), 431, 'headers_too_large');
});

const hasty = { headersTimeoutMs: 100, requestTimeoutMs: 200, timeoutCheckMs: 50 };

test('headers that never end are 408', async () => {
  const { port } = await aListeningApi({ limits: hasty });
  expectProblem(await rawRequest(port, 'GET /jobs HTTP/1.1\r\nHost: a\r\nX-Slow: '), 408, 'request_timeout');
});

test('a body that never ends is 408, and nothing is stored', async () => {
  const { port, service } = await aListeningApi({ limits: hasty });
  const head = 'POST /jobs HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n';
  expectProblem(await rawRequest(port, head, '{"name":"a"'), 408, 'request_timeout');
  expect(service.stored).toEqual([]);
});

test('a connection that says nothing is closed', async () => {
  const { port } = await aListeningApi({ limits: { ...hasty, connectionTimeoutMs: 100 } });
  const answer = await rawRequest(port);
  expect(answer.body === '' || answer.status === 408).toBe(true);
});

test('a connection whose answer never comes is closed in the end', async () => {
  const { port, service } = await aListeningApi({ limits: { connectionTimeoutMs: 100 } });
  service.submit = () => new Promise(() => {});
  const head = 'POST /jobs HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 12\r\n\r\n';
  expect((await rawRequest(port, head, '{"name":"a"}')).body).toBe('');
});

test('a declared body over 1 MiB is 413 before it is sent', async () => {
  const { port } = await aListeningApi();
  const head = 'POST /jobs HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 99999999\r\n\r\n';
  expectProblem(await rawRequest(port, head), 413, 'body_too_large');
});

test('a body in chunks over 1 MiB is 413', async () => {
  const { port } = await aListeningApi();
  const head = 'POST /jobs HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n';
  const chunk = `100001\r\n${' '.repeat(0x100001)}\r\n`;
  expectProblem(await rawRequest(port, head, chunk), 413, 'body_too_large');
});

test('a client that goes away in the middle of its body disturbs nobody', async () => {
  const { port, app, service } = await aListeningApi();
  const { connect } = await import('node:net');
  const socket = connect({ port, host: '127.0.0.1' }, () => {
    socket.write('POST /jobs HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 50\r\n\r\n{"na');
    socket.resetAndDestroy();
  });
  await new Promise((resolve) => socket.once('close', resolve));
  expect((await app.inject('/livez')).statusCode).toBe(200);
  expect(service.stored).toEqual([]);
});
