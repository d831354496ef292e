import { expect, test, vi } from 'vitest';
import { aListeningApi } from '../support/api-under-test.ts';
import { aJob } from '../support/fake-service.ts';
import { openConnection, statusesIn } from '../support/raw-connection.ts';
import { rawRequest } from '../support/raw-request.ts';
import { virtualClock } from '../support/virtual-clock.ts';

/** Under load a second is not long. */
const eventually = (condition: () => void | Promise<void>): Promise<void> => vi.waitFor(condition, { timeout: 20_000 });
const get = 'GET /livez HTTP/1.1\r\nHost: a\r\n\r\n';
const last = 'GET /livez HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n';

function post(name: string): string {
  const body = `{"name":"${name}"}`;
  return `POST /jobs HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
}

test('with one connection too many, the one that has been silent longest makes room', async () => {
  const { port } = await aListeningApi({ limits: { connections: 2 } });
  const [silent, used] = [await openConnection(port), await openConnection(port)];
  silent.send(get);
  await silent.until(/ok/);
  used.send(get);
  await used.until(/ok/);
  const newcomer = await openConnection(port);
  newcomer.send(get);
  await Promise.all([newcomer.until(/ok/), silent.closed]);
  used.send(get);
  await eventually(() => expect(statusesIn(used.received())).toEqual([200, 200]));
});

test('a slow body makes room for others', async () => {
  const { port } = await aListeningApi({ limits: { connections: 1 } });
  const slow = await openConnection(port);
  slow.send(post('slow').slice(0, -3));
  await eventually(async () => expect((await rawRequest(port, last)).status).toBe(200));
  await slow.closed;
});

test('who is owed an answer makes no room, and the newcomer is turned away', async () => {
  const { port, service } = await aListeningApi({ limits: { connections: 1 } });
  let answer = (): void => {};
  const submit = service.submit.bind(service);
  service.submit = async (submission) => {
    await new Promise<void>((resolve) => (answer = resolve));
    return submit(submission);
  };
  const asked = vi.spyOn(service, 'submit');
  const waiting = await openConnection(port);
  waiting.send(post('waiting'));
  await eventually(() => expect(asked).toHaveBeenCalled());
  expect((await rawRequest(port, last)).status).toBeNaN();
  answer();
  await waiting.until(/^HTTP\/1\.1 201/);
});

test('requests sent at once are handled one at a time and answered in order', async () => {
  const { port, service } = await aListeningApi();
  let underWay = 0;
  let most = 0;
  const submit = service.submit.bind(service);
  service.submit = async (submission) => {
    underWay += 1;
    most = Math.max(most, underWay);
    await new Promise((resolve) => setImmediate(resolve));
    underWay -= 1;
    return submit(submission);
  };
  const answers = await rawRequest(port, post('a') + post('b') + post('c') + last);
  expect(answers.status).toBe(201);
  expect(service.stored.map((job) => job.name)).toEqual(['a', 'b', 'c']);
  expect(most).toBe(1);
});

test('a connection with too many requests waiting is closed', async () => {
  const { port, service } = await aListeningApi({ limits: { waitingPerConnection: 5 } });
  service.submit = () => new Promise(() => {});
  expect((await rawRequest(port, post('a') + get.repeat(5) + get)).status).toBeNaN();
});

test('what cannot be understood waits for the answer to what came before it', async () => {
  const { port, service } = await aListeningApi();
  const connection = await openConnection(port);
  connection.send(`${post('good')}NONSENSE\r\n\r\n`);
  await connection.closed;
  expect(statusesIn(connection.received())).toEqual([201, 400]);
  expect(service.stored).toHaveLength(1);
});

test('after so many requests a connection is closed with the last answer', async () => {
  const { port } = await aListeningApi({ limits: { requestsPerConnection: 3 } });
  const connection = await openConnection(port);
  connection.send(get.repeat(5));
  await connection.closed;
  expect(statusesIn(connection.received())).toEqual([200, 200, 200]);
  expect(connection.received().match(/connection: close/gi)).toHaveLength(1);
});

test('a request that nothing comes of is answered 504, and its own answer is ignored later', async () => {
  const clock = virtualClock();
  const { port, service } = await aListeningApi({ clock, limits: { answerTimeoutMs: 5_000 } });
  let comesLate = (_answer: Awaited<ReturnType<typeof service.submit>>): void => {};
  service.submit = () => new Promise((resolve) => (comesLate = resolve));
  const asked = vi.spyOn(service, 'submit');
  const connection = await openConnection(port);
  connection.send(post('a'));
  await eventually(() => expect(asked).toHaveBeenCalled());
  await clock.advance(5_000);
  expect(connection.received()).toBe('');
  await clock.advance(2_000);
  await connection.closed;
  expect(connection.received()).toMatch(/^HTTP\/1\.1 504 .*"code":"answer_timeout"/s);
  comesLate({ ok: true, value: { jobId: 'x', name: 'a', queuePosition: 0, replayed: false } });
  expect((await rawRequest(port, last)).status).toBe(200);
});

test('answers that nobody reads are given up when they hold too much', async () => {
  const clock = virtualClock();
  const dropped: unknown[] = [];
  const metrics = { set() {}, count: (name: string, labels?: object) => void dropped.push({ name, ...labels }) };
  const { port, service } = await aListeningApi({ clock, metrics, limits: { unreadAnswerBytes: 1_000_000 } });
  service.with(...Array.from({ length: 1_000 }, () => aJob({ message: 'x'.repeat(20_000) })));
  const unread = await openConnection(port);
  unread.socket.pause();
  const idle = await openConnection(port);
  unread.send('GET /jobs HTTP/1.1\r\nHost: a\r\n\r\n');
  await eventually(async () => {
    await clock.advance(1_000);
    expect(dropped).toEqual([{ name: 'kubejobs_http_connections_dropped_total', reason: 'unread' }]);
  });
  unread.socket.resume();
  await unread.closed;
  idle.send(get);
  await idle.until(/ok/);
});

test('a request without Host is 400 in HTTP/1.1 and fine in HTTP/1.0', async () => {
  const { port } = await aListeningApi();
  const answer = await rawRequest(port, 'GET /livez HTTP/1.1\r\n\r\n');
  expect(JSON.parse(answer.body)).toMatchObject({ status: 400, code: 'bad_request' });
  expect((await rawRequest(port, 'GET /livez HTTP/1.0\r\n\r\n')).status).toBe(200);
});

test('an expectation that is not known is ignored', async () => {
  const { port } = await aListeningApi();
  expect((await rawRequest(port, last.replace('\r\n\r\n', '\r\nExpect: wonders\r\n\r\n'))).status).toBe(200);
});
