import { expect, test } from 'vitest';
import { anApi } from '../support/api-under-test.ts';
import { aJob, jobIdOf } from '../support/fake-service.ts';

const at = (second: number): number => Date.UTC(2026, 10, 4, 9, 30, second);

test('a job is shown with everything that is known of it', async () => {
  const { app, service } = await anApi();
  const workload = { kind: 'Job', namespace: 'ml', name: 'train-1', uid: 'u1' } as const;
  service.with(
    aJob({
      name: 'train',
      priority: 5,
      queue: 'nightly',
      namespace: 'ml',
      labels: { team: 'vision' },
      state: 'failed',
      reason: 'exit_code',
      message: 'exit code 3',
      attempt: 1,
      exitCode: 3,
      createdAt: at(0),
      startedAt: at(1) + 0.7,
      finishedAt: at(2),
      attempts: [
        {
          attempt: 1,
          dispatchSequence: 1,
          dispatchedAt: at(1),
          workload,
          creation: 'made',
          finishedAt: at(2),
          outcome: 'failed',
          reason: 'exit_code',
          exitCode: 3,
        },
      ],
      timeline: [
        { at: at(0), state: 'pending', reason: 'waiting_for_slot' },
        { at: at(1), state: 'running', reason: 'creating', attempt: 1 },
        { at: at(2), state: 'failed', reason: 'exit_code', message: 'exit code 3', attempt: 1 },
      ],
    }),
  );
  const answer = await app.inject(`/jobs/${jobIdOf(1)}`);
  expect(answer.statusCode).toBe(200);
  expect(answer.headers['cache-control']).toBe('no-store');
  expect(answer.json()).toEqual({
    spec: {},
    job_id: jobIdOf(1),
    name: 'train',
    priority: 5,
    queue: 'nightly',
    namespace: 'ml',
    labels: { team: 'vision' },
    state: 'failed',
    reason: 'exit_code',
    message: 'exit code 3',
    attempt: 1,
    exit_code: 3,
    created_at: '2026-11-04T09:30:00.000Z',
    started_at: '2026-11-04T09:30:01.000Z',
    finished_at: '2026-11-04T09:30:02.000Z',
    workload,
    attempts: [
      {
        attempt: 1,
        dispatch_sequence: 1,
        dispatched_at: '2026-11-04T09:30:01.000Z',
        finished_at: '2026-11-04T09:30:02.000Z',
        outcome: 'failed',
        reason: 'exit_code',
        exit_code: 3,
        creation: 'made',
        workload,
      },
    ],
    timeline: [
      { at: '2026-11-04T09:30:00.000Z', state: 'pending', reason: 'waiting_for_slot' },
      { at: '2026-11-04T09:30:01.000Z', state: 'running', reason: 'creating', attempt: 1 },
      {
        at: '2026-11-04T09:30:02.000Z',
        state: 'failed',
        reason: 'exit_code',
        message: 'exit code 3',
        attempt: 1,
      },
    ],
  });
});

test('values that a pending job does not have are left out', async () => {
  const { app, service } = await anApi();
  service.with(aJob({ queuePosition: 3 }));
  const job = (await app.inject(`/jobs/${jobIdOf(1)}`)).json();
  expect(job).toEqual({
    job_id: jobIdOf(1),
    name: 'job1',
    priority: 0,
    queue: 'default',
    state: 'pending',
    reason: 'waiting_for_slot',
    queue_position: '3',
    attempt: 0,
    created_at: '2026-11-04T09:30:00.000Z',
    spec: {},
    attempts: [],
    timeline: [{ at: '2026-11-04T09:30:00.000Z', state: 'pending' }],
  });
});

test('an exit code of zero is shown', async () => {
  const { app, service } = await anApi();
  service.with(aJob({ state: 'succeeded', exitCode: 0 }));
  expect((await app.inject(`/jobs/${jobIdOf(1)}`)).json()).toMatchObject({ exit_code: 0 });
});

test('a job is found by its id in upper case too', async () => {
  const { app, service } = await anApi();
  service.with(aJob({ sequence: 0xabc }));
  expect((await app.inject(`/jobs/${jobIdOf(0xabc).toUpperCase()}`)).statusCode).toBe(200);
});

const calls = [
  ['GET', undefined],
  ['DELETE', undefined],
  ['PATCH', { priority: 1 }],
] as const;

test.each(calls)('%s of an unknown or malformed id is 404', async (method, payload) => {
  const { app } = await anApi();
  for (const id of [jobIdOf(9), 'nope', `${jobIdOf(1)}0`, 'a'.repeat(100)]) {
    const answer = await app.inject({ method, url: `/jobs/${id}`, ...(payload && { payload }) });
    expect(answer.statusCode).toBe(404);
    expect(answer.json()).toMatchObject({ code: 'job_not_found', detail: `There is no job with the id ${id}.` });
  }
});

test('cancelling a pending job ends it, and cancelling it again changes nothing', async () => {
  const { app, service } = await anApi();
  service.with(aJob());
  const url = `/jobs/${jobIdOf(1)}`;
  const first = await app.inject({ method: 'DELETE', url });
  const second = await app.inject({ method: 'DELETE', url });
  expect(first.statusCode).toBe(200);
  expect(first.json()).toMatchObject({ state: 'cancelled', reason: 'by_user', job_id: jobIdOf(1) });
  expect(second.statusCode).toBe(200);
  expect(second.body).toBe(first.body);
});

test('cancelling a running job answers with the job that is being cancelled', async () => {
  const { app, service } = await anApi();
  service.with(aJob({ state: 'running', reason: 'starting' }));
  const answer = await app.inject({ method: 'DELETE', url: `/jobs/${jobIdOf(1)}` });
  expect(answer.json()).toMatchObject({ state: 'running', reason: 'cancelling' });
});

test('cancelling a finished job answers with the job as it is', async () => {
  const { app, service } = await anApi();
  service.with(aJob({ state: 'succeeded' }));
  const answer = await app.inject({ method: 'DELETE', url: `/jobs/${jobIdOf(1)}` });
  expect([answer.statusCode, answer.json().state]).toEqual([200, 'succeeded']);
});

test('an empty body does not stand in the way of a cancel', async () => {
  const { app, service } = await anApi();
  service.with(aJob());
  const headers = { 'content-type': 'application/json' };
  const answer = await app.inject({ method: 'DELETE', url: `/jobs/${jobIdOf(1)}`, headers });
  expect(answer.statusCode).toBe(200);
});

test('a priority can be changed', async () => {
  const { app, service } = await anApi();
  service.with(aJob());
  const answer = await app.inject({ method: 'PATCH', url: `/jobs/${jobIdOf(1)}`, payload: { priority: 9 } });
  expect([answer.statusCode, answer.json().priority]).toEqual([200, 9]);
});

test('the priority of a finished job cannot be changed', async () => {
  const { app, service } = await anApi();
  service.with(aJob({ state: 'succeeded' }));
  const answer = await app.inject({ method: 'PATCH', url: `/jobs/${jobIdOf(1)}`, payload: { priority: 9 } });
  expect(answer.statusCode).toBe(409);
  expect(answer.json()).toMatchObject({ code: 'job_finished' });
});

const outOfRange = 'must be an integer from -1000000 to 1000000';

test.each([
  [{}, '', 'must have at least one of priority, hold'],
  [{ hold: 1 }, '/hold', 'must be true or false'],
  [{ priority: '1' }, '/priority', outOfRange],
  [{ priority: 1, name: 'x' }, '/name', 'is not a field that is known here; allowed: priority, hold'],
])('a change of %j is refused', async (payload, pointer, detail) => {
  const { app, service } = await anApi();
  service.with(aJob());
  const answer = await app.inject({ method: 'PATCH', url: `/jobs/${jobIdOf(1)}`, payload });
  expect(answer.statusCode).toBe(400);
  expect(answer.json()).toMatchObject({ code: 'validation_failed', errors: [{ pointer, detail }] });
});
