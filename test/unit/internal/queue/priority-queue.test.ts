import { describe, expect, test } from 'vitest';
import { PriorityQueue } from '../../../../internal/queue/priority-queue.ts';
import { entryOf, idOf, queueOf } from './builders.ts';

/** In order: 2, 4, 1, 3. */
function sampleQueue(): PriorityQueue {
  return queueOf([entryOf(1, 5, 20), entryOf(2, 9, 30), entryOf(3, -7, 10), entryOf(4, 9, 40)]);
}

function order(queue: PriorityQueue, fromRank = 0): number[] {
  return Array.from(queue.entries(fromRank), ({ id }) => Number.parseInt(id.slice(-12), 16));
}

describe('the order', () => {
  test('is by priority, then by sequence, whatever came first', () => {
    expect(order(sampleQueue())).toEqual([2, 4, 1, 3]);
  });

  test('takes an entry with a late priority and an early sequence to its place', () => {
    const queue = sampleQueue();
    queue.push(idOf(5), 9, 35);
    expect(order(queue)).toEqual([2, 5, 4, 1, 3]);
  });

  test('holds at the ends of both ranges', () => {
    const entries = [
      entryOf(1, -1_000_000, Number.MAX_SAFE_INTEGER),
      entryOf(2, -1_000_000, Number.MAX_SAFE_INTEGER - 1),
      entryOf(3, 1_000_000, 2 ** 52 + 1),
      entryOf(4, 1_000_000, 2 ** 52),
    ];
    const queue = queueOf(entries);
    expect(order(queue)).toEqual([4, 3, 2, 1]);
    expect(queue.at(3)).toEqual(entries[0]);
  });
});

describe('push', () => {
  test('takes -0 for 0', () => {
    expect(queueOf([entryOf(1, -0, -0)]).digest()).toBe(queueOf([entryOf(1, 0, 0)]).digest());
  });

  test('says no to an id that is there, and changes nothing', () => {
    const queue = sampleQueue();
    const before = queue.digest();
    expect(queue.push(idOf(1), 7, 99)).toBe(false);
    expect(queue.digest()).toBe(before);
  });

  test('takes an id that was removed', () => {
    const queue = sampleQueue();
    queue.remove(idOf(2));
    expect(queue.push(idOf(2), 0, 30)).toBe(true);
    expect(order(queue)).toEqual([4, 1, 2, 3]);
  });

  test.each([[1_000_001], [-1_000_001], [0.5], [Number.NaN], [Number.POSITIVE_INFINITY]])(
    'refuses the priority %d',
    (p) => {
      expect(() => new PriorityQueue().push(idOf(1), p, 1)).toThrow(new RangeError(`not a priority: ${p}`));
    },
  );

  test.each([[2 ** 53], [0.5], [Number.NaN]])('refuses the sequence %d', (sequence) => {
    expect(() => new PriorityQueue().push(idOf(1), 0, sequence)).toThrow(new RangeError(`not a sequence: ${sequence}`));
  });

  test('refuses a second entry in one place, and leaves no trace of it', () => {
    const queue = sampleQueue();
    expect(() => queue.push(idOf(5), 9, 30)).toThrow(/priority 9 has the sequence 30/);
    expect(queue.has(idOf(5))).toBe(false);
    queue.checkInvariants();
  });
});

describe('remove', () => {
  test('takes the entry out of the order', () => {
    const queue = sampleQueue();
    expect(queue.remove(idOf(4))).toBe(true);
    expect(order(queue)).toEqual([2, 1, 3]);
    expect(queue.size).toBe(3);
  });

  test('says no the second time', () => {
    const queue = sampleQueue();
    queue.remove(idOf(4));
    expect(queue.remove(idOf(4))).toBe(false);
  });
});

describe('reprioritise', () => {
  test('keeps the sequence, so that the entry goes before later ones of its new priority', () => {
    const queue = sampleQueue();
    expect(queue.reprioritise(idOf(1), 9)).toBe(true);
    expect(order(queue)).toEqual([1, 2, 4, 3]);
    expect(queue.sequenceOf(idOf(1))).toBe(20);
  });

  test('to the same priority changes nothing', () => {
    const queue = sampleQueue();
    expect(queue.reprioritise(idOf(1), 5)).toBe(true);
    expect(order(queue)).toEqual([2, 4, 1, 3]);
  });

  test('says no for an id that is not there', () => {
    expect(sampleQueue().reprioritise(idOf(9), 1)).toBe(false);
  });

  test('refuses a priority out of range, and a place that is taken', () => {
    const queue = sampleQueue();
    queue.push(idOf(5), 0, 30);
    expect(() => queue.reprioritise(idOf(5), 1e7)).toThrow(RangeError);
    expect(() => queue.reprioritise(idOf(5), 9)).toThrow(RangeError);
    expect(order(queue)).toEqual([2, 4, 1, 5, 3]);
  });
});

describe('questions', () => {
  test('has, priorityOf and sequenceOf answer by id', () => {
    const queue = sampleQueue();
    expect([queue.has(idOf(3)), queue.priorityOf(idOf(3)), queue.sequenceOf(idOf(3))]).toEqual([true, -7, 10]);
    expect([queue.has(idOf(9)), queue.priorityOf(idOf(9)), queue.sequenceOf(idOf(9))]).toEqual([
      false,
      undefined,
      undefined,
    ]);
  });

  test('an id is found in upper case too', () => {
    expect(queueOf([entryOf(0xabc)]).has(idOf(0xabc).toUpperCase())).toBe(true);
  });

  test('rank counts the entries before, and is -1 for an id that is not there', () => {
    const queue = sampleQueue();
    expect([2, 4, 1, 3, 9].map((n) => queue.rank(idOf(n)))).toEqual([0, 1, 2, 3, -1]);
  });

  test.each([
    [9, 30, 0],
    [9, 31, 1],
    [9, Number.POSITIVE_INFINITY, 2],
    [8, 0, 2],
    [-7, 10, 3],
    [-8, 0, 4],
  ])('%d entries of priority and sequence come before: priority %d, sequence %d', (priority, sequence, count) => {
    expect(sampleQueue().countBefore(priority, sequence)).toBe(count);
  });

  test.each([[-1], [4], [1.5], [Number.NaN]])('there is no entry at rank %d', (rank) => {
    expect(sampleQueue().at(rank)).toBeUndefined();
  });

  test('an empty queue has nothing to give', () => {
    const queue = new PriorityQueue();
    expect([queue.size, queue.peek(), queue.pop(), queue.at(0), queue.rank(idOf(1)), order(queue)]).toEqual([
      0,
      undefined,
      undefined,
      undefined,
      -1,
      [],
    ]);
    queue.checkInvariants();
  });

  test.each(['has', 'rank', 'remove', 'priorityOf', 'sequenceOf'] as const)(
    '%s refuses a text that is no UUID',
    (ask) => {
      expect(() => sampleQueue()[ask]('job1')).toThrow(new RangeError('not a UUID: "job1"'));
    },
  );
});

describe('peek and pop', () => {
  test('give the first entry, and pop takes it out', () => {
    const queue = sampleQueue();
    expect(queue.peek()).toEqual(entryOf(2, 9, 30));
    expect(queue.pop()).toEqual(entryOf(2, 9, 30));
    expect(queue.peek()).toEqual(entryOf(4, 9, 40));
  });
});

describe('entries', () => {
  test('begin at a rank', () => {
    expect(order(sampleQueue(), 2)).toEqual([1, 3]);
  });

  test('go on behind the last one when the queue changes meanwhile', () => {
    const queue = sampleQueue();
    const seen: string[] = [];
    for (const { id } of queue.entries()) {
      seen.push(id);
      queue.remove(id);
      if (id === idOf(4)) queue.push(idOf(5), 6, 50); // behind: seen
      if (id === idOf(1)) queue.push(idOf(6), 8, 60); // in front: not seen
    }
    expect(seen).toEqual([2, 4, 5, 1, 3].map(idOf));
    expect(order(queue)).toEqual([6]);
  });

  test('do not give an entry twice that stays while others change, at the largest sequences too', () => {
    const queue = queueOf([entryOf(1, 0, Number.MAX_SAFE_INTEGER - 1), entryOf(2, 0, Number.MAX_SAFE_INTEGER)]);
    const seen: string[] = [];
    for (const { id } of queue.entries()) {
      seen.push(id);
      queue.push(idOf(10 + seen.length), 1, seen.length);
    }
    expect(seen).toEqual([idOf(1), idOf(2)]);
  });
});

describe('the digest', () => {
  test.each([
    ['an entry less', []],
    ['an entry more', [entryOf(1, 5, 20), entryOf(2, 5, 21)]],
    ['another id', [entryOf(2, 5, 20)]],
    ['another priority', [entryOf(1, -5, 20)]],
    ['another sequence', [entryOf(1, 5, 21)]],
    ['a sequence that differs in its upper half only', [entryOf(1, 5, 20 + 2 ** 32)]],
    ['a sequence of the other sign', [entryOf(1, 5, -20)]],
  ])('is another one with %s', (_what, entries) => {
    expect(queueOf(entries).digest()).not.toBe(queueOf([entryOf(1, 5, 20)]).digest());
  });
});
