import { expect, test } from 'vitest';
import { StoreFailure } from '../../internal/store/store.ts';
import { anApi } from '../support/api-under-test.ts';
import { jobIdOf } from '../support/fake-service.ts';

const json = { 'content-type': 'application/json' };

test('an unknown path is 404', async () => {
  const { app } = await anApi();
  const answer = await app.inject('/nothing/here?x=1');
  expect(answer.statusCode).toBe(404);
  expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/);
  expect(answer.json()).toEqual({
    type: '/errors/not_found',
    title: 'There is no such resource',
    status: 404,
    detail: 'There is nothing at /nothing/here. The API is described at /docs.',
    code: 'not_found',
  });
});

test.each([
  ['GET', '/jobs/', '/jobs'],
  ['POST', '/jobs/', '/jobs'],
  ['DELETE', '/jobs/', '/jobs'],
  ['GET', '/jobs/pending/', '/jobs/pending'],
  ['GET', '/health//?x=1', '/health'],
  ['GET', `/jobs/${jobIdOf(1)}/`, `/jobs/${jobIdOf(1)}`],
] as const)('%s %s is 404: no path has a slash at its end', async (method, url, bare) => {
  const { app } = await anApi();
  const answer = await app.inject({ method, url });
  const path = url.split('?')[0];
  const detail = `There is nothing at ${path}. Paths have no slash at the end: ${bare}.`;
  expect(answer.json()).toMatchObject({ status: 404, code: 'not_found', detail });
});

test('what is not there says where the API is described, and so does the root of a server without its dashboard', async () => {
  const { app } = await anApi();
  const detail = 'There is nothing at /nothing. The API is described at /docs.';
  expect((await app.inject('/nothing')).json()).toMatchObject({ status: 404, code: 'not_found', detail });
  expect((await app.inject('/')).body).toContain('The API is described at /docs.');
  expect((await app.inject('/docs')).statusCode).toBe(200);
});

test('a path of nothing but slashes costs no more than another', async () => {
  const { app } = await anApi();
  const answer = await app.inject(`/${'/'.repeat(15_000)}x`);
  expect(answer.statusCode).toBe(404);
});

test('an unknown path is 404 whatever comes as a body', async () => {
  const { app } = await anApi();
  const headers = { 'content-type': 'text/plain' };
  for (const payload of ['x', 'x'.repeat(2_000_000)]) {
    const answer = await app.inject({ method: 'POST', url: '/nothing', headers, payload });
    expect(answer.json()).toMatchObject({ status: 404, code: 'not_found' });
  }
});

const id = jobIdOf(1);

test.each([
  ['DELETE', '/jobs', 'GET, HEAD, POST'],
  ['PUT', '/jobs', 'GET, HEAD, POST'],
  ['OPTIONS', '/jobs', 'GET, HEAD, POST'],
  ['TRACE', '/jobs', 'GET, HEAD, POST'],
  ['PROPFIND', '/jobs', 'GET, HEAD, POST'],
  ['POST', `/jobs/${id}`, 'DELETE, GET, HEAD, PATCH'],
  ['PUT', `/jobs/${id}?x=1`, 'DELETE, GET, HEAD, PATCH'],
  ['POST', '/health', 'GET, HEAD'],
  ['POST', '/livez', 'GET, HEAD'],
  ['DELETE', '/metrics', 'GET, HEAD'],
  ['POST', '/openapi.json', 'GET, HEAD'],
  ['POST', '/docs', 'GET, HEAD'],
  ['POST', '/errors/internal', 'GET, HEAD'],
] as const)('%s %s is 405 and names the methods there are', async (method, url, allow) => {
  const { app } = await anApi();
  const answer = await app.inject({ method: method as 'PUT', url, headers: json, payload: '{}' });
  expect(answer.statusCode).toBe(405);
  expect(answer.headers.allow).toBe(allow);
  expect(answer.json()).toMatchObject({ code: 'method_not_allowed', type: '/errors/method_not_allowed' });
});

test.each(['POST', 'PATCH', 'DELETE', 'PUT'] as const)(
  '%s to the pending list is 405: it is a path of its own, not a job called pending',
  async (method) => {
    const { app } = await anApi();
    const answer = await app.inject({ method, url: '/jobs/pending?limit=3', headers: json, payload: '{"priority":1}' });
    expect([answer.statusCode, answer.headers.allow]).toEqual([405, 'GET, HEAD']);
  },
);

test.each(['/jobs/%zz', '/jobs/%', '/%E0%A4%A'])('the path %s is 400', async (url) => {
  const { app } = await anApi();
  const answer = await app.inject(url);
  expect(answer.json()).toMatchObject({ status: 400, code: 'bad_request' });
  expect(answer.headers['x-content-type-options']).toBe('nosniff');
});

test('a path parameter that is far too long is 404', async () => {
  const { app } = await anApi();
  const answer = await app.inject(`/jobs/${'a'.repeat(5000)}`);
  expect(answer.json()).toMatchObject({ status: 404 });
});

const writes = [
  ['POST', '/jobs'],
  ['PATCH', `/jobs/${id}`],
] as const;

test.each(writes)('%s %s with another content type is 415', async (method, url) => {
  const { app, service } = await anApi();
  for (const type of [
    'text/plain',
    'application/xml',
    'application/x-www-form-urlencoded',
    'nonsense',
    'application/jsonx',
  ]) {
    const headers = { 'content-type': type };
    const answer = await app.inject({ method, url, headers, payload: '{"name":"a"}' });
    expect(answer.statusCode).toBe(415);
    expect(answer.json()).toMatchObject({
      code: 'unsupported_media_type',
      detail: `The content type is ${type}; send application/json.`,
    });
  }
  expect(service.stored).toEqual([]);
});

test.each(writes)('%s %s with a body of no content type is 415', async (method, url) => {
  const { app } = await anApi();
  const answer = await app.inject({ method, url, payload: Buffer.from('{"name":"a"}') });
  expect(answer.json()).toMatchObject({ status: 415, detail: 'A body needs a content type; send application/json.' });
});

test('a body of 1 MiB is read, one byte more is 413', async () => {
  const { app, service } = await anApi();
  const bodyOf = (bytes: number): string => {
    const around = '{"name":"a"}'.length;
    return `{"name":"a"${' '.repeat(bytes - around)}}`;
  };
  const fits = await app.inject({ method: 'POST', url: '/jobs', headers: json, payload: bodyOf(1_048_576) });
  const over = await app.inject({ method: 'POST', url: '/jobs', headers: json, payload: bodyOf(1_048_577) });
  expect(fits.statusCode).toBe(201);
  expect(over.statusCode).toBe(413);
  expect(over.json()).toMatchObject({ code: 'body_too_large', detail: 'The request body is over 1 MiB.' });
  expect(service.stored).toHaveLength(1);
});

test('a bug is 500, told to the log and not to the client', async () => {
  const logged: Array<{ fields: object; message: string }> = [];
  const logger = { error: (fields: object, message: string) => void logged.push({ fields, message }) };
  const { app, service } = await anApi({ logger });
  service.bug = new Error('secret');
  const answer = await app.inject({ method: 'POST', url: '/jobs', payload: { name: 'a' } });
  expect(answer.statusCode).toBe(500);
  expect(answer.json()).toMatchObject({ code: 'internal', type: '/errors/internal' });
  expect(answer.body).not.toContain('secret');
  expect(logged).toEqual([
    {
      fields: { error: service.bug.stack, method: 'POST', url: '/jobs' },
      message: 'a request ended in an error of the server',
    },
  ]);
});

test('a bug in a read is 500 too, and the log says of which job', async () => {
  const logged: object[] = [];
  const { app, service } = await anApi({ logger: { error: (fields: object) => void logged.push(fields) } });
  service.bug = new Error('secret');
  expect((await app.inject(`/jobs/${id}`)).statusCode).toBe(500);
  expect(logged).toEqual([expect.objectContaining({ jobId: id })]);
});

test('every answer forbids guessing at its content type, and live data is not cached', async () => {
  const { app } = await anApi();
  for (const url of ['/jobs', '/jobs/pending', '/health', '/metrics', '/nothing', `/jobs/${id}`, '/openapi.json']) {
    const { headers } = await app.inject(url);
    expect([url, headers['x-content-type-options'], headers['cache-control']]).toEqual([url, 'nosniff', 'no-store']);
  }
});

test.each(['/jobs', '/jobs/pending', '/jobs/running', '/jobs/019a4e0c-5d6f-7a31-9c42-000000000001'])(
  'a read of %s for which the rows cannot be had is a 503 that says when to come back, and no bug',
  async (path) => {
    const { app, service } = await anApi();
    service.bug = new StoreFailure('io', 'the database jobs.db: the system reported an error.');
    const answer = await app.inject(path);
    expect(answer.statusCode).toBe(503);
    expect(answer.headers['retry-after']).toMatch(/^\d+$/);
    expect(answer.json()).toMatchObject({ code: 'store_unavailable', detail: expect.stringContaining('jobs.db') });
  },
);
