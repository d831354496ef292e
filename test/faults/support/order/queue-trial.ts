// One seeded run of the priority queue beside a sorted array: pushes, removals, new priorities, pops, forks, and reloads
// from columns as after a restart. Every answer is compared, and in the end every place and rank.

import { type Random, seededRandom } from '../../../../internal/platform/random.ts';
import { type Entry, PriorityQueue } from '../../../../internal/queue/priority-queue.ts';
import { columnsOf, entryOf, idOf } from '../../../unit/internal/queue/builders.ts';
import { NaiveQueue } from '../../../unit/internal/queue/naive-queue.ts';

const operations = ['push', 'push', 'push', 'push', 'remove', 'remove', 'reprioritise', 'reprioritise', 'pop'] as const;

/** Throws an Error with the first thing that is wrong. */
export function queueTrial(seed: number): void {
  const random = seededRandom(seed);
  const below = (limit: number): number => Math.floor(random.next() * limit);
  const ids = 4 + below(60);
  const sequences = distinctSequences(ids, random);
  let queue = new PriorityQueue();
  const model = new NaiveQueue();
  for (let step = 20 + below(120); step > 0; step -= 1) {
    const n = below(ids);
    const priority = below(3) === 0 ? below(2_000_001) - 1_000_000 : below(5) - 2;
    const entry = entryOf(n, priority, sequences[n]);
    const operation = operations[below(operations.length)] ?? 'pop';
    same(operation, answerOf(queue, operation, entry), modelAnswer(model, operation, entry));
    if (below(25) === 0) queue = below(2) === 0 ? queue.fork() : PriorityQueue.bulkLoad(columnsOf(model.sorted));
  }
  compareAll(queue, model);
}

function answerOf(queue: PriorityQueue, operation: (typeof operations)[number], entry: Entry): unknown {
  if (operation === 'pop') return queue.pop();
  if (operation === 'remove') return queue.remove(entry.id);
  if (operation === 'reprioritise') return queue.reprioritise(entry.id, entry.priority);
  return queue.push(entry.id, entry.priority, entry.sequence);
}

function modelAnswer(model: NaiveQueue, operation: (typeof operations)[number], entry: Entry): unknown {
  if (operation === 'pop') return model.pop();
  if (operation === 'remove') return model.remove(entry.id);
  if (operation === 'reprioritise') return model.reprioritise(entry.id, entry.priority);
  return model.push(entry);
}

function compareAll(queue: PriorityQueue, model: NaiveQueue): void {
  queue.checkInvariants();
  same('the entries', [...queue.entries()], model.sorted);
  for (const [rank, entry] of model.sorted.entries()) {
    same('the rank', queue.rank(entry.id), rank);
    same('the entry at a rank', queue.at(rank), entry);
  }
  same('an id that is not there', queue.rank(idOf(999_999)), -1);
}

/** Out of step with the ids, as those of reprioritised and refused jobs are. */
function distinctSequences(count: number, random: Random): number[] {
  const sequences = new Set<number>();
  while (sequences.size < count) sequences.add(Math.floor(random.next() * Number.MAX_SAFE_INTEGER));
  return [...sequences];
}

function same(what: string, found: unknown, expected: unknown): void {
  const [a, b] = [JSON.stringify(found), JSON.stringify(expected)];
  if (a !== b) throw new Error(`${what}: the queue says ${a}, the sorted array says ${b}`);
}
