import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Entry, PriorityQueue } from '../../../../internal/queue/priority-queue.ts';
import { columnsOf, entryOf, idOf, queueOf } from './builders.ts';
import { NaiveQueue } from './naive-queue.ts';

const numRuns = Number(process.env.PROPERTY_RUNS ?? 1_000);

const n = fc.nat(60);
const priority = fc.oneof(fc.integer({ min: -2, max: 2 }), fc.integer({ min: -1_000_000, max: 1_000_000 }));

const operation = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('push' as const), n, priority }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('remove' as const), n }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('reprioritise' as const), n, priority }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('pop' as const) }) },
);
type Operation = typeof operation extends fc.Arbitrary<infer T> ? T : never;

/** Of any length up to this one: by itself fast-check keeps to ten or so. */
function histories(maxLength: number): fc.Arbitrary<Operation[]> {
  return fc.array(operation, { maxLength, size: 'max' });
}

/** Each id has one sequence for good, out of step with its number, as reprioritised and retried entries have. */
const sequences = fc.uniqueArray(fc.maxSafeInteger(), { minLength: 61, maxLength: 61 });

function entry(operation: { n: number; priority: number }, sequenceOf: readonly number[]): Entry {
  return entryOf(operation.n, operation.priority, sequenceOf[operation.n]);
}

function answer(queue: PriorityQueue, operation: Operation, sequenceOf: readonly number[]): unknown {
  if (operation.kind === 'pop') return queue.pop();
  if (operation.kind === 'remove') return queue.remove(idOf(operation.n));
  if (operation.kind === 'reprioritise') return queue.reprioritise(idOf(operation.n), operation.priority);
  const { id, priority, sequence } = entry(operation, sequenceOf);
  return queue.push(id, priority, sequence);
}

function modelAnswer(model: NaiveQueue, operation: Operation, sequenceOf: readonly number[]): unknown {
  if (operation.kind === 'pop') return model.pop();
  if (operation.kind === 'remove') return model.remove(idOf(operation.n));
  if (operation.kind === 'reprioritise') return model.reprioritise(idOf(operation.n), operation.priority);
  return model.push(entry(operation, sequenceOf));
}

function expectSame(queue: PriorityQueue, model: NaiveQueue): void {
  expect([...queue.entries()]).toEqual(model.sorted);
  expect(queue.size).toBe(model.sorted.length);
  expect(queue.peek()).toEqual(model.sorted[0]);
  model.sorted.forEach((entry, rank) => {
    expect(queue.rank(entry.id)).toBe(rank);
    expect(queue.at(rank)).toEqual(entry);
  });
  queue.checkInvariants();
}

describe('after any history', () => {
  test('the queue answers and stands as a sorted array would', () => {
    const history = histories(80);
    const property = fc.property(history, sequences, (operations, sequenceOf) => {
      const queue = new PriorityQueue();
      const model = new NaiveQueue();
      for (const operation of operations) {
        expect(answer(queue, operation, sequenceOf)).toEqual(modelAnswer(model, operation, sequenceOf));
        queue.checkInvariants();
      }
      expectSame(queue, model);
    });
    fc.assert(property, { numRuns });
  });

  test('any place has as many entries before it as in a sorted array', () => {
    const places = fc.array(fc.tuple(priority, fc.maxSafeInteger()), { maxLength: 20, size: 'max' });
    const property = fc.property(histories(80), sequences, places, (operations, sequenceOf, asked) => {
      const queue = new PriorityQueue();
      const model = new NaiveQueue();
      for (const operation of operations) {
        answer(queue, operation, sequenceOf);
        modelAnswer(model, operation, sequenceOf);
      }
      const near = model.sorted.map((entry) => [entry.priority, entry.sequence] as const);
      for (const [p, s] of [...asked, ...near]) expect(queue.countBefore(p, s)).toBe(model.countBefore(p, s));
    });
    fc.assert(property, { numRuns: numRuns / 5 });
  });

  test('a fork and its origin go their own ways', () => {
    const history = histories(40);
    const property = fc.property(history, history, history, sequences, (before, here, there, sequenceOf) => {
      const queue = new PriorityQueue();
      const model = new NaiveQueue();
      for (const operation of before) {
        answer(queue, operation, sequenceOf);
        modelAnswer(model, operation, sequenceOf);
      }
      const fork = queue.fork();
      const modelFork = new NaiveQueue(model.sorted);
      expectSame(fork, modelFork);
      for (const operation of here) {
        expect(answer(queue, operation, sequenceOf)).toEqual(modelAnswer(model, operation, sequenceOf));
      }
      for (const operation of there) {
        expect(answer(fork, operation, sequenceOf)).toEqual(modelAnswer(modelFork, operation, sequenceOf));
      }
      expectSame(queue, model);
      expectSame(fork, modelFork);
    });
    fc.assert(property, { numRuns: numRuns / 5 });
  });

  test('the digest is that of the same content, however it came about', () => {
    const property = fc.property(histories(80), sequences, (operations, sequenceOf) => {
      const queue = new PriorityQueue();
      for (const operation of operations) answer(queue, operation, sequenceOf);
      const content = [...queue.entries()];
      expect(queueOf(content.toReversed()).digest()).toBe(queue.digest());
      expect(PriorityQueue.bulkLoad(columnsOf(content)).digest()).toBe(queue.digest());
      expect(queue.fork().digest()).toBe(queue.digest());
    });
    fc.assert(property, { numRuns: numRuns / 5 });
  });
});
