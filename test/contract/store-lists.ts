// What every store promises of its lists: which jobs a filter finds, in which order, in pages, and how many there are.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { JobFilter, Store } from '../../internal/store/store.ts';
import type { Job, JobState } from '../../pkg/models/index.ts';
import { commitOf, idOf, insertJobs, storedJob } from '../support/store-builders.ts';
import type { OpenStore, StoreUnderTest } from './fresh-stores.ts';

/** The tests only read, all but the last two, so they share two stores. */
export function describeLists(name: string, open: OpenStore): void {
  describe(`the store contract, lists: ${name}`, () => {
    let few: StoreUnderTest;
    let many: StoreUnderTest;
    beforeAll(async () => {
      [few, many] = await Promise.all([open(), open()]);
      await insertFew(few.store);
      await insertJobs(many.store, ...Array.from({ length: 60 }, (_, index) => variedJob(index + 1)));
    });
    afterAll(() => Promise.all([few.cleanUp(), many.cleanUp()]));
    describeFilters(() => few.store);
    describePages(() => many.store);
    describeChanges(() => few.store);
    describeEnds(() => many.store);
  });
}

async function insertFew(store: Store): Promise<void> {
  await insertJobs(
    store,
    storedJob(1, { name: 'build', labels: { team: 'a', tier: 'gold' } }),
    storedJob(2, { name: 'build', queue: 'night' }),
    storedJob(3, { name: 'train', queue: 'night', labels: { team: 'a' } }),
    storedJob(4, { name: 'build', state: 'held', labels: { team: 'b', tier: 'gold' } }),
    storedJob(5, { name: 'train', labels: { team: 'a', tier: 'gold' } }),
  );
  await store.commit(commitOf({ jobChanges: [{ jobId: idOf(5), set: { state: 'running' } }] }));
}

function describeFilters(store: () => Store): void {
  test.each([
    [{}, [5, 4, 3, 2, 1]],
    [{ states: ['pending'] }, [3, 2, 1]],
    [{ states: ['running', 'held', 'running'] }, [5, 4]],
    [{ states: [] }, []],
    [{ states: ['failed'] }, []],
    [{ name: 'build' }, [4, 2, 1]],
    [{ name: 'buil' }, []],
    [{ name: '%' }, []],
    [{ namePrefix: 'b' }, [4, 2, 1]],
    [{ namePrefix: 'build' }, [4, 2, 1]],
    [{ namePrefix: 'builds' }, []],
    [{ namePrefix: 'uild' }, []],
    [{ namePrefix: 'B' }, []],
    [{ namePrefix: '%' }, []],
    [{ namePrefix: '_uild' }, []],
    [{ namePrefix: 'b', states: ['held', 'held'] }, [4]],
    [{ namePrefix: 't', queue: 'night' }, [3]],
    [{ namePrefix: 't', queue: 'default' }, [5]],
    [{ namePrefix: 'tr', labels: { team: 'a', tier: 'gold' } }, [5]],
    [{ name: 'build', states: ['pending', 'held'] }, [4, 2, 1]],
    [{ queue: 'night' }, [3, 2]],
    [{ queue: 'default' }, [5, 4, 1]],
    [{ queue: 'default', states: ['pending'] }, [1]],
    [{ queue: 'night', states: ['running'] }, []],
    [{ queue: 'night', name: 'train' }, [3]],
    [{ queue: 'nowhere' }, []],
    [{ labels: {} }, [5, 4, 3, 2, 1]],
    [{ labels: { team: 'a' } }, [5, 3, 1]],
    [{ labels: { team: 'a', tier: 'gold' } }, [5, 1]],
    [{ labels: { tier: 'gold', team: 'b' } }, [4]],
    [{ labels: { team: 'c' } }, []],
    [{ labels: { team: 'a' }, states: ['pending'], queue: 'night', name: 'train' }, [3]],
    [{ labels: { team: 'a' }, queue: 'default' }, [5, 1]],
  ] as Array<[JobFilter, number[]]>)(
    'the filter %j finds its jobs, newest first, and counts them',
    async (filter, sequences) => {
      const page = store().reader.list(filter, 10);
      expect(page.jobs.map((job) => job.sequence)).toEqual(sequences);
      expect(page.total).toBe(sequences.length);
      expect(page.next).toBeUndefined();
    },
  );
}

function describePages(store: () => Store): void {
  test.each([
    {},
    { states: ['pending', 'held'] },
    { name: 'build' },
    { queue: 'default' },
    { queue: 'night' },
    { labels: { team: 'a' } },
    { labels: { team: 'a' }, states: ['held'] },
    { labels: { team: 'a', tier: 'gold' } },
    { name: 'build', queue: 'night' },
    { namePrefix: 'bu' },
    { namePrefix: 'b', queue: 'night' },
  ] as JobFilter[])(
    'pages of the filter %j hold each match once, in order, and end with a page without a next',
    async (filter) => {
      const all = store().reader.list(filter, 100).jobs;
      expect(all.length).toBeGreaterThan(3);
      for (const limit of [1, 2, 3, all.length]) {
        const pages = pagesOf(store(), filter, limit);
        expect(pages.flatMap((page) => page.jobs)).toEqual(all);
        expect(pages.every((page) => page.jobs.length <= limit && page.total === all.length)).toBe(true);
        expect(pages.length).toBe(Math.ceil(all.length / limit));
      }
    },
  );
}

function describeChanges(store: () => Store): void {
  test('totals follow every change of a state', async () => {
    await store().commit(
      commitOf({
        jobChanges: [
          { jobId: idOf(1), set: { state: 'running' } },
          { jobId: idOf(1), set: { state: 'failed' } },
          { jobId: idOf(5), set: { state: 'running' } },
          { jobId: idOf(4), set: { state: 'pending' } },
        ],
      }),
    );
    const total = (...states: JobState[]): number | undefined => store().reader.list({ states }, 1).total;
    expect([total('pending'), total('running'), total('failed'), total('held')]).toEqual([3, 1, 1, 0]);
    expect(total('pending', 'failed')).toBe(4);
    expect(store().reader.list({}, 1).total).toBe(5);
  });

  test('jobs that are accepted while someone pages do not shift the pages', async () => {
    const first = store().reader.list({}, 2);
    await insertJobs(store(), storedJob(6));
    const second = store().reader.list({}, 3, first.next);
    expect([...first.jobs, ...second.jobs].map((job) => job.sequence)).toEqual([5, 4, 3, 2, 1]);
    expect(second.total).toBe(6);
  });
}

function describeEnds(store: () => Store): void {
  test('finished jobs are listed by their ends, the newest first, in pages; one that runs again is none', async () => {
    const ended = (sequence: number, finishedAt: number | null) =>
      ({ jobId: idOf(sequence), set: { state: finishedAt === null ? 'pending' : 'failed', finishedAt } }) as const;
    expect(store().reader.finished(10)).toEqual([]);
    await store().commit(
      commitOf({ jobChanges: [ended(7, 300), ended(3, 100), ended(9, 300), ended(5, 200), ended(1, 400)] }),
    );
    await store().commit(commitOf({ jobChanges: [ended(1, null)] }));
    expect(
      store()
        .reader.finished(10)
        .map((job) => job.sequence),
    ).toEqual([9, 7, 5, 3]);
    expect(
      store()
        .reader.finished(2, { finishedAt: 300, sequence: 9 })
        .map((job) => job.sequence),
    ).toEqual([7, 5]);
    expect(store().reader.finished(2, { finishedAt: 100, sequence: 3 })).toEqual([]);
  });
}

function variedJob(sequence: number): Job {
  return storedJob(sequence, {
    name: sequence % 3 === 0 ? 'build' : 'train',
    queue: sequence % 4 === 0 ? 'default' : 'night',
    state: sequence % 5 === 0 ? 'held' : 'pending',
    labels: { team: sequence % 2 === 0 ? 'a' : 'b', ...(sequence % 7 !== 0 && { tier: 'gold' }) },
  });
}

function pagesOf(store: Store, filter: JobFilter, limit: number) {
  const pages = [];
  let before: number | undefined;
  do {
    const page = store.reader.list(filter, limit, before);
    pages.push(page);
    before = page.next;
  } while (before !== undefined);
  return pages;
}
