import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Entry, PriorityQueue } from '../../../../internal/queue/priority-queue.ts';
import { columnsOf, entryOf, queueOf } from './builders.ts';
import { NaiveQueue } from './naive-queue.ts';

// Enough entries for many chunks: every pattern cuts and merges them in other places.
const COUNT = 3_000;

/** A number that looks random, and is another one for each n below 2^32. */
function scattered(n: number): number {
  return Math.imul(n ^ 0x5bd1e995, 0x9e3779b1) >>> 0;
}

const numbers = Array.from({ length: COUNT }, (_, n) => n);

const patterns: Record<string, Entry[]> = {
  'one priority, sequences growing': numbers.map((n) => entryOf(n, 0, n)),
  'one priority, sequences falling': numbers.map((n) => entryOf(n, 0, COUNT - n)),
  'one priority, sequences scattered': numbers.map((n) => entryOf(n, 0, scattered(n))),
  'one priority, each inserted in the middle': numbers.map((n) => entryOf(n, 0, n % 2 === 0 ? n : 1e6 - n)),
  'ten priorities, sequences growing': numbers.map((n) => entryOf(n, scattered(n) % 10, n)),
  'every priority another one, growing': numbers.map((n) => entryOf(n, n, n)),
  'every priority another one, falling': numbers.map((n) => entryOf(n, COUNT - n, n)),
  'priorities and sequences scattered': numbers.map((n) => entryOf(n, scattered(n) % 1_000_000, scattered(n + COUNT))),
};

const removals: Record<string, (entries: readonly Entry[]) => Entry[]> = {
  'from the front': (entries) => [...entries],
  'from the back': (entries) => entries.toReversed(),
  'from the middle': (entries) => [...entries.slice(COUNT / 2), ...entries.slice(0, COUNT / 2).reverse()],
  'here and there': (entries) =>
    entries.toSorted((a, b) => scattered(Math.abs(a.sequence)) - scattered(Math.abs(b.sequence))),
};

describe.each(Object.keys(patterns))('%s', (pattern) => {
  const entries = patterns[pattern] as Entry[];
  const sorted = new NaiveQueue(entries).sorted;

  test('are in order with exact ranks', () => {
    const queue = queueOf(entries);
    queue.checkInvariants();
    expect([...queue.entries()]).toEqual(sorted);
    expect(sorted.every((entry, rank) => queue.rank(entry.id) === rank)).toBe(true);
  });

  test.each(Object.keys(removals))('stay in order while removed %s', (kind) => {
    const queue = queueOf(entries);
    const leaving = (removals[kind] as (entries: readonly Entry[]) => Entry[])(sorted);
    for (let i = 0; i < COUNT; i += 500) {
      for (const entry of leaving.slice(i, i + 500)) expect(queue.remove(entry.id)).toBe(true);
      queue.checkInvariants();
      expect([...queue.entries()]).toEqual(new NaiveQueue(leaving.slice(i + 500)).sorted);
    }
  });

  test('are forked into two queues that cut and merge their own chunks', () => {
    const queue = queueOf(entries.slice(0, COUNT / 2));
    const fork = queue.fork();
    for (const { id, priority, sequence } of entries.slice(COUNT / 2)) queue.push(id, priority, sequence);
    for (const { id } of entries.slice(0, COUNT / 3)) fork.remove(id);
    for (const either of [queue, fork]) either.checkInvariants();
    expect(queue.digest()).toBe(queueOf(entries).digest());
    expect(fork.digest()).toBe(queueOf(entries.slice(COUNT / 3, COUNT / 2)).digest());
  });

  test('are loaded at once as they would be one by one', () => {
    const queue = PriorityQueue.bulkLoad(columnsOf(entries));
    queue.checkInvariants();
    expect(queue.digest()).toBe(queueOf(entries).digest());
  });
});

describe('a long queue', () => {
  test('keeps its order through random changes', () => {
    const changes = fc.array(fc.tuple(fc.nat(COUNT - 1), fc.integer({ min: -20, max: 20 })), {
      minLength: 500,
      maxLength: 2_000,
      size: 'max',
    });
    const property = fc.property(changes, (steps) => {
      const queue = queueOf(patterns['ten priorities, sequences growing'] as Entry[]);
      const expected = new Map(Array.from(queue.entries(), (entry) => [entry.id, entry]));
      for (const [n, priority] of steps) {
        const { id, sequence } = entryOf(n);
        if (priority < -10) expect(queue.remove(id)).toBe(expected.delete(id));
        else if (queue.reprioritise(id, priority)) expected.set(id, { id, priority, sequence });
        else if (queue.push(id, priority, sequence)) expected.set(id, { id, priority, sequence });
      }
      queue.checkInvariants();
      expect([...queue.entries()]).toEqual(new NaiveQueue([...expected.values()]).sorted);
    });
    fc.assert(property, { numRuns: 20 });
  });

  test('finds ids that differ in any one place', () => {
    const ids = Array.from({ length: 32 }, (_, digit) => '0'.repeat(digit).concat('f').padEnd(32, '0')).map((hex) =>
      hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5'),
    );
    const queue = new PriorityQueue();
    ids.forEach((id, n) => {
      expect(queue.push(id, 0, n)).toBe(true);
    });
    expect(ids.map((id) => queue.rank(id))).toEqual([...ids.keys()]);
  });

  test('that was drained gives its memory back and can be filled again', () => {
    const queue = queueOf(Array.from({ length: 20_000 }, (_, n) => entryOf(n)));
    const full = queue.memoryBytes();
    while (queue.pop() !== undefined);
    expect(queue.memoryBytes()).toBeLessThan(full / 10);
    queue.push(entryOf(1).id, 0, 1);
    queue.checkInvariants();
  });

  test.each(Object.keys(patterns))('needs at most 64 bytes an entry, at any time while it grows: %s', (pattern) => {
    const queue = new PriorityQueue();
    for (const { id, priority, sequence } of patterns[pattern] as Entry[]) {
      queue.push(id, priority, sequence);
      if (queue.size >= 1_000) expect(queue.memoryBytes() / queue.size).toBeLessThanOrEqual(64);
    }
  });
});
