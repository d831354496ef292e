import { describe, expect, it } from 'vitest';
import { anEngine, effectsOf } from '../../../support/engine-builders.ts';
import { aSubmission } from '../../../support/job-builders.ts';

describe('a turn', () => {
  it('answers a submission only when its commit is done', async () => {
    const { engine, store, clock } = await anEngine({ cluster: 'down' });
    store.hold = true;
    let answer: unknown;
    void engine.submit(aSubmission('a')).then((value) => {
      answer = value;
    });
    await clock.advance(60_000);
    expect(store.heldCommits).toBe(1);
    expect(answer).toBeUndefined();

    await store.carryOut();
    await clock.settle();
    expect(answer).toMatchObject({ ok: true, value: { name: 'a', queuePosition: 0 } });
  });

  it('releases an effect only when its commit is done, with the rows it is about', async () => {
    const { engine, store, clock, released } = await anEngine();
    store.hold = true;
    void engine.submit(aSubmission('a', { labels: { team: 'x' } }));
    await clock.settle();
    expect(store.commits.at(-1)?.attempts).toHaveLength(1);
    expect(released).toEqual([]);

    await store.carryOut();
    await clock.settle();
    expect(released).toMatchObject([
      {
        kind: 'create_workload',
        job: { name: 'a', labels: { team: 'x' } },
        attempt: { attempt: 1, dispatchSequence: 1, workload: { name: 'a-1' }, creation: 'requested' },
      },
    ]);
  });

  it('takes everything that arrived during a commit into the next one', async () => {
    const { engine, store, clock } = await anEngine({ cluster: 'down' });
    store.hold = true;
    const before = store.commits.length;
    for (const name of ['a', 'b', 'c', 'd']) {
      void engine.submit(aSubmission(name));
      await clock.settle();
    }
    expect(store.heldCommits).toBe(1);
    await store.carryOut();
    await clock.settle();

    const names = store.commits.slice(before).map((commit) => commit.inserts.map((job) => job.name));
    expect(names).toEqual([['a'], ['b', 'c', 'd']]);
  });

  it('takes at most a thousand inputs, so that none waits for a commit without end', async () => {
    const { engine, store, clock } = await anEngine({ cluster: 'down' });
    const before = store.commits.length;
    const all = Array.from({ length: 2_500 }, (_, i) => engine.submit(aSubmission(`j${i}`)));
    await clock.settle();
    await Promise.all(all);
    expect(store.commits.slice(before).map((commit) => commit.inserts.length)).toEqual([1_000, 1_000, 500]);
  });

  it('commits nothing when nothing is to be written', async () => {
    const { store, clock, news } = await anEngine();
    const before = store.commits.length;
    news('down');
    news('up');
    await clock.settle();
    expect(store.commits.length).toBe(before);
  });

  it('numbers the jobs in the order in which they were submitted', async () => {
    const { engine, store } = await anEngine({ cluster: 'down' });
    await Promise.all(['a', 'b', 'c'].map((name) => engine.submit(aSubmission(name))));
    const rows = store.reader.list({}, 10).jobs;
    expect(rows.map(({ name, sequence }) => `${name} ${sequence}`)).toEqual(['c 3', 'b 2', 'a 1']);
  });

  it('before the start waits for it, so that nothing is decided on an empty core', async () => {
    const { store, submit } = await anEngine({ cluster: 'down' });
    await submit('old');
    const { clock } = await anEngine({
      store,
      seed: 8,
      early: (engine) => void engine.submit(aSubmission('early')),
    });
    await clock.settle();

    expect(store.reader.list({}, 10).jobs.map(({ name, sequence }) => `${name} ${sequence}`)).toEqual([
      'early 2',
      'old 1',
    ]);
  });
});

describe('the wake timer', () => {
  it('ends the settle window', async () => {
    const test = await anEngine({ settleMs: 100, maxConcurrency: 1 });
    await test.submit('low', 1);
    await test.submit('high', 9);
    await test.clock.advance(99);
    expect(effectsOf(test)).toEqual([]);
    await test.clock.advance(1);
    expect(effectsOf(test)).toEqual(['create high']);
  });

  it('brings a lost create back', async () => {
    const test = await anEngine();
    await test.submit('a');
    test.news('unknown', 'a');
    await test.clock.advance(600);
    expect(effectsOf(test)).toEqual(['create a', 'create a']);
    expect(test.released[1]).toMatchObject({ attempt: { creation: 'unknown', unknownAt: expect.any(Number) } });
  });
});

describe('a quota refusal and the next dispatch of the same attempt in one turn', () => {
  it('leave the row of the new attempt, not of the refused one', async () => {
    const test = await anEngine({ maxConcurrency: 1 });
    const { store, clock, news, engine } = test;
    const id = await test.submit('a');
    await test.submit('b');
    store.hold = true;
    void engine.change('change', test.idOf('b'), { priority: 1 });
    await clock.settle();
    // While this commit hangs, the refusal comes, and much later the timer of somebody else.
    news('quota', 'a');
    await clock.advance(5_000);
    engine.report({ kind: 'timer_fired', at: clock.now() } as never);
    void engine.change('cancel', test.idOf('b'));
    store.hold = false;
    await store.carryOut();
    await clock.settle();

    expect(engine.core.running(id)).toMatchObject({ attempt: 1, dispatchSequence: 2 });
    expect(store.reader.attempt(id, 1)).toMatchObject({ dispatchSequence: 2, creation: 'requested' });
    expect(store.reader.attempt(id, 1)).not.toHaveProperty('finishedAt');
    expect(store.reader.attempt(id, 1)).not.toHaveProperty('outcome');
  });
});

describe('a job whose row cannot be read', () => {
  it('fails at its dispatch, is reported, and frees its slot for the others', async () => {
    const test = await anEngine({ cluster: 'down', maxConcurrency: 1 });
    const { store, clock, logger, news } = test;
    const poisoned = await test.submit('poison', 9);
    await test.submit('good');
    store.unreadable.add(poisoned);
    news('up');
    await clock.settle();

    expect(effectsOf(test)).toEqual(['create good']);
    expect(store.reader.job(poisoned)).toMatchObject({ state: 'failed', reason: 'create_refused' });
    expect(logger.lines.filter((line) => line.level === 'error')).toHaveLength(1);
    expect(test.engine.counts).toMatchObject({ pending: 0, running: 1, failed: 1 });
  });
});
