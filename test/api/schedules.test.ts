import { describe, expect, test, vi } from 'vitest';
import { newServer } from '../support/api-server.ts';
import { FakeSchedules } from '../support/fake-schedules.ts';
import { aScheduledWorld, hour } from '../support/schedule-builders.ts';

const nightly = { name: 'nightly', cron: '0 * * * *', job: { name: 'report', image: 'busybox' } };

/** A server on real schedules, over a virtual clock that stands at 09:30. */
async function anApi(options: Parameters<typeof aScheduledWorld>[0] = {}) {
  const world = await aScheduledWorld(options);
  const app = await newServer({ schedules: world.schedules, service: world.service });
  const post = async (payload: object) => app.inject({ method: 'POST', url: '/schedules', payload });
  const patch = (payload: object) => app.inject({ method: 'PATCH', url: '/schedules/nightly', payload });
  return { ...world, app, post, patch };
}

describe('a schedule', () => {
  test('is made with defaults, and shown with its next run', async () => {
    const { app, post } = await anApi();
    const answer = await post(nightly);
    expect([answer.statusCode, answer.headers.location]).toEqual([201, '/schedules/nightly']);
    const expected = {
      ...{ name: 'nightly', cron: '0 * * * *', time_zone: 'UTC', concurrency_policy: 'Allow', suspend: false },
      ...{ job: nightly.job, created_at: '2026-11-04T09:30:00.000Z', next_run_at: '2026-11-04T10:00:00.000Z' },
      ...{ missed_runs: 0, schedule_id: expect.stringMatching(/^[0-9a-f-]{36}$/) },
    };
    expect(answer.json()).toEqual(expected);
    expect((await app.inject('/schedules/nightly')).json()).toEqual(expected);
  });

  test('shows its last run and its last missed one', async () => {
    const { app, post, clock } = await anApi();
    await post({ ...nightly, concurrency_policy: 'Forbid', starting_deadline_seconds: 60 });
    await clock.advance(2 * hour);
    const document = (await app.inject('/schedules/nightly')).json();
    expect(document).toMatchObject({
      ...{ concurrency_policy: 'Forbid', starting_deadline_seconds: 60, missed_runs: 1 },
      ...{ last_run_at: '2026-11-04T10:00:00.000Z', last_missed_at: '2026-11-04T11:00:00.000Z' },
      ...{ last_missed_reason: 'job_unfinished', last_missed_message: `job ${document.last_job_id} was not finished` },
    });
    const job = (await app.inject(`/jobs/${document.last_job_id}`)).json();
    expect(job).toMatchObject({ name: 'report', labels: { 'kubejobs.io/schedule': 'nightly' } });
  });

  test('is changed in part, suspended and resumed', async () => {
    const { post, patch } = await anApi();
    await post({ ...nightly, time_zone: 'Europe/Berlin', starting_deadline_seconds: 60 });
    const changes = { cron: '15 12 * * *', concurrency_policy: 'Replace', job: { name: 'other' } };
    expect((await patch(changes)).json()).toMatchObject({
      ...{ ...changes, time_zone: 'Europe/Berlin', starting_deadline_seconds: 60 },
      next_run_at: '2026-11-04T11:15:00.000Z',
    });
    expect((await patch({ suspend: true })).json()).not.toHaveProperty('next_run_at');
    expect((await patch({ suspend: false })).json()).toMatchObject({ next_run_at: '2026-11-04T11:15:00.000Z' });
  });

  test('is deleted, and then there is none', async () => {
    const { app, post, patch } = await anApi();
    await post(nightly);
    const remove = () => app.inject({ method: 'DELETE', url: '/schedules/nightly' });
    expect((await remove()).json()).toMatchObject({ name: 'nightly' });
    for (const answer of [await remove(), await patch({ suspend: true }), await app.inject('/schedules/nightly')]) {
      expect(answer.json()).toMatchObject({ status: 404, code: 'schedule_not_found' });
    }
  });

  test('has a name of its own', async () => {
    const { post } = await anApi();
    const answers = await Promise.all([post(nightly), post(nightly)]);
    expect(answers.map(({ statusCode }) => statusCode).sort()).toEqual([201, 409]);
    expect((await post(nightly)).json()).toMatchObject({ code: 'schedule_exists' });
  });
});

test('schedules are listed in pages, by name', async () => {
  const { app, post } = await anApi();
  for (const name of ['c', 'a', 'b']) await post({ ...nightly, name });
  const first = await app.inject('/schedules?limit=2');
  expect(first.json().map((each: { name: string }) => each.name)).toEqual(['a', 'b']);
  expect(first.headers['x-total-count']).toBe('3');
  const [, next = ''] = /<([^>]+)>/.exec(String(first.headers.link)) ?? [];
  const second = await app.inject(next);
  expect(second.json().map((each: { name: string }) => each.name)).toEqual(['c']);
  expect(second.headers.link).toBeUndefined();
});

describe('a schedule is refused, and nothing is stored, for', () => {
  const shared = anApi();

  test.each([
    [{ cron: '0 0 30 2 *' }, '/cron', 'can never come to pass'],
    [{ cron: '61 * * * *' }, '/cron', 'Invalid value for minute: 61'],
    [{ cron: 5 }, '/cron', 'must be a string'],
    [{ cron: undefined }, '/cron', 'is required'],
    [{ time_zone: 'Mars/Phobos' }, '/time_zone', 'must be an IANA time zone'],
    [{ concurrency_policy: 'Queue' }, '/concurrency_policy', 'must be one of Allow, Forbid, Replace'],
    [{ starting_deadline_seconds: 0 }, '/starting_deadline_seconds', 'must be an integer from 1'],
    [{ suspend: 'no' }, '/suspend', 'must be true or false'],
    [{ timezone: 'UTC' }, '/timezone', 'is not a field that is known here'],
    [{ name: 'Not A Label' }, '/name', 'must be a DNS label'],
    [{ job: undefined }, '/job', 'is required'],
    [{ job: { name: 'a', colour: 'red' } }, '/job/colour', 'is not a field that is known here'],
    [{ job: { name: 'a', priority: 'high' } }, '/job/priority', 'must be an integer'],
    [{ job: { name: 'a', parallelism: 2 } }, '/job/parallelism', 'needs completions'],
    [{ job: { name: 'a', labels: { 'kubejobs.io/schedule': 'x' } } }, '/job/labels/kubejobs.io~1schedule', 'own'],
  ])('%j', async (fields, pointer, words) => {
    const { app, post, patch, store, schedules } = await shared;
    await schedules.remove('nightly');
    const answer = await post({ ...nightly, ...fields });
    expect(answer.statusCode).toBe(400);
    expect(answer.json().errors).toContainEqual({ pointer, detail: expect.stringContaining(words) });
    expect(store.reader.scheduleCount()).toBe(0);
    await post(nightly);
    if (Object.values(fields).includes(undefined) || 'name' in fields) return;
    const changed = await patch(fields);
    expect(changed.statusCode).toBe(400);
    expect(changed.json().errors).toContainEqual({ pointer, detail: expect.stringContaining(words) });
    expect((await app.inject('/schedules/nightly')).json()).toMatchObject(nightly);
  });

  test('a job that the policy would refuse, now or in a change; a suspension is not held to it', async () => {
    let strict = true;
    const { post, patch } = await anApi({
      judge: () =>
        strict
          ? { code: 'policy_refused', detail: 'no', errors: [{ pointer: '/image', detail: 'is not allowed' }] }
          : undefined,
    });
    expect((await post(nightly)).json()).toMatchObject({ status: 403, errors: [{ pointer: '/job/image' }] });
    strict = false;
    await post(nightly);
    strict = true;
    expect((await patch({ job: nightly.job })).statusCode).toBe(403);
    expect((await patch({ suspend: true })).statusCode).toBe(200);
  });

  test('a store that fails', async () => {
    const { post, store } = await anApi();
    store.hold = true;
    store.reopenFailures = 100;
    const answer = post(nightly);
    await vi.waitUntil(() => store.heldCommits === 1);
    store.refuse();
    expect((await answer).json()).toMatchObject({ status: 503, code: 'store_unavailable' });
    expect(store.reader.scheduleCount()).toBe(0);
  });
});

test('refusals of the service are answered as they are', async () => {
  const schedules = new FakeSchedules();
  schedules.refusal = { code: 'schedule_limit', detail: 'There are too many.' };
  const app = await newServer({ schedules });
  const answer = await app.inject({ method: 'POST', url: '/schedules', payload: nightly });
  expect(answer.json()).toMatchObject({ status: 409, code: 'schedule_limit' });
});
