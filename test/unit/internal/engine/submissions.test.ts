import { describe, expect, it } from 'vitest';
import { idempotencyMs } from '../../../../internal/engine/submissions.ts';
import { anEngine, effectsOf, seenBy } from '../../../support/engine-builders.ts';
import { aSubmission } from '../../../support/job-builders.ts';

const key = { key: 'k', fingerprint: 'f' };
const nobody = '01900000-0000-7000-8000-000000000000';

describe('a submission with an idempotency key', () => {
  it('is carried out once, in one turn and in the next, and answered the same', async () => {
    const { engine, store } = await anEngine();
    const twins = await Promise.all([1, 2, 3].map(() => engine.submit(aSubmission('a'), key)));
    const later = await engine.submit(aSubmission('a'), key);
    const ids = [...twins, later].map((answer) => answer.ok && answer.value.jobId);
    expect(new Set(ids).size).toBe(1);
    expect([...twins, later].map((answer) => answer.ok && answer.value.replayed)).toEqual([false, true, true, true]);
    expect(store.reader.list({}, 10).jobs).toHaveLength(1);
  });

  it('is answered with the position of its acceptance, whatever came in between', async () => {
    const { engine, news } = await anEngine({ cluster: 'down' });
    await engine.submit(aSubmission('first'));
    const position = async () => {
      const answer = await engine.submit(aSubmission('a'), key);
      return answer.ok && answer.value.queuePosition;
    };
    expect(await position()).toBe(1);
    news('up');
    expect(await position()).toBe(1);
  });

  it('is refused when the key stands for another request', async () => {
    const { engine, store } = await anEngine();
    await engine.submit(aSubmission('a'), key);
    const answer = await engine.submit(aSubmission('b'), { ...key, fingerprint: 'other' });
    expect(answer).toMatchObject({ ok: false, refusal: { code: 'idempotency_key_reused' } });
    expect(store.reader.list({}, 10).jobs).toHaveLength(1);
  });

  it('is a new one after a day', async () => {
    const { engine, clock, store } = await anEngine();
    await engine.submit(aSubmission('a'), key);
    await clock.advance(idempotencyMs);
    expect(await engine.submit(aSubmission('a'), key)).toMatchObject({ ok: true, value: { replayed: false } });
    expect(store.reader.list({}, 10).jobs).toHaveLength(2);
  });

  it('that was refused because the store failed is carried out when it comes again', async () => {
    const { engine, store, clock } = await anEngine();
    store.hold = true;
    const first = engine.submit(aSubmission('a'), key);
    await clock.settle();
    store.refuse();
    expect(await first).toMatchObject({ ok: false, refusal: { code: 'store_unavailable' } });
    store.hold = false;
    await clock.advance(1_000);
    expect(await engine.submit(aSubmission('a'), key)).toMatchObject({ ok: true, value: { replayed: false } });
    expect(store.reader.list({}, 10).jobs).toHaveLength(1);
  });
});

describe('a batch', () => {
  it('is accepted in its order, in one commit, and replayed as a whole', async () => {
    const { engine, store } = await anEngine();
    const batch = ['a', 'b', 'c'].map((name) => aSubmission(name));
    const before = store.commits.length;
    const first = await engine.submitAll(batch, key);
    expect(store.commits[before]?.inserts.map(({ name, sequence }) => `${name}${sequence}`)).toEqual([
      'a1',
      'b2',
      'c3',
    ]);
    const again = await engine.submitAll(batch, key);
    expect(again).toMatchObject({ ok: true, value: { replayed: true, jobs: first.ok ? first.value.jobs : [] } });
  });

  it('is refused as a whole when one of its jobs waits for a job that there is not', async () => {
    const { engine, store } = await anEngine();
    const after = [{ jobId: nobody, on: 'success' as const }];
    const answer = await engine.submitAll([aSubmission('a'), aSubmission('b', { rules: { after } })]);
    expect(answer).toMatchObject({
      ok: false,
      refusal: { code: 'dependency_not_found', errors: [{ pointer: '/1/after/0/job_id' }] },
    });
    expect(store.reader.list({}, 10).jobs).toEqual([]);
  });
});

describe('jobs that wait', () => {
  it('have rows that say for what, from their acceptance on', async () => {
    const { engine, service, submit, clock } = await anEngine({ cluster: 'down' });
    const first = await submit('first');
    const after = [{ jobId: first, on: 'success' as const }];
    const ids: Record<string, string> = {};
    const ask = async (name: string, fields: Parameters<typeof aSubmission>[1]) => {
      const answer = await engine.submit(aSubmission(name, fields));
      if (answer.ok) ids[name] = answer.value.jobId;
    };
    await ask('held', { held: true });
    await ask('blocked', { rules: { after } });
    await ask('scheduled', { rules: { startInMs: 5_000 } });
    const states = () => Object.values(ids).map((id) => [service.job(id)?.state, service.job(id)?.reason]);
    expect(states()).toEqual([
      ['held', 'held_by_user'],
      ['blocked', 'waiting_for_jobs'],
      ['scheduled', 'start_after'],
    ]);
    expect(service.health()).toMatchObject({ waiting: 3, pending: 1 });
    await clock.advance(5_000);
    expect(service.job(ids.scheduled as string)?.state).toBe('pending');
    expect(service.health()).toMatchObject({ waiting: 2, pending: 2 });
  });

  it('that can never run are cancelled in the turn that knows it, also when that is their first', async () => {
    const { engine, service, submit, idOf } = await anEngine({ cluster: 'down' });
    await submit('first');
    const after = [{ jobId: idOf('first'), on: 'success' as const }];
    const early = await engine.submit(aSubmission('early', { rules: { after } }));
    await engine.change('cancel', idOf('first'));
    const late = await engine.submit(aSubmission('late', { rules: { after } }));
    for (const answer of [early, late]) {
      const job = service.job(answer.ok ? answer.value.jobId : '');
      expect(job).toMatchObject({ state: 'cancelled', reason: 'dependency_failed' });
      expect(job?.timeline.map(({ state }) => state)).toEqual(['blocked', 'cancelled']);
    }
    expect(service.health()).toMatchObject({ waiting: 0, pending: 0 });
  });
});

describe('a finished job', () => {
  it('is run again as its next attempt', async () => {
    const test = await anEngine();
    const jobId = await test.submit('a');
    test.news('made', 'a');
    test.news('failed', 'a');
    await test.clock.settle();
    expect(await test.service.retry(jobId)).toMatchObject({ ok: true, value: { state: 'running', attempt: 2 } });
    expect(effectsOf(test)).toEqual(['create a', 'create a']);
    expect(await test.service.retry(jobId)).toMatchObject({ ok: false, refusal: { code: 'job_not_finished' } });
    expect(await test.service.retry(nobody)).toMatchObject({ ok: false, refusal: { code: 'job_not_found' } });
    expect(test.service.health()).toMatchObject({ running: 1, pending: 0 });
  });
});

describe('the settings', () => {
  it('survive a rebuilt core, and a cap that is given at the start replaces what was set', async () => {
    const test = await anEngine({ maxConcurrency: 2 });
    await test.service.configure({ maxConcurrency: 1, paused: true });
    await Promise.all(['a', 'b'].map((name) => test.submit(name)));
    expect(seenBy(test).running).toEqual([]);
    const again = await anEngine({ store: test.store, maxConcurrency: 2 });
    expect(again.service.settings()).toEqual({ maxConcurrency: 1, paused: true });
    await again.service.configure({ paused: false });
    expect(seenBy(again).running).toEqual(['a']);
    const given = await anEngine({ store: test.store, maxConcurrency: 2, deps: { maxConcurrencyGiven: true } });
    expect(given.service.settings()).toEqual({ maxConcurrency: 2, paused: false });
    expect((await test.store.load()).settings).toEqual({ maxConcurrency: 2, paused: false });
  });
});
