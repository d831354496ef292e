import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../../internal/platform/random.ts';
import { idOf as coreIdOf } from '../../../support/core-builders.ts';
import { anEngine, effectsOf, type TestEngine } from '../../../support/engine-builders.ts';
import { aSubmission } from '../../../support/job-builders.ts';

/** `done` has succeeded, `runs` runs, `waits` waits. */
async function threeJobs(): Promise<TestEngine> {
  const test = await anEngine({ maxConcurrency: 1 });
  await test.submit('done');
  test.news('succeeded', 'done');
  await test.submit('runs');
  test.news('made', 'runs');
  await test.submit('waits');
  return test;
}

const nobody = coreIdOf('ghost');

describe('a cancel', () => {
  it('of a pending job answers with the cancelled job', async () => {
    const { service, idOf } = await threeJobs();
    expect(await service.cancel(idOf('waits'))).toMatchObject({
      ok: true,
      value: { state: 'cancelled', reason: 'by_user' },
    });
  });

  it('of a running job answers with the job as it is being cancelled, and deletes its workload', async () => {
    const test = await threeJobs();
    expect(await test.service.cancel(test.idOf('runs'))).toMatchObject({
      ok: true,
      value: { state: 'running', reason: 'cancelling' },
    });
    expect(effectsOf(test)).toEqual(['create done', 'create runs', 'delete runs']);
    expect(await test.service.cancel(test.idOf('runs'))).toMatchObject({ ok: true, value: { reason: 'cancelling' } });
    expect(effectsOf(test)).toHaveLength(3);
  });

  it('of a finished job answers with the job as it is', async () => {
    const { service, idOf } = await threeJobs();
    expect(await service.cancel(idOf('done'))).toMatchObject({ ok: true, value: { state: 'succeeded' } });
  });

  it('of a job that was never there is refused', async () => {
    const { service } = await threeJobs();
    expect(await service.cancel(nobody)).toMatchObject({ ok: false, refusal: { code: 'job_not_found' } });
  });
});

describe('a new priority', () => {
  it('for a pending job answers with the job in its new place', async () => {
    const test = await threeJobs();
    await test.submit('second');
    expect(await test.service.change(test.idOf('second'), { priority: 5 })).toMatchObject({
      ok: true,
      value: { priority: 5, queuePosition: 0 },
    });
  });

  it.each([
    ['a running job', 'runs', 'job_running'],
    ['a finished job', 'done', 'job_finished'],
  ])('for %s is refused', async (_whose, name, code) => {
    const { service, idOf } = await threeJobs();
    expect(await service.change(idOf(name), { priority: 5 })).toMatchObject({ ok: false, refusal: { code } });
  });

  it('for a job that was never there is refused', async () => {
    const { service } = await threeJobs();
    expect(await service.change(nobody, { priority: 5 })).toMatchObject({
      ok: false,
      refusal: { code: 'job_not_found' },
    });
  });
});

describe('twins in one turn', () => {
  it('that cancel the same job are both told that it is cancelled', async () => {
    const { engine, store, idOf } = await threeJobs();
    const before = store.commits.length;
    const answers = await Promise.all([engine.change('cancel', idOf('waits')), engine.change('cancel', idOf('waits'))]);
    expect(answers.map((answer) => answer.ok)).toEqual([true, true]);
    expect(store.commits.length).toBe(before + 1);
    expect(store.reader.job(idOf('waits'))?.timeline.map((entry) => entry.state)).toEqual(['pending', 'cancelled']);
  });

  it('that cancel a job and then change its priority end in a refusal that tells the truth', async () => {
    const { engine, idOf } = await threeJobs();
    const [, changed] = await Promise.all([
      engine.change('cancel', idOf('waits')),
      engine.change('change', idOf('waits'), { priority: 9 }),
    ]);
    expect(changed).toMatchObject({ ok: false, refusal: { code: 'job_finished' } });
    expect(changed).not.toMatchObject({ refusal: { detail: expect.stringContaining('pending') } });
  });

  it('that submit a job and cancel it before it was dispatched leave it cancelled, with both in its history', async () => {
    const id = seededRandom(3).uuid(1);
    const random = { ...seededRandom(4), uuid: () => id };
    const { engine, store, released } = await anEngine({ deps: { random } });
    const answers = await Promise.all([engine.submit(aSubmission('a')), engine.change('cancel', id)]);
    expect(answers).toMatchObject([{ ok: true, value: { jobId: id } }, { ok: true }]);
    expect(store.reader.job(id)).toMatchObject({
      state: 'cancelled',
      timeline: [{ state: 'pending' }, { state: 'cancelled' }],
    });
    expect(released).toEqual([]);
    expect(engine.counts).toMatchObject({ pending: 0, cancelled: 1 });
  });

  it('of which the first ends the job leave the second without effect', async () => {
    const test = await threeJobs();
    test.news('succeeded', 'runs');
    test.news('succeeded', 'runs');
    test.news('missing', 'runs');
    const answer = await test.engine.change('cancel', test.idOf('runs'));
    expect(answer).toEqual({ ok: true, value: undefined });
    expect(test.store.reader.job(test.idOf('runs'))).toMatchObject({ state: 'succeeded' });
    expect(test.store.reader.attempt(test.idOf('runs'), 1)).toMatchObject({ cleanupAt: expect.any(Number) });
    expect(test.engine.counts).toMatchObject({ succeeded: 2, running: 1, pending: 0, cancelled: 0 });
  });

  it('that end one job and dispatch the next are counted right', async () => {
    const test = await threeJobs();
    test.news('succeeded', 'runs');
    await test.clock.settle();
    expect(test.engine.counts).toMatchObject({ succeeded: 2, running: 1, pending: 0 });
    expect(test.service.health()).toMatchObject({ running: 1, pending: 0 });
  });
});
