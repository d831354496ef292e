import type { LightMyRequestResponse } from 'fastify';
import { afterAll, expect, test } from 'vitest';
import { newServer } from '../support/api-server.ts';
import { anApi } from '../support/api-under-test.ts';
import { aJob, jobIdOf } from '../support/fake-service.ts';

const line = (sequence: number, priority: number): string =>
  `{"name":"job${sequence}","job_id":"${jobIdOf(sequence)}","priority":${priority}}`;

test('pending jobs are listed in dispatch order, each with exactly the fields of the contract in their order', async () => {
  const { app, service } = await anApi();
  service.with(aJob({ sequence: 1, priority: 2 }), aJob({ sequence: 2, priority: 5 }));
  const answer = await app.inject('/jobs/pending');
  expect(answer.statusCode).toBe(200);
  expect(answer.body).toBe(`[${line(2, 5)},${line(1, 2)}]`);
});

test('running jobs are listed with the same fields', async () => {
  const { app, service } = await anApi();
  service.with(aJob({ sequence: 1, priority: 2, state: 'running' }), aJob({ sequence: 2 }));
  expect((await app.inject('/jobs/running')).body).toBe(`[${line(1, 2)}]`);
});

test.each(['/jobs/pending', '/jobs/running', '/jobs'])('%s is an empty array when there is nothing', async (url) => {
  const { app } = await anApi();
  const answer = await app.inject(url);
  expect(answer.body).toBe('[]');
  expect(answer.headers['x-total-count']).toBe('0');
  expect(answer.headers.link).toBeUndefined();
});

test.each(['/jobs/pending?', '/jobs/running?', '/jobs?queue=default&'])(
  'following the links of %s visits every job once',
  async (start) => {
    const { app, service } = await anApi();
    const state = start.includes('running') ? 'running' : 'pending';
    for (let sequence = 1; sequence <= 7; sequence += 1) service.with(aJob({ sequence, state }));
    const seen: string[] = [];
    let url: string | undefined = `${start}limit=3`;
    while (url !== undefined) {
      const answer: LightMyRequestResponse = await app.inject(url);
      expect(answer.headers['x-total-count']).toBe('7');
      seen.push(...answer.json().map((job: { name: string }) => job.name));
      url = /^<(.+)>; rel="next"$/.exec(answer.headers.link?.toString() ?? '')?.[1];
    }
    expect(seen.sort()).toEqual(['job1', 'job2', 'job3', 'job4', 'job5', 'job6', 'job7']);
  },
);

test('a page has at most a thousand jobs when nothing is asked for', async () => {
  const { app, service } = await anApi();
  for (let sequence = 1; sequence <= 1001; sequence += 1) service.with(aJob({ sequence }));
  const answer = await app.inject('/jobs/pending');
  expect(answer.json()).toHaveLength(1000);
  expect(answer.headers.link).toMatch(/^<\/jobs\/pending\?cursor=[\w-]+>; rel="next"$/);
});

test('jobs are listed newest first, without attempts and timeline', async () => {
  const { app, service } = await anApi();
  service.with(aJob({ sequence: 1 }), aJob({ sequence: 2, state: 'succeeded', exitCode: 0 }));
  const jobs = (await app.inject('/jobs')).json();
  expect(jobs.map((job: { name: string }) => job.name)).toEqual(['job2', 'job1']);
  expect(jobs[0]).not.toHaveProperty('attempts');
  expect(jobs[0]).not.toHaveProperty('timeline');
});

test.each([
  ['state=pending', { states: ['pending'] }],
  ['state=pending&state=running', { states: ['pending', 'running'] }],
  ['state=pending,running&state=failed', { states: ['pending', 'running', 'failed'] }],
  ['queue=nightly', { queue: 'nightly' }],
  ['name=job1', { name: 'job1' }],
  ['name=job*', { namePrefix: 'job' }],
  ['name=job-*', { namePrefix: 'job-' }],
  ['label=team=vision', { labels: { team: 'vision' } }],
  ['label=a=b&label=example.com/c=', { labels: { a: 'b', 'example.com/c': '' } }],
  ['label=a=b&label=a=b', { labels: { a: 'b' } }],
  ['', {}],
])('the filter "%s" reaches the service', async (query, filter) => {
  const { app, service } = await anApi();
  expect((await app.inject(`/jobs?${query}`)).statusCode).toBe(200);
  expect(service.lastFilter).toEqual(filter);
});

const shared = await newServer();
afterAll(() => shared.close());

const limits = 'must be an integer from 1 to 1000';
const cursors = 'must be the cursor of a Link header, unchanged';
const states = 'must be one of pending, running, succeeded, failed, cancelled, expired, held, scheduled, blocked';
const cursorOf = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

test.each([
  ['limit=0', 'limit', limits],
  ['limit=1001', 'limit', limits],
  ['limit=ten', 'limit', limits],
  ['limit=1.5', 'limit', limits],
  ['limit=', 'limit', limits],
  ['limit=1&limit=2', 'limit', limits],
  ['cursor=', 'cursor', cursors],
  ['cursor=!', 'cursor', cursors],
  ['cursor=abc', 'cursor', cursors],
  [`cursor=${cursorOf({})}`, 'cursor', cursors],
  [`cursor=${cursorOf([])}`, 'cursor', cursors],
  [`cursor=${cursorOf(['1'])}`, 'cursor', cursors],
  [`cursor=${cursorOf([null])}`, 'cursor', cursors],
  [`cursor=${'a'.repeat(1000)}`, 'cursor', cursors],
  ['state=done', 'state', states],
  ['state=pending,', 'state', states],
  ['name=A', 'name', expect.stringMatching(/^must be a DNS label/)],
  ['name=*', 'name', expect.stringMatching(/or the beginning of one, followed by "\*"$/)],
  ['name=*a', 'name', expect.stringMatching(/^must be a DNS label/)],
  ['name=a**', 'name', expect.stringMatching(/^must be a DNS label/)],
  [`name=${'a'.repeat(64)}*`, 'name', expect.stringMatching(/^must be a DNS label/)],
  ['queue=', 'queue', expect.stringMatching(/^must be a DNS label/)],
  ['label=a', 'label', 'must be a label as key=value'],
  ['label=a=b&label=a=c', 'label', 'must not name one key with two values'],
  ['page=2', 'page', 'is not a parameter that is known here; allowed: state, queue, name, label, limit, cursor'],
])('the query "%s" is refused', async (query, parameter, detail) => {
  const answer = await shared.inject(`/jobs?${query}`);
  expect(answer.statusCode).toBe(400);
  expect(answer.json()).toMatchObject({ code: 'validation_failed', errors: [{ parameter, detail }] });
});

test.each(['/jobs/pending', '/jobs/running'])('%s takes a limit and a cursor and nothing else', async (url) => {
  const answer = await shared.inject(`${url}?state=pending`);
  const detail = 'is not a parameter that is known here; allowed: limit, cursor';
  expect(answer.json()).toMatchObject({ status: 400, errors: [{ parameter: 'state', detail }] });
});
