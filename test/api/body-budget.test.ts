import { expect, test } from 'vitest';
import { aListeningApi } from '../support/api-under-test.ts';
import { openConnection } from '../support/raw-connection.ts';
import { rawRequest } from '../support/raw-request.ts';

const limits = { smallBodyBytes: 1_000, largeBodiesBytes: 50_000 };

function head(length: number, more = ''): string {
  return `POST /jobs HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: ${length}\r\n${more}\r\n`;
}

function submission(bytes: number): string {
  return `{"name":"a"${' '.repeat(bytes - 12)}}`;
}

const closing = 'Connection: close\r\n';

test('when large bodies have no room left, the one that has been arriving longest is given up', async () => {
  const { port, service } = await aListeningApi({ limits });
  const slow = await openConnection(port);
  slow.send(head(60_000) + submission(60_000).slice(0, 40_000));
  const quick = await rawRequest(port, head(30_000, closing), submission(30_000));
  expect(quick.status).toBe(201);
  await slow.closed;
  expect(slow.received()).toMatch(/^HTTP\/1\.1 503 .*retry-after: 1\r\n.*"code":"overloaded"/s);
  expect(service.stored).toHaveLength(1);
});

test('a small body is taken even so', async () => {
  const { port, service } = await aListeningApi({ limits });
  const answers: Array<() => void> = [];
  const submit = service.submit.bind(service);
  service.submit = async (given) => {
    if (answers.length === 0) await new Promise<void>((resolve) => answers.push(resolve));
    return submit(given);
  };
  const waits = await openConnection(port);
  waits.send(head(50_000) + submission(50_000));
  const refused = await rawRequest(port, head(20_000, closing), submission(20_000));
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '1']);
  expect((await rawRequest(port, head(900, closing), submission(900))).status).toBe(201);
  answers[0]?.();
  await waits.until(/^HTTP\/1\.1 201/);
});

test('what a body held is free again after its answer, whatever the answer was', async () => {
  const { port } = await aListeningApi({ limits });
  for (let i = 0; i < 5; i += 1) {
    const gone = await openConnection(port);
    gone.send(head(45_000) + submission(45_000).slice(0, 44_000));
    gone.socket.end();
    expect((await rawRequest(port, head(45_000, closing), submission(45_000))).status).toBe(201);
    expect((await rawRequest(port, head(45_000, closing), 'x'.repeat(45_000))).status).toBe(400);
  }
});

test('a body of no declared length counts as it arrives', async () => {
  const { port } = await aListeningApi({ limits });
  const chunked = 'POST /jobs HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n';
  const chunk = `${(60_000).toString(16)}\r\n${submission(60_000)}\r\n0\r\n\r\n`;
  expect((await rawRequest(port, `${chunked}\r\n${chunk}`)).status).toBe(503);
  const small = `384\r\n${submission(900)}\r\n0\r\n\r\n`;
  expect((await rawRequest(port, `${chunked}${closing}\r\n${small}`)).status).toBe(201);
});
