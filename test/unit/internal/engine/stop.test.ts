import { describe, expect, it } from 'vitest';
import { anEngine, effectsOf } from '../../../support/engine-builders.ts';
import { aSubmission } from '../../../support/job-builders.ts';

const stoppingRefusal = { ok: false, refusal: { code: 'shutting_down', retryAfterSeconds: 10 } };

describe('a draining engine', () => {
  it('refuses submissions and changes, dispatches nothing, and still takes news', async () => {
    const test = await anEngine({ maxConcurrency: 1 });
    await test.submit('a');
    await test.submit('b');
    test.engine.drain();
    expect(await test.engine.submit(aSubmission('c'))).toMatchObject(stoppingRefusal);
    expect(await test.engine.change('cancel', test.idOf('b'))).toMatchObject(stoppingRefusal);

    test.news('succeeded', 'a');
    await test.clock.settle();
    expect(test.store.reader.job(test.idOf('a'))?.state).toBe('succeeded');
    expect(test.service.job(test.idOf('b'))).toMatchObject({ state: 'pending', reason: 'draining' });
    expect(effectsOf(test)).toEqual(['create a']);
    expect(test.service.health()).toMatchObject({ accepting: false, stopping: true });
  });

  it('keeps every job that it accepted', async () => {
    const test = await anEngine({ maxConcurrency: 1, cluster: 'down' });
    test.store.hold = true;
    const first = test.engine.submit(aSubmission('a'));
    await test.clock.settle();
    const second = test.engine.submit(aSubmission('b'));
    test.engine.drain();
    const stopped = test.engine.stop();
    test.store.hold = false;
    await test.store.carryOut();
    await stopped;

    expect([(await first).ok, (await second).ok]).toEqual([true, true]);
    expect(test.store.reader.list({}, 10).jobs.map(({ name }) => name)).toEqual(['b', 'a']);
  });
});

describe('a stopped engine', () => {
  it('has finished what was in its inbox', async () => {
    const test = await anEngine({ cluster: 'down' });
    const answers = Array.from({ length: 1_500 }, (_, i) => test.engine.submit(aSubmission(`j${i}`)));
    await test.engine.stop();
    expect((await Promise.all(answers)).every((answer) => answer.ok)).toBe(true);
    expect(test.store.reader.list({}, 1).total).toBe(1_500);
  });

  it('refuses what comes later instead of leaving it without an answer', async () => {
    const test = await anEngine();
    await test.engine.stop();
    expect(await test.engine.submit(aSubmission('a'))).toMatchObject(stoppingRefusal);
  });

  it('commits nothing more, whatever is reported and whatever time passes', async () => {
    const test = await anEngine({ maxConcurrency: 1, settleMs: 100 });
    await test.submit('a');
    await test.engine.stop();
    const before = test.store.commits.length;
    test.news('succeeded', 'a');
    await test.clock.advance(3_600_000);
    expect(test.store.commits.length).toBe(before);
    expect(test.released).toEqual([]);
  });

  it('probes a failed store no longer', async () => {
    const test = await anEngine({ cluster: 'down' });
    test.store.hold = true;
    void test.engine.submit(aSubmission('a'));
    await test.clock.settle();
    test.store.refuse();
    await test.clock.settle();
    await test.engine.stop();
    await test.clock.advance(3_600_000);
    expect(test.store.reopens).toBe(0);
  });
});
