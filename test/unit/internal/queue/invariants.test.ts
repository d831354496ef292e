import { describe, expect, test } from 'vitest';
import type { ChunkList } from '../../../../internal/queue/chunk-list.ts';
import type { EntryRecords } from '../../../../internal/queue/entry-records.ts';
import type { IdIndex } from '../../../../internal/queue/id-index.ts';
import { entryOf, queueOf } from './builders.ts';

interface Insides {
  records: EntryRecords;
  index: IdIndex;
  order: { list: ChunkList };
}

const damages: Record<string, [(inside: Insides) => void, RegExp]> = {
  'a priority written past the order': [({ records }) => records.setPriority(7, 99), /a search finds/],
  'a slot missing from the index': [({ index }) => index.remove(7), /1000 entries in order, 999 in the index/],
  'a slot released while in order': [({ records }) => records.release(7), /slots in use|chain|bucket|index/],
  'a slot in order twice': [({ order }) => order.list.insert(0, 0, 7), /a search finds/],
  'a bound that lies before slots of its chunk': [({ order }) => order.list.setBound(0, 0, 3), /a search finds/],
  'a chunk that should have been merged': [({ order }) => order.list.split(0, 1), /should be one|a search finds/],
};

describe('the invariants', () => {
  test.each(Object.keys(damages))('are broken by %s', (kind) => {
    const [damage, message] = damages[kind] as [(inside: Insides) => void, RegExp];
    const queue = queueOf(Array.from({ length: 1_000 }, (_, n) => entryOf(n)));
    queue.checkInvariants();
    damage(queue as unknown as Insides);
    expect(() => queue.checkInvariants()).toThrow(message);
  });
});
