import { describe, expect, test } from 'vitest';
import { PriorityQueue } from '../../../../internal/queue/priority-queue.ts';
import { columnsOf, entryOf, idOf } from './builders.ts';

const rows = [entryOf(1, 5, 10), entryOf(2, 9, 20), entryOf(3, 5, 30), entryOf(4, -1_000_000, 40)];

describe('a bulk load', () => {
  test('puts the rows in order', () => {
    const queue = PriorityQueue.bulkLoad(columnsOf(rows));
    queue.checkInvariants();
    expect(Array.from(queue.entries(), (entry) => entry.id)).toEqual([2, 1, 3, 4].map(idOf));
  });

  test('of no rows is an empty queue that can be filled', () => {
    const queue = PriorityQueue.bulkLoad(columnsOf([]));
    expect(queue.size).toBe(0);
    expect(queue.push(idOf(1), 0, 1)).toBe(true);
    queue.checkInvariants();
  });

  test('takes only the first rows of longer columns, and bytes that lie anywhere', () => {
    const columns = columnsOf(rows);
    const shifted = new Uint8Array(columns.ids.length + 1);
    shifted.set(columns.ids, 1);
    const queue = PriorityQueue.bulkLoad({ ...columns, ids: shifted.subarray(1), count: 2 });
    expect([...queue.entries()]).toEqual([rows[1], rows[0]]);
  });

  test('does not hold on to the columns', () => {
    const columns = columnsOf(rows);
    const queue = PriorityQueue.bulkLoad(columns);
    columns.ids.fill(0);
    columns.priorities.fill(0);
    columns.sequences.fill(0);
    expect(queue.peek()).toEqual(rows[1]);
  });

  test('goes on like any other queue', () => {
    const queue = PriorityQueue.bulkLoad(columnsOf(rows));
    queue.push(idOf(5), 9, 15);
    queue.reprioritise(idOf(4), 9);
    queue.remove(idOf(1));
    queue.checkInvariants();
    expect(Array.from(queue.entries(), (entry) => entry.id)).toEqual([5, 2, 4, 3].map(idOf));
  });

  test.each([
    ['an id that comes twice', [entryOf(1, 0, 1), entryOf(1, 0, 2)], `id ${idOf(1)} comes twice`],
    ['a sequence that comes twice', [entryOf(1, 0, 7), entryOf(2, 3, 7)], 'sequence 7 comes after 7'],
    ['a priority out of range', [entryOf(1, 1_000_001, 1)], 'not a priority: 1000001'],
    ['a sequence out of range', [entryOf(1, 0, 2 ** 60)], `not a sequence: ${2 ** 60}`],
  ])('refuses %s', (_what, entries, message) => {
    expect(() => PriorityQueue.bulkLoad(columnsOf(entries))).toThrow(new RangeError(message));
  });

  test('refuses columns that are shorter than their count', () => {
    expect(() => PriorityQueue.bulkLoad({ ...columnsOf(rows), count: 5 })).toThrow(RangeError);
    expect(() => PriorityQueue.bulkLoad({ ...columnsOf(rows), ids: new Uint8Array(63) })).toThrow(RangeError);
  });
});
