import { expect, test } from 'vitest';
import { errorCatalogue } from '../../pkg/models/index.ts';
import { anApi } from '../support/api-under-test.ts';

const health = ['/health', '/readyz'] as const;

test.each(health)('%s is 200 with the numbers while jobs are accepted', async (url) => {
  const { app, service } = await anApi();
  service.state = { ...service.state, pending: 3, running: 2 };
  const answer = await app.inject(url);
  expect(answer.statusCode).toBe(200);
  expect(answer.json()).toEqual({
    status: 'ok',
    cluster: 'simulated',
    store: 'ok',
    pending: 3,
    running: 2,
    waiting: 0,
    max_concurrency: 2,
    paused: false,
    version: '0.0.0-test',
  });
});

test.each(health)('%s stays 200 while the cluster is unreachable', async (url) => {
  const { app, service } = await anApi();
  service.state = { ...service.state, cluster: 'unreachable' };
  const answer = await app.inject(url);
  expect([answer.statusCode, answer.json().cluster]).toEqual([200, 'unreachable']);
});

test.each(health)('%s is 503 while the store refuses writes, with the reason and the numbers', async (url) => {
  const { app, service } = await anApi();
  service.state = { ...service.state, accepting: false, store: 'unavailable', detail: 'disk full', running: 1 };
  const answer = await app.inject(url);
  expect(answer.statusCode).toBe(503);
  expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/);
  expect(answer.headers['retry-after']).toBe('5');
  expect(answer.json()).toMatchObject({
    code: 'store_unavailable',
    detail: 'disk full',
    store: 'unavailable',
    running: 1,
  });
});

test.each(health)('%s is 503 once the server is stopping', async (url) => {
  const { app, service } = await anApi();
  service.state = { ...service.state, accepting: false, stopping: true };
  const answer = await app.inject(url);
  expect(answer.json()).toMatchObject({ status: 503, code: 'shutting_down' });
});

test('/livez is 200 whatever the service says', async () => {
  const { app, service } = await anApi();
  service.state = { ...service.state, accepting: false, stopping: true, store: 'unavailable' };
  const answer = await app.inject('/livez');
  expect([answer.statusCode, answer.body]).toEqual([200, '{"status":"ok"}']);
});

test('/metrics passes on the text and its content type', async () => {
  const { app } = await anApi();
  const answer = await app.inject('/metrics');
  expect([answer.headers['content-type'], answer.body]).toEqual(['text/plain; version=0.0.4', 'up 1\n']);
});

test('every problem type leads to its description', async () => {
  const { app } = await anApi();
  for (const [code, definition] of Object.entries(errorCatalogue)) {
    const answer = await app.inject(`/errors/${code}`);
    expect(answer.json()).toEqual({ code, ...definition });
  }
  expect((await app.inject('/errors')).json()).toHaveLength(Object.keys(errorCatalogue).length);
  expect((await app.inject('/errors/nothing')).json()).toMatchObject({ status: 404, code: 'not_found' });
});

test('the documentation page works without anything from elsewhere', async () => {
  const { app } = await anApi();
  const page = await app.inject('/docs/');
  expect(page.statusCode).toBe(200);
  expect(page.headers['content-security-policy']).toMatch(/^default-src 'none'/);
  const files = [...page.body.matchAll(/(?:src|href)="\.\/([^"]+)"/g)].map((match) => match[1]);
  expect(files.length).toBeGreaterThan(3);
  for (const file of files) expect([file, (await app.inject(`/docs/${file}`)).statusCode]).toEqual([file, 200]);
  expect(page.body).not.toMatch(/(?:src|href)="https?:/);
});

test('a file that the documentation page does not have is 404', async () => {
  const { app } = await anApi();
  expect((await app.inject('/docs/static/nothing.css')).json()).toMatchObject({ status: 404, code: 'not_found' });
});

test('HEAD is answered like GET, without a body', async () => {
  const { app } = await anApi();
  const answer = await app.inject({ method: 'HEAD', url: '/health' });
  expect([answer.statusCode, answer.body]).toEqual([200, '']);
});
