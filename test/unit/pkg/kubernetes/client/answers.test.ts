import type { ServerResponse } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { jobsResource } from '../../../../../pkg/kubernetes/cluster.ts';
import { json, statusObject } from '../../../../support/kubernetes-server.ts';
import { type World, world } from './connected.ts';

let open: World | undefined;
afterEach(async () => {
  await open?.close();
  open = undefined;
});

async function answering(answer: (response: ServerResponse) => void, limits = {}) {
  open = await world((_received, response) => answer(response));
  const { cluster } = await open.connect({ user: { token: 'secret-token' } }, { limits });
  return cluster.get(jobsResource, 'team', 'a');
}

const refusals: Array<[number, string, string]> = [
  [400, 'BadRequest', 'strict decoding error'],
  [403, 'Forbidden', 'exceeded quota: jobs'],
  [404, 'NotFound', 'jobs.batch "a" not found'],
  [409, 'AlreadyExists', 'jobs.batch "a" already exists'],
  [410, 'Expired', 'The provided continue parameter is too old'],
  [422, 'Invalid', 'Job.batch "a" is invalid'],
];

describe('an answer of the API server', () => {
  it.each(refusals)('with status %i is a refusal with its reason and message', async (status, reason, message) => {
    const result = await answering((response) => json(response, status, statusObject(status, reason, message)));
    expect(result).toEqual({ outcome: 'refused', status, reason, message });
  });

  it('with status 429 is a refusal that says how long to wait', async () => {
    const body = statusObject(429, 'TooManyRequests', 'slow down');
    const result = await answering((response) => json(response, 429, body, { 'retry-after': '2' }));
    expect(result).toEqual({
      outcome: 'refused',
      status: 429,
      reason: 'TooManyRequests',
      message: 'slow down',
      retryAfterMs: 2_000,
    });
  });

  it.each([500, 502, 503, 504])('with status %i leaves open whether the request was carried out', async (status) => {
    const result = await answering((response) => json(response, status, statusObject(status, 'X', 'etcd is away')));
    expect(result).toEqual({ outcome: 'unknown', status, message: 'etcd is away' });
  });

  it('with a 503 may say how long to wait', async () => {
    const result = await answering((response) => json(response, 503, {}, { 'retry-after': '1' }));
    expect(result).toMatchObject({ outcome: 'unknown', status: 503, retryAfterMs: 1_000 });
  });

  it('may be the page of a proxy: the status counts and the text is the message', async () => {
    const result = await answering((response) => response.writeHead(403).end('<h1>no</h1>'));
    expect(result).toEqual({ outcome: 'refused', status: 403, reason: 'Forbidden', message: '<h1>no</h1>' });
  });

  it('may be a refusal of any size: only its beginning is read', async () => {
    const result = await answering((response) => response.writeHead(403).end('x'.repeat(5_000_000)));
    expect(result).toMatchObject({ outcome: 'refused', status: 403, message: 'x'.repeat(300) });
  });

  it.each([
    ['a success that is not JSON', 'not json'],
    ['a success that is not an object of Kubernetes', '{"hello":1}'],
  ])('%s is no answer', async (_title, text) => {
    const result = await answering((response) => response.writeHead(200).end(text));
    expect(result).toMatchObject({ outcome: 'unknown' });
    expect(JSON.stringify(result)).not.toContain('hello');
  });

  it('that leads elsewhere is no answer', async () => {
    const result = await answering((response) => response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end());
    expect(result).toMatchObject({ outcome: 'unknown', status: 302 });
  });

  it('that is cut off is no answer', async () => {
    const result = await answering((response) => response.destroy());
    expect(result).toMatchObject({ outcome: 'unknown' });
  });

  it('that is cut off in the middle is no answer', async () => {
    const result = await answering((response) => {
      response.writeHead(200, { 'content-length': '1000' }).write('{"metadata":');
      setImmediate(() => response.destroy());
    });
    expect(result).toMatchObject({ outcome: 'unknown' });
  });

  it.each([
    ['whose headers do not come', () => {}],
    ['whose body does not come', (response: ServerResponse) => void response.writeHead(200).write('{')],
  ])('%s in time is no answer', async (_title, answer) => {
    const result = await answering(answer, { headersTimeoutMs: 50, bodyTimeoutMs: 50 });
    expect(result).toMatchObject({ outcome: 'unknown' });
  });

  it('that cannot come because nobody listens is no answer, and the message says so', async () => {
    open = await world(() => {});
    const { cluster } = await open.connect({ server: 'http://127.0.0.1:9' });
    expect(await cluster.get(jobsResource, 'team', 'a')).toEqual({
      outcome: 'unknown',
      message: 'connect ECONNREFUSED 127.0.0.1:9',
    });
  });

  it('never brings the token into a result or the log', async () => {
    const result = await answering((response) => response.destroy());
    expect(JSON.stringify([result, open?.logger.lines, open?.metrics.measured])).not.toContain('secret-token');
  });
});

describe('a ping', () => {
  it.each([
    [200, 'ok'],
    [403, 'refused'],
    [500, 'unknown'],
  ])('that is answered with %i is %s', async (status, outcome) => {
    open = await world((_received, response) => response.writeHead(status).end('text'));
    const { cluster } = await open.connect();
    expect(await cluster.ping()).toMatchObject({ outcome });
    expect(open.server.received[0]?.url).toBe('/readyz');
  });
});
