import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anEngine, seenBy, type TestEngine } from '../../../support/engine-builders.ts';
import { aSubmission } from '../../../support/job-builders.ts';

/** `r1`, `r2` run; `p1`, `p2`, `p3` wait, `q` was refused by a quota; the next commit is held. */
async function aBusyQueue(): Promise<TestEngine> {
  const test = await anEngine({ maxConcurrency: 3, cluster: 'down' });
  for (const [name, priority] of [
    ['r1', 9],
    ['r2', 9],
    ['q', 9],
  ] as const) {
    await test.submit(name, priority);
  }
  test.news('up');
  await test.clock.settle();
  for (const name of ['p1', 'p2', 'p3']) await test.submit(name, name === 'p2' ? 1 : 0);
  test.news('down');
  test.news('quota', 'q');
  test.news('made', 'r1');
  test.news('runs', 'r1');
  test.news('made', 'r2');
  test.news('unschedulable', 'r2');
  await test.clock.settle();
  test.store.hold = true;
  return test;
}

/** All but what is not stored anywhere and true at once: whether the cluster answers and the store takes writes. */
function storedPart(test: TestEngine): unknown {
  const { health: _health, ...seen } = seenBy(test);
  return JSON.parse(JSON.stringify(seen).replaceAll('"cluster_unreachable"', '"waiting_for_slot"'));
}

describe('what readers see while a commit is in flight', () => {
  it('is a queue to begin with', async () => {
    const seen = seenBy(await aBusyQueue());
    expect(seen).toMatchObject({ pending: ['q:9', 'p2:1', 'p1:0', 'p3:0'], running: ['r1', 'r2'], totals: [4, 2] });
    expect(seen.jobs).toMatchObject([
      { name: 'p3', queuePosition: 3 },
      { name: 'p2', queuePosition: 1 },
      { name: 'p1', queuePosition: 2 },
      { name: 'q', queuePosition: 0, reason: 'quota_refused', message: 'quota' },
      { name: 'r2', reason: 'unschedulable' },
      { name: 'r1', state: 'running' },
    ]);
  });

  it('has the priorities that it is ordered by, also when the rows are on disk and nobody has heard of it yet', async () => {
    const test = await aBusyQueue();
    void test.engine.change('change', test.idOf('p3'), { priority: 8 });
    await test.clock.settle();
    const done = test.store.carryOut();
    while (test.store.reader.jobs([test.idOf('p3')])[0]?.priority !== 8) await Promise.resolve();
    expect(seenBy(test).pending).toEqual(['q:9', 'p2:1', 'p1:0', 'p3:0']);
    await done;
    await test.clock.settle();
    expect(seenBy(test).pending).toEqual(['q:9', 'p3:8', 'p2:1', 'p1:0']);
  });

  const changes: Array<[string, (test: TestEngine) => void, string[], string[]]> = [
    [
      'a submission',
      ({ engine }) => void engine.submit(aSubmission('n', { priority: 5 })),
      ['q:9', 'n:5', 'p2:1', 'p1:0', 'p3:0'],
      ['r1', 'r2'],
    ],
    [
      'a cancel of a pending job',
      ({ engine, idOf }) => void engine.change('cancel', idOf('p2')),
      ['q:9', 'p1:0', 'p3:0'],
      ['r1', 'r2'],
    ],
    [
      'a cancel of a refused job',
      ({ engine, idOf }) => void engine.change('cancel', idOf('q')),
      ['p2:1', 'p1:0', 'p3:0'],
      ['r1', 'r2'],
    ],
    [
      'a new priority',
      ({ engine, idOf }) => void engine.change('change', idOf('p3'), { priority: 7 }),
      ['q:9', 'p3:7', 'p2:1', 'p1:0'],
      ['r1', 'r2'],
    ],
    ['the end of a running job', ({ news }) => news('succeeded', 'r1'), ['q:9', 'p2:1', 'p1:0', 'p3:0'], ['r2']],
    [
      'a cancel of a running job',
      ({ engine, idOf }) => void engine.change('cancel', idOf('r1')),
      ['q:9', 'p2:1', 'p1:0', 'p3:0'],
      ['r1', 'r2'],
    ],
    ['dispatches', ({ news }) => news('up'), ['q:9', 'p1:0', 'p3:0'], ['r1', 'r2', 'p2']],
    ['the end of trouble', ({ news }) => news('runs', 'r2'), ['q:9', 'p2:1', 'p1:0', 'p3:0'], ['r1', 'r2']],
  ];

  it.each(changes)(
    'is what was there before %s, and the change once it is on disk',
    async (_what, change, pending, running) => {
      const test = await aBusyQueue();
      const before = storedPart(test);
      change(test);
      await test.clock.settle();
      expect(test.store.heldCommits).toBe(1);
      expect(storedPart(test)).toEqual(before);

      test.store.hold = false;
      await test.store.carryOut();
      await test.clock.settle();
      expect(seenBy(test)).toMatchObject({ pending, running, totals: [pending.length, running.length] });
      expect(storedPart(test)).not.toEqual(before);
    },
  );

  it('is what was there before when the commit fails, also while the store is away', async () => {
    const test = await aBusyQueue();
    const before = storedPart(test);
    for (const [, change] of changes) change(test);
    await test.clock.settle();
    test.store.refuse();
    await test.clock.settle();
    expect(storedPart(test)).toEqual(before);
    expect(seenBy(test).health).toMatchObject({ accepting: false, store: 'unavailable', pending: 4, running: 2 });
  });

  it('is the same for any mixture of changes in one turn', async () => {
    const change = fc.record({ what: fc.nat(changes.length - 1), priority: fc.integer({ min: -3, max: 12 }) });
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 12 }), async (chosen) => {
        const test = await aBusyQueue();
        const before = storedPart(test);
        for (const { what, priority } of chosen) {
          changes[what]?.[1](test);
          void test.engine.submit(aSubmission('x', { priority }));
          void test.engine.change('change', test.idOf('p1'), { priority: priority });
        }
        await test.clock.settle();
        expect(storedPart(test)).toEqual(before);

        test.store.hold = false;
        await test.store.carryOut();
        await test.clock.settle();
        const { pending, queue, totals } = seenBy(test);
        expect(queue).toEqual(pending.map((job, position) => `${job}@${position}`));
        const rows = test.service.jobs({ states: ['pending'] }, { limit: 1_000 }).items;
        const byPosition = [...rows].sort((a, b) => (a.queuePosition ?? 0) - (b.queuePosition ?? 0));
        expect(byPosition.map(({ name, priority }) => `${name}:${priority}`)).toEqual(pending);
        expect(byPosition.map((row) => row.queuePosition)).toEqual(rows.map((_, index) => index));
        expect(totals[0]).toBe(rows.length);
      }),
      { numRuns: 60 },
    );
  });
});

describe('pages', () => {
  it('of pending jobs go on behind the last one, in order, whatever the page size', async () => {
    const { service } = await aBusyQueue();
    for (const limit of [1, 2, 3, 4, 10]) {
      const names: string[] = [];
      let after: readonly number[] | undefined;
      do {
        const page = service.pending({ limit, ...(after && { after }) });
        names.push(...page.items.map(({ name }) => name));
        after = page.next;
      } while (after);
      expect(names).toEqual(['q', 'p2', 'p1', 'p3']);
    }
  });

  it('of the queue in full begin at any position and go on behind the last one', async () => {
    const { service } = await aBusyQueue();
    const first = service.queue({ position: 1, limit: 2 });
    expect(first).toMatchObject({
      items: [
        { name: 'p2', queuePosition: 1 },
        { name: 'p1', queuePosition: 2 },
      ],
      total: 4,
    });
    expect(service.queue({ limit: 2, after: first.next ?? [] })).toMatchObject({
      items: [{ name: 'p3', queuePosition: 3 }],
    });
    expect(service.queue({ position: 9, limit: 2 })).toEqual({ items: [], total: 4 });
  });

  it('of running jobs go on behind the last dispatch', async () => {
    const { service } = await aBusyQueue();
    const first = service.running({ limit: 1 });
    expect(first).toMatchObject({ items: [{ name: 'r1' }], total: 2 });
    expect(service.running({ limit: 1, after: first.next ?? [] })).toEqual({
      items: [expect.objectContaining({ name: 'r2' })],
      total: 2,
    });
  });
});

describe('the reason of a pending job', () => {
  it('is that of the moment: a refused one whose time has come waits for a slot like the others', async () => {
    const test = await aBusyQueue();
    test.store.hold = false;
    await test.clock.advance(3_000);
    expect(test.service.job(test.idOf('q'))).toMatchObject({ state: 'pending', reason: 'cluster_unreachable' });
    expect(test.service.job(test.idOf('q'))).not.toHaveProperty('message');
  });
});
