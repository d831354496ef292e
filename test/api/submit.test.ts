import { expect, test } from 'vitest';
import { anApi } from '../support/api-under-test.ts';
import { aJob, jobIdOf } from '../support/fake-service.ts';

test('a submission is answered with exactly the fields of the contract, in their order', async () => {
  const { app } = await anApi();
  const answer = await app.inject({ method: 'POST', url: '/jobs', payload: { name: 'job1', priority: 2 } });
  expect(answer.statusCode).toBe(201);
  expect(answer.headers.location).toBe(`/jobs/${jobIdOf(1)}`);
  expect(answer.headers['content-type']).toMatch(/^application\/json/);
  expect(answer.body).toBe(
    `{"job_id":"${jobIdOf(1)}","name":"job1","queue_position":"0","status":"Job submitted successfully"}`,
  );
});

test('the queue position is a string that counts the jobs ahead', async () => {
  const { app, service } = await anApi();
  service.with(aJob({ sequence: 1, priority: 5 }), aJob({ sequence: 2, priority: 1 }));
  const answer = await app.inject({ method: 'POST', url: '/jobs', payload: { name: 'job3', priority: 2 } });
  expect(answer.json()).toMatchObject({ queue_position: '1' });
});

test('a name is enough: the rest has defaults', async () => {
  const { app, service } = await anApi();
  await app.inject({ method: 'POST', url: '/jobs', payload: { name: 'job1' } });
  expect(service.submissions).toEqual([{ name: 'job1', priority: 0, queue: 'default', workload: {} }]);
});

test('every field reaches the service as it was sent', async () => {
  const { app, service } = await anApi();
  const container = {
    image: 'registry.example:5000/team/app:1.2',
    command: ['sh', '-c'],
    args: ['echo "$GREETING"', ''],
    env: [
      { name: 'GREETING', value: 'hällo' },
      { name: 'NODE', valueFrom: { fieldRef: { fieldPath: 'spec.nodeName' } } },
    ],
    resources: { requests: { cpu: '500m', memory: '1.5Gi' }, limits: { 'nvidia.com/gpu': '1' } },
  };
  const around = {
    name: 'train',
    priority: -7,
    queue: 'nightly',
    namespace: 'ml',
    labels: { team: 'vision', 'example.com/tier': '' },
    annotations: { note: 'any text\nat all', 'kubejobs.io/simulate-duration': '3s' },
  };
  const answer = await app.inject({ method: 'POST', url: '/jobs', payload: { ...around, ...container } });
  expect(answer.statusCode).toBe(201);
  expect(service.submissions).toEqual([{ ...around, workload: container }]);
});

test('a template reaches the service untouched', async () => {
  const { app, service } = await anApi();
  const template = { template: { spec: { containers: [{ name: 'main', image: 'busybox' }] } }, backoffLimit: 0 };
  await app.inject({ method: 'POST', url: '/jobs', payload: { name: 'job1', template } });
  expect(service.submissions[0]?.workload).toEqual({ template });
});

test.each(['500ms', '3s', '1m', '2h'])('a job may ask to be simulated for %s', async (duration) => {
  const { app } = await anApi();
  const annotations = { 'kubejobs.io/simulate-duration': duration, 'kubejobs.io/simulate-exit-code': '255' };
  const answer = await app.inject({ method: 'POST', url: '/jobs', payload: { name: 'job1', annotations } });
  expect(answer.statusCode).toBe(201);
});

test('a content type with a charset is JSON too', async () => {
  const { app } = await anApi();
  const headers = { 'content-type': 'application/json; charset=utf-8' };
  const answer = await app.inject({ method: 'POST', url: '/jobs', headers, payload: '{"name":"job1"}' });
  expect(answer.statusCode).toBe(201);
});

test.each([
  ['store_unavailable', 503],
  ['shutting_down', 503],
  ['template_refused', 400],
] as const)('a refusal of the service, %s, becomes a problem of status %i', async (code, status) => {
  const { app, service } = await anApi();
  service.refusal = { code, detail: 'not now', retryAfterSeconds: 7 };
  const answer = await app.inject({ method: 'POST', url: '/jobs', payload: { name: 'job1' } });
  expect(answer.statusCode).toBe(status);
  expect(answer.json()).toMatchObject({ type: `/errors/${code}`, code, status, detail: 'not now' });
  expect(answer.headers['retry-after']).toBe(status === 503 ? '7' : undefined);
});
