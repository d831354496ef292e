// The lists for those who show the queue: what waits in full, from any position on, and what has finished by its end.
import { expect, test } from 'vitest';
import { anApi } from '../support/api-under-test.ts';
import { aJob, jobIdOf } from '../support/fake-service.ts';
import { recordedAuthentication, tokens } from '../support/tokens.ts';

const names = (jobs: Array<{ name: string }>): string[] => jobs.map(({ name }) => name);

test('the queue is listed in dispatch order with what /jobs shows of each job', async () => {
  const { app, service } = await anApi();
  service.with(aJob({ sequence: 1, priority: 2 }), aJob({ sequence: 2, priority: 5 }));
  const answer = await app.inject('/queue');
  expect(answer.headers['x-total-count']).toBe('2');
  expect(answer.json()).toMatchObject([
    { name: 'job2', queue_position: '0', state: 'pending', reason: 'waiting_for_slot' },
    { name: 'job1', queue_position: '1', created_at: '2026-11-04T09:30:00.000Z' },
  ]);
});

test('it begins at any position, and its link goes on from there', async () => {
  const { app, service } = await anApi();
  for (let sequence = 1; sequence <= 7; sequence += 1) service.with(aJob({ sequence }));
  const first = await app.inject('/queue?position=3&limit=2');
  expect(names(first.json())).toEqual(['job4', 'job5']);
  const link = /^<(.+)>; rel="next"$/.exec(first.headers.link?.toString() ?? '')?.[1] as string;
  expect(names((await app.inject(link)).json())).toEqual(['job6', 'job7']);
  expect((await app.inject('/queue?position=99')).json()).toEqual([]);
});

test.each(['position=-1', 'position=x', 'position=1&cursor=WzFd', 'order=name'])(
  '/queue?%s is refused',
  async (query) => {
    const { app } = await anApi();
    expect((await app.inject(`/queue?${query}`)).json()).toMatchObject({ status: 400, code: 'validation_failed' });
  },
);

test('finished jobs are listed by their ends, the newest first', async () => {
  const { app, service } = await anApi();
  service.with(
    aJob({ sequence: 1, state: 'failed', reason: 'exit_code', exitCode: 3, finishedAt: 2_000 }),
    aJob({ sequence: 2, state: 'succeeded', exitCode: 0, finishedAt: 1_000 }),
    aJob({ sequence: 3 }),
  );
  expect((await app.inject('/jobs/finished')).json()).toMatchObject([
    { name: 'job1', state: 'failed', reason: 'exit_code', exit_code: 3 },
    { name: 'job2', state: 'succeeded', exit_code: 0 },
  ]);
});

test('a job shows what it was submitted to run, and a list does not', async () => {
  const { app, service } = await anApi();
  const workload = { image: 'busybox', command: ['true'] };
  service.with(aJob({ sequence: 1, workload, annotations: { team: 'vision' } }));
  const spec = { ...workload, annotations: { team: 'vision' } };
  expect((await app.inject(`/jobs/${jobIdOf(1)}`)).json()).toMatchObject({ spec });
  expect((await app.inject('/jobs')).json()[0]).not.toHaveProperty('spec');
});

test('a caller is told his role; without authentication everyone is an administrator', async () => {
  const { app } = await anApi();
  expect((await app.inject('/whoami')).json()).toEqual({ authentication: 'none', role: 'admin' });
  const guarded = await anApi({ authentication: recordedAuthentication() });
  const asked = await guarded.app.inject({ url: '/whoami', headers: { authorization: `Bearer ${tokens.submit}` } });
  expect(asked.json()).toEqual({ authentication: 'tokens', name: 'submiter', role: 'submit' });
});
