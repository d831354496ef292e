import { expect, test } from 'vitest';
import { newServer } from '../support/api-server.ts';
import { FakeService } from '../support/fake-service.ts';
import { aWebhookWorld, hook, type WebhookOptions } from '../support/webhook-builders.ts';

async function anApi(options: WebhookOptions = {}) {
  const world = await aWebhookWorld(options);
  const service = new FakeService();
  const app = await newServer({ service, webhooks: world.webhooks });
  return { ...world, app, service };
}

test('a submission may name a URL, and the job shows it', async () => {
  const { app, service } = await anApi();
  const payload = { name: 'a', on_finish: { url: hook } };
  expect((await app.inject({ method: 'POST', url: '/jobs', payload })).statusCode).toBe(201);
  expect(service.submissions[0]?.rules).toEqual({ onFinish: { url: hook } });
  Object.assign(service.stored[0] ?? {}, { rules: { onFinish: { url: hook } } });
  expect((await app.inject('/jobs')).json()).toMatchObject([{ on_finish: { url: hook } }]);
});

test.each([
  [{ on_finish: hook }, '/on_finish', 'must be an object'],
  [{ on_finish: {} }, '/on_finish/url', 'is required'],
  [{ on_finish: { url: 5 } }, '/on_finish/url', 'must be a string'],
  [{ on_finish: { url: hook, method: 'GET' } }, '/on_finish/method', 'is not a field that is known here'],
])('%j is refused', async (fields, pointer, words) => {
  const { app } = await anApi();
  const answer = await app.inject({ method: 'POST', url: '/jobs', payload: { name: 'a', ...fields } });
  expect(answer.statusCode).toBe(400);
  expect(answer.json().errors).toContainEqual({ pointer, detail: expect.stringContaining(words) });
});

test('a URL is judged by the list, and refused without one', async () => {
  const rules = { onFinish: { url: 'https://evil.example/' } };
  const { webhooks } = await anApi();
  expect(webhooks.judge({ rules })).toMatchObject({
    code: 'webhook_refused',
    errors: [{ pointer: '/on_finish/url', detail: expect.stringContaining('not on the list') }],
  });
  expect(webhooks.judge({ rules: { onFinish: { url: hook } } })).toBeUndefined();
  expect(webhooks.judge({})).toBeUndefined();
  const { webhooks: off } = await anApi({ off: true });
  expect(off.judge({ rules })?.detail).toBe(
    '/on_finish/url cannot be given: the server was started without --webhooks',
  );
});

test('what has not arrived is listed by state and page, and sent again', async () => {
  let status = 410;
  const world = await anApi({ answer: () => ({ status }) });
  const { app, finish, sent } = world;
  const jobId = await finish('a');
  status = 500;
  await finish('b');
  const list = async (query: string) => (await app.inject(`/webhooks/deliveries${query}`)).json();
  expect(await list('')).toMatchObject([
    { job_id: jobId, url: hook, state: 'failed', tries: 1, last_status: 410, last_error: 'the answer was 410' },
    { state: 'pending', tries: 1, last_status: 500, next_try_at: '2023-11-14T22:13:30.000Z' },
  ]);
  expect(await list('?state=failed')).toHaveLength(1);
  expect(await list('?state=odd')).toMatchObject({ status: 400 });
  const page = await app.inject('/webhooks/deliveries?limit=1');
  expect(page.headers).toMatchObject({ 'x-total-count': '2', link: expect.stringContaining('cursor=') });
  status = 200;
  const again = (id: string) => app.inject({ method: 'POST', url: `/webhooks/deliveries/${id}/redeliver` });
  expect((await again(sent[0]?.deliveryId ?? '')).json()).toMatchObject({ state: 'pending', tries: 0 });
  await world.clock.settle();
  expect(await list('?state=failed')).toEqual([]);
  for (const unknown of [sent[0]?.deliveryId ?? '', 'nope']) {
    expect((await again(unknown)).json()).toMatchObject({ status: 404, code: 'delivery_not_found' });
  }
});
