// What every store promises of schedules.
import { describe, expect, test } from 'vitest';
import type { Store } from '../../internal/store/store.ts';
import type { Schedule } from '../../pkg/models/index.ts';
import { commitOf, idOf, storedJob } from '../support/store-builders.ts';
import { freshStores, type OpenStore } from './fresh-stores.ts';

function storedSchedule(name: string, fields: Partial<Schedule> = {}): Schedule {
  return {
    scheduleId: `id-of-${name}`,
    name,
    cron: '0 3 * * *',
    timeZone: 'Europe/Berlin',
    concurrencyPolicy: 'Allow',
    suspended: false,
    job: { name: 'nightly', labels: { team: 'wörd "quoted"' } },
    createdAt: 1_000.5,
    consideredUpTo: 1_000.5,
    activeJobIds: [],
    missedRuns: 0,
    ...fields,
  };
}

export function describeSchedules(name: string, open: OpenStore): void {
  describe(`the store contract, schedules: ${name}`, () => {
    const { fresh } = freshStores(open);
    const put = (store: Store, ...schedules: Schedule[]) => store.commit(commitOf({ schedules }));

    test('a schedule comes back with every field it was given, and without those it was not', async () => {
      const { store } = await fresh();
      const bare = storedSchedule('bare');
      const full = storedSchedule('full', {
        ...{ concurrencyPolicy: 'Replace', startingDeadlineMs: 90_000, suspended: true, missedRuns: 3 },
        ...{ lastRunAt: 2_000, lastJobId: idOf(7), activeJobIds: [idOf(6), idOf(7)], consideredUpTo: 3_000 },
        lastMissed: { at: 3_000, reason: 'refused', message: 'the policy' },
      });
      await put(store, full, bare);
      expect([store.reader.schedule('full'), store.reader.schedule('bare')]).toEqual([full, bare]);
      expect(store.reader.schedule('other')).toBeUndefined();
    });

    test('a changed schedule takes the place of the one before, also after a restart', async () => {
      const { store, restart } = await fresh();
      const lastMissed = { at: 1, reason: 'too_late' as const };
      await put(store, storedSchedule('a', { startingDeadlineMs: 5, lastMissed }));
      const changed = storedSchedule('a', { cron: '@daily', timeZone: 'UTC', missedRuns: 2, lastJobId: idOf(1) });
      await put(store, changed);
      expect((await restart()).reader.schedule('a')).toEqual(changed);
    });

    test('schedules are listed and counted in the order of their names', async () => {
      const { store } = await fresh();
      await put(store, ...['c', 'a', 'd', 'b'].map((each) => storedSchedule(each)));
      const names = (limit: number, skip: number) => store.reader.schedules(limit, skip).map((each) => each.name);
      expect([names(2, 0), names(2, 2), names(2, 4)]).toEqual([['a', 'b'], ['c', 'd'], []]);
      expect(store.reader.scheduleCount()).toBe(4);
    });

    test('a removed schedule is gone, and its name is free', async () => {
      const { store } = await fresh();
      await put(store, storedSchedule('a'), storedSchedule('b'));
      await store.commit(commitOf({ removedSchedules: ['id-of-a', 'unknown'] }));
      expect(store.reader.schedules(9, 0).map(({ name }) => name)).toEqual(['b']);
      await put(store, storedSchedule('a', { scheduleId: 'another' }));
      expect(store.reader.schedule('a')).toMatchObject({ scheduleId: 'another' });
    });

    test('a second schedule of the same name fails its whole commit', async () => {
      const { store, restart } = await fresh();
      await put(store, storedSchedule('a'));
      const commit = commitOf({ inserts: [storedJob(1)], schedules: [storedSchedule('a', { scheduleId: 'another' })] });
      await expect(store.commit(commit)).rejects.toThrow();
      const { reader } = await restart();
      expect([reader.jobs([idOf(1)]), reader.scheduleCount()]).toEqual([[], 1]);
    });
  });
}
