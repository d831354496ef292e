import { expect, test } from 'vitest';
import { anApi } from '../support/api-under-test.ts';
import { aJob, jobIdOf } from '../support/fake-service.ts';

async function submit(payload: object, headers: Record<string, string> = {}) {
  const { app, service } = await anApi();
  const answer = await app.inject({ method: 'POST', url: '/jobs', headers, payload: { name: 'a', ...payload } });
  return { answer, service, app };
}

test('a submission may say when it runs, how long, and how often', async () => {
  const { answer, service } = await submit({
    hold: true,
    start_after: '2026-11-04T10:30:00+01:00',
    after: [{ job_id: jobIdOf(7).toUpperCase() }, { job_id: jobIdOf(8), on: 'finish' }],
    queue_timeout_seconds: 60,
    timeout_seconds: 5,
    retries: { max: 3, on: ['exit:137', 'timeout'] },
  });
  expect(answer.statusCode).toBe(201);
  expect(service.submissions[0]).toMatchObject({
    held: true,
    rules: {
      startAt: Date.parse('2026-11-04T09:30:00Z'),
      after: [
        { jobId: jobIdOf(7), on: 'success' },
        { jobId: jobIdOf(8), on: 'finish' },
      ],
      queueTimeoutMs: 60_000,
      timeoutMs: 5_000,
      retries: { max: 3, backoffMs: 10_000, backoffFactor: 2, maxBackoffMs: 3_600_000, on: ['exit:137', 'timeout'] },
    },
  });
});

test('a start may be given as a while from now, and most jobs have no rules', async () => {
  expect((await submit({ start_after: { in: '90s' } })).service.submissions[0]?.rules).toEqual({ startInMs: 90_000 });
  expect((await submit({ hold: false })).service.submissions[0]).not.toHaveProperty('rules');
});

test('indexed jobs say how many pods have to succeed', async () => {
  const { service } = await submit({ image: 'busybox', completions: 5, parallelism: 2 });
  expect(service.submissions[0]?.workload).toEqual({ image: 'busybox', completions: 5, parallelism: 2 });
});

test.each([
  [{ hold: 'yes' }, '/hold', 'must be true or false'],
  [{ start_after: 'tomorrow' }, '/start_after', 'must be a time (RFC 3339)'],
  [{ start_after: '2026-13-04T10:30:00Z' }, '/start_after', 'must be a time that exists'],
  [{ start_after: 5 }, '/start_after', 'must be a time (RFC 3339)'],
  [{ start_after: { in: 'a while' } }, '/start_after/in', 'must be a duration'],
  [{ start_after: {} }, '/start_after/in', 'is required and must be a duration'],
  [{ after: [] }, '/after', 'must be an array of 1 to 100 items'],
  [{ after: [{ job_id: 'x' }] }, '/after/0/job_id', 'must be a UUID'],
  [{ after: [{ job_id: jobIdOf(1), on: 'never' }] }, '/after/0/on', 'must be one of success, failure, finish'],
  [{ after: [{ job_id: jobIdOf(1) }, { job_id: jobIdOf(1) }] }, '/after/1/job_id', 'names a job twice'],
  [{ queue_timeout_seconds: 0 }, '/queue_timeout_seconds', 'must be an integer from 1 to'],
  [{ timeout_seconds: 1.5 }, '/timeout_seconds', 'must be an integer from 1 to'],
  [{ retries: {} }, '/retries/max', 'is required and must be an integer from 0 to 1000'],
  [{ retries: { max: 1, on: ['exit:256'] } }, '/retries/on/0', 'must be failed, timeout, deleted'],
  [{ retries: { max: 1, backoff_seconds: -1 } }, '/retries/backoff_seconds', 'must be a number from 0 to'],
  [{ parallelism: 2 }, '/parallelism', 'needs completions'],
  [{ template: { template: {} }, completions: 2 }, '/completions', 'cannot be given together with template'],
])('%j is refused', async (payload, pointer, words) => {
  const { answer, service } = await submit(payload);
  expect(answer.statusCode).toBe(400);
  expect(answer.json().errors).toContainEqual({ pointer, detail: expect.stringContaining(words) });
  expect(service.submissions).toEqual([]);
});

test('a request with an idempotency key is answered again, and says so', async () => {
  const { app, service } = await anApi();
  const send = () =>
    app.inject({ method: 'POST', url: '/jobs', headers: { 'idempotency-key': 'k1' }, payload: { name: 'a' } });
  expect((await send()).headers).not.toHaveProperty('idempotency-replayed');
  expect((await send()).headers).toMatchObject({ 'idempotency-replayed': 'true' });
  expect(service.keys).toEqual(['k1', 'k1']);
});

test.each(['', 'two words', 'x'.repeat(256), 'grün'])('the idempotency key “%s” is refused', async (key) => {
  const { answer, service } = await submit({}, { 'idempotency-key': key });
  expect(answer.statusCode).toBe(400);
  expect(service.submissions).toEqual([]);
});

test('a job is held, released and run again', async () => {
  const { app, service } = await anApi();
  service.with(aJob());
  const url = `/jobs/${jobIdOf(1)}`;
  const patch = (payload: object) => app.inject({ method: 'PATCH', url, payload });
  expect((await patch({ hold: true, priority: 4 })).json()).toMatchObject({ state: 'held', priority: 4, hold: true });
  expect((await patch({ hold: false })).json()).toMatchObject({ state: 'pending' });
  const retry = () => app.inject({ method: 'POST', url: `${url}/retry` });
  expect((await retry()).json()).toMatchObject({ status: 409, code: 'job_not_finished' });
  Object.assign(service.stored[0] ?? {}, { state: 'failed' });
  expect((await retry()).json()).toMatchObject({ state: 'pending' });
});

test('a job shows its rules', async () => {
  const { app, service } = await anApi();
  const startAt = Date.parse('2026-11-04T09:30:00Z');
  const retries = { max: 1, backoffMs: 500, backoffFactor: 2, maxBackoffMs: 1_000, on: ['failed' as const] };
  const after = [{ jobId: jobIdOf(3), on: 'success' as const }];
  service.with(aJob({ held: true, startAt, rules: { after, timeoutMs: 2_000, queueTimeoutMs: 3_000, retries } }));
  const { body } = await app.inject(`/jobs/${jobIdOf(1)}`);
  expect(JSON.parse(body)).toMatchObject({
    ...{ hold: true, start_after: '2026-11-04T09:30:00.000Z', timeout_seconds: 2, queue_timeout_seconds: 3 },
    after: [{ job_id: jobIdOf(3), on: 'success' }],
    retries: { max: 1, backoff_seconds: 0.5, backoff_factor: 2, max_backoff_seconds: 1, on: ['failed'] },
  });
});

test('the settings are shown and changed, and the queue paused and resumed', async () => {
  const { app } = await anApi();
  expect((await app.inject('/settings')).json()).toEqual({ max_concurrency: 2, paused: false });
  const change = (payload: object) => app.inject({ method: 'PATCH', url: '/settings', payload });
  expect((await change({ max_concurrency: 5 })).json()).toEqual({ max_concurrency: 5, paused: false });
  expect((await app.inject({ method: 'POST', url: '/pause' })).json()).toEqual({ max_concurrency: 5, paused: true });
  expect((await app.inject({ method: 'POST', url: '/resume' })).json()).toEqual({ max_concurrency: 5, paused: false });
  expect((await change({})).json().errors).toEqual([
    { pointer: '', detail: 'must have at least one of max_concurrency, paused' },
  ]);
  expect((await change({ max_concurrency: 0 })).statusCode).toBe(400);
});
