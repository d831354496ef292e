import { describe, expect, it } from 'vitest';
import { StoreFailure } from '../../../../internal/store/store.ts';
import { anEngine, digestOfRows, effectsOf, type TestEngine } from '../../../support/engine-builders.ts';
import { aSubmission } from '../../../support/job-builders.ts';

const unavailable = {
  ok: false,
  refusal: { code: 'store_unavailable', detail: 'its disk is full', retryAfterSeconds: 5 },
};

/** `a` runs, `b` waits; a submission `c` is in flight and `d` waits behind it. */
async function twoInFlight(): Promise<TestEngine & { answers: unknown[] }> {
  const test = await anEngine({ maxConcurrency: 1 });
  await test.submit('a');
  await test.submit('b');
  test.news('made', 'a');
  await test.clock.settle();
  test.store.hold = true;
  const answers: unknown[] = [];
  for (const name of ['c', 'd']) {
    void test.engine.submit(aSubmission(name)).then((answer) => answers.push(answer));
    void test.engine.change('cancel', test.idOf('b')).then((answer) => answers.push(answer));
    await test.clock.settle();
  }
  return { ...test, answers };
}

async function fail({ store, clock }: TestEngine, error?: Error): Promise<void> {
  store.refuse(error);
  store.hold = false;
  await clock.settle();
}

describe('a commit that failed', () => {
  it('refuses its callers, those that wait behind it, and those that come now', async () => {
    const test = await twoInFlight();
    await fail(test);
    expect(test.answers).toEqual([unavailable, unavailable, unavailable, unavailable]);
    expect(await test.engine.submit(aSubmission('e'))).toEqual(unavailable);
    expect(await test.engine.change('cancel', test.idOf('a'))).toEqual(unavailable);
    expect(test.service.health()).toMatchObject({ accepting: false, store: 'unavailable' });
  });

  it('releases no effect of its turn', async () => {
    const test = await anEngine();
    test.store.hold = true;
    void test.engine.submit(aSubmission('a'));
    await test.clock.settle();
    await fail(test);
    await test.clock.advance(900);
    expect(test.released).toEqual([]);
  });

  it('is followed by a new handle, and a core that is equal to the rows', async () => {
    const test = await twoInFlight();
    await fail(test);
    const spoiled = test.engine.core;
    await test.clock.advance(1_000);

    expect(test.store.reopens).toBe(1);
    expect(test.engine.core).not.toBe(spoiled);
    expect(test.engine.core.digest()).toBe(await digestOfRows(test));
    expect(test.seen.resyncs).toBe(2);
    expect(test.service.pending({ limit: 10 }).items.map(({ name }) => name)).toEqual(['b']);
    expect(test.service.running({ limit: 10 }).items.map(({ name }) => name)).toEqual(['a']);
    expect(test.engine.counts).toMatchObject({ pending: 1, running: 1 });
    expect(test.service.health()).toMatchObject({ accepting: true, store: 'ok' });
  });

  it('costs no acceptance number that was given out, and gives none twice', async () => {
    const test = await twoInFlight();
    await fail(test);
    await test.clock.advance(1_000);
    const id = await test.submit('e');
    expect(test.store.reader.jobs([id])[0]?.sequence).toBe(3);
  });

  it('is probed for with growing pauses, and never on the failed handle', async () => {
    const test = await twoInFlight();
    test.store.reopenFailures = 7;
    const commits = test.store.commits.length;
    await fail(test);
    const tries: number[] = [];
    for (let second = 1; second <= 130; second += 1) {
      const before = test.store.reopens;
      await test.clock.advance(1_000);
      if (test.store.reopens > before) tries.push(second);
    }
    expect(tries).toEqual([1, 3, 7, 15, 31, 61, 91, 121]);
    expect(test.store.commits.length).toBe(commits);
    expect(test.engine.storeAvailable).toBe(true);
  });

  it('right after a probe that succeeded is probed for later than the first was', async () => {
    const test = await anEngine();
    const failAgain = async (): Promise<void> => {
      test.store.hold = true;
      void test.engine.submit(aSubmission('a'));
      await test.clock.settle();
      await fail(test);
    };
    const probedAfter = async (ms: number): Promise<void> => {
      const before = test.store.reopens;
      await test.clock.advance(ms - 1);
      expect(test.store.reopens).toBe(before);
      await test.clock.advance(1);
      expect(test.store.reopens).toBe(before + 1);
    };
    for (const ms of [1_000, 2_000, 4_000]) {
      await failAgain();
      await probedAfter(ms);
    }
    await test.submit('b');
    await failAgain();
    await probedAfter(1_000);
  });

  it.each([
    ['while it was in flight', true],
    ['while the store was away', false],
  ])('keeps the news that came %s', async (_when, inFlight) => {
    const test = await twoInFlight();
    if (inFlight) test.news('succeeded', 'a');
    await fail(test);
    if (!inFlight) test.news('succeeded', 'a');
    await test.clock.advance(1_000);
    expect(effectsOf(test)).toEqual(['create a', 'create b']);
    expect(test.store.reader.job(test.idOf('a'))).toMatchObject({ state: 'succeeded' });
  });

  it.each([
    ['came back', 'down', 'up', 2],
    ['went away', 'up', 'down', 1],
  ] as const)('does not forget that the cluster %s meanwhile', async (_what, before, meanwhile, effects) => {
    const test = await anEngine({ maxConcurrency: 1 });
    await test.submit('a');
    test.news('succeeded', 'a');
    test.news('down');
    await test.clock.settle();
    await test.submit('b');
    test.store.hold = true;
    void test.engine.submit(aSubmission('c'));
    test.news(before);
    await test.clock.settle();
    await fail(test);
    test.news(meanwhile);
    expect(test.service.health().cluster).toBe(meanwhile === 'up' ? 'reachable' : 'unreachable');
    await test.clock.advance(1_000);
    expect(test.released).toHaveLength(effects);
  });

  it('while it drains leaves it draining', async () => {
    const test = await anEngine({ maxConcurrency: 1 });
    await test.submit('a');
    await test.submit('b');
    test.store.hold = true;
    test.news('made', 'a');
    test.engine.drain();
    await test.clock.settle();
    await fail(test);
    test.news('succeeded', 'a');
    await test.clock.advance(1_000);
    expect(effectsOf(test)).not.toContain('create b');
    expect(test.engine.core.pendingReason(test.idOf('b'))).toBe('draining');
  });

  it('of a dispatch lets the job be dispatched again, as if it had never been tried', async () => {
    const test = await anEngine({ cluster: 'down' });
    await test.submit('a');
    test.store.hold = true;
    test.news('up');
    await test.clock.settle();
    await fail(test);
    await test.clock.advance(1_000);
    expect(effectsOf(test)).toEqual(['create a']);
    expect(test.store.reader.attempt(test.idOf('a'), 1)).toMatchObject({ dispatchSequence: 1, creation: 'requested' });
  });

  it('of a create’s answer makes the create unknown: it is asked about again', async () => {
    const test = await anEngine();
    await test.submit('a');
    test.store.hold = true;
    test.news('made', 'a');
    await test.clock.settle();
    await fail(test);
    await test.clock.advance(1_000);
    expect(effectsOf(test)).toEqual(['create a', 'create a']);
    expect(test.released[1]).toMatchObject({ attempt: { creation: 'unknown' } });
  });
});

describe('a read that failed', () => {
  const error = new StoreFailure('io', 'its disk is full');

  it('in a turn fails the turn', async () => {
    const test = await anEngine();
    test.store.nextReadError = error;
    const answer = await test.engine.change('cancel', '01900000-0000-7000-8000-00000000dead');
    expect(answer).toEqual(unavailable);
    expect(test.engine.storeAvailable).toBe(false);
    await test.clock.advance(1_000);
    expect(test.engine.storeAvailable).toBe(true);
  });

  it('after the commit loses no effect: it is decided again from the rows', async () => {
    const test = await anEngine();
    await test.submit('a');
    test.news('made', 'a');
    await test.clock.settle();
    test.store.hold = true;
    const answer = test.engine.change('cancel', test.idOf('a'));
    await test.clock.settle();
    test.store.nextReadError = error;
    test.store.hold = false;
    await test.store.carryOut();
    expect(await answer).toEqual({ ok: true, value: undefined });
    expect(effectsOf(test)).toEqual(['create a']);

    await test.clock.advance(1_000);
    expect(effectsOf(test)).toEqual(['create a', 'delete a']);
    expect(test.released[1]).toMatchObject({ propagation: 'foreground', attempt: { workload: { name: 'a-1' } } });
  });
});

describe('a bug', () => {
  it('in a turn ends the engine rather than let it go on with a core that is ahead of the disk', async () => {
    const test = await anEngine();
    await test.submit('runs');
    test.store.hold = true;
    void test.engine.submit(aSubmission('a'));
    await test.clock.settle();
    const stopping = test.engine.stop();
    test.store.refuse(new TypeError('a bug'));
    await expect(stopping).rejects.toThrow('a bug');
    test.news('succeeded', 'runs');
    await test.clock.advance(60_000);
    expect(test.store.heldCommits).toBe(0);
    expect(effectsOf(test)).toEqual(['create runs']);
  });
});
