// What every store promises of the deliveries of finish webhooks.
import { describe, expect, test } from 'vitest';
import type { Store } from '../../internal/store/store.ts';
import type { Delivery } from '../../pkg/models/index.ts';
import { commitOf, idOf } from '../support/store-builders.ts';
import { freshStores, type OpenStore, type StoreUnderTest } from './fresh-stores.ts';

function aDelivery(number: number, fields: Partial<Delivery> = {}): Delivery {
  const url = `https://hooks-${number}.example/a?b=c`;
  const body = '{"event":"job.finished","wörd":"quoted"}';
  return {
    ...{ deliveryId: idOf(100 + number), jobId: idOf(number), url, body, state: 'pending' },
    ...{ createdAt: number, tries: 0, nextTryAt: number, ...fields },
  };
}

function failed(number: number): Delivery {
  const { nextTryAt: _, ...rest } = aDelivery(number);
  return { ...rest, state: 'failed', tries: 10, lastTryAt: 7.5, lastStatus: 500, lastError: 'it said no' };
}

export function describeDeliveries(name: string, open: OpenStore): void {
  describe(`the store contract, deliveries: ${name}`, () => {
    const stores = freshStores(open);
    const fresh = async (...deliveries: Delivery[]): Promise<StoreUnderTest> => {
      const underTest = await stores.fresh();
      await underTest.store.commit(commitOf({ deliveries }));
      return underTest;
    };

    test('a delivery comes back with every field it was given, until it is replaced or removed', async () => {
      const { store, restart } = await fresh(aDelivery(1), failed(2), aDelivery(3));
      expect(store.reader.delivery(idOf(101))).toEqual(aDelivery(1));
      expect(store.reader.delivery(idOf(102))).toEqual(failed(2));
      const tried = aDelivery(1, { tries: 1, nextTryAt: 9.25, lastTryAt: 3, lastError: 'no answer' });
      await store.commit(commitOf({ deliveries: [tried], removedDeliveries: [idOf(103), idOf(104)] }));
      const { reader } = await restart();
      expect(reader.deliveries(undefined, 9, 0)).toEqual([tried, failed(2)]);
    });

    test('deliveries are listed and counted by state, oldest first', async () => {
      const { store } = await fresh(aDelivery(3), failed(2), aDelivery(1), failed(4));
      const ids = (state: 'pending' | 'failed' | undefined, limit: number, skip: number) =>
        store.reader.deliveries(state, limit, skip).map(({ jobId }) => jobId);
      expect(ids(undefined, 3, 1)).toEqual([idOf(2), idOf(3), idOf(4)]);
      expect([ids('pending', 9, 0), ids('failed', 1, 1)]).toEqual([[idOf(1), idOf(3)], [idOf(4)]]);
      const { reader } = store;
      expect([reader.deliveryCount(), reader.deliveryCount('pending'), reader.deliveryCount('failed')]).toEqual([
        4, 2, 2,
      ]);
    });

    test('those that are due come in the order of their time, but for some hosts', async () => {
      const { store } = await fresh(
        aDelivery(1, { nextTryAt: 30 }),
        aDelivery(2, { nextTryAt: 10 }),
        aDelivery(3),
        failed(4),
      );
      const due = (at: number, limit: number, hosts: string[]) =>
        store.reader.dueDeliveries(at, limit, hosts).map(({ jobId }) => jobId);
      expect(due(30, 9, [])).toEqual([idOf(3), idOf(2), idOf(1)]);
      expect(due(30, 1, ['hooks-3.example'])).toEqual([idOf(2)]);
      expect(due(9, 9, [])).toEqual([idOf(3)]);
      expect([2, 3, 29.5, 30].map((after) => store.reader.nextDeliveryAt(after))).toEqual([3, 10, 30, undefined]);
    });

    test('up to which event deliveries were made survives a restart, and no other commit changes it', async () => {
      const { store, restart } = await fresh();
      expect(store.reader.webhooksUpTo()).toBeUndefined();
      await store.commit(commitOf({ webhooksUpTo: 7 }));
      await store.commit(commitOf({ settings: { paused: true } }));
      expect(((await restart()) as Store).reader.webhooksUpTo()).toBe(7);
    });
  });
}
