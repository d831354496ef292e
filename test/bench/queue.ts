// The priority queue at a million entries, beside what one would take from a package: tinyqueue for the order and a Map
// of the same objects for the keys. Both sides in turn in one process; the first round warms up and is not counted.
// Times are the processor's, garbage collection included, so that neighbours on the machine count as little as can be.
// Usage: npx tsx test/bench/queue.ts [--rounds 5] [--entries 1000000]

import { parseArgs } from 'node:util';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import TinyQueue from 'tinyqueue';
import { type Entry, type EntryColumns, PriorityQueue } from '../../internal/queue/priority-queue.ts';
import { bytesToUuid } from '../../internal/queue/uuid-bytes.ts';
import { median, printTable } from './support/statistics.ts';

const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '5' }, entries: { type: 'string', default: '1000000' } },
});
const count = Number(values.entries);
const rounds = Number(values.rounds);
const BATCH = 10_000;

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

type Figures = Record<string, number>;

/** A million entries by acceptance: UUIDv7-like ids, 32 a millisecond, and what the distribution says. */
function columnsOf(priorityOf: () => number, sequenceOf: (n: number) => number): EntryColumns {
  const ids = new Uint8Array(count * 16);
  const view = new DataView(ids.buffer);
  for (let n = 0; n < count; n++) {
    view.setBigUint64(n * 16, (BigInt(0x19a0000000000 + (n >>> 5)) << 16n) | BigInt(0x7000 | (random(0x1000) & 0xfff)));
    view.setUint32(n * 16 + 8, 0x80000000 | random(0x40000000));
    view.setUint32(n * 16 + 12, random(2 ** 32));
  }
  const priorities = Int32Array.from({ length: count }, priorityOf);
  const sequences = Float64Array.from({ length: count }, (_, n) => sequenceOf(n));
  return { ids, priorities, sequences, count };
}

let state = 0x2545f491;
function random(below: number): number {
  state ^= state << 13;
  state ^= state >>> 17;
  state ^= state << 5;
  return (state >>> 0) % below;
}

const distributions: Record<string, EntryColumns> = {
  'one priority': columnsOf(
    () => 0,
    (n) => n,
  ),
  'ten priorities': columnsOf(
    () => random(10),
    (n) => n,
  ),
  'all different': columnsOf(
    () => random(2_000_001) - 1_000_000,
    (n) => n,
  ),
  'one, old sequences': columnsOf(
    () => 0,
    (n) => Math.imul(n, 0x9e3779b1) >>> 0,
  ),
};

/** Nanoseconds for each `act`, on ids that were made just before and that no one else holds. */
function timeEach(rows: EntryColumns, order: Int32Array, act: (id: string, row: number) => void): number {
  let elapsed = 0;
  for (let from = 0; from < order.length; from += BATCH) {
    const batch = order.subarray(from, from + BATCH);
    const ids = Array.from(batch, (row) => bytesToUuid(rows.ids, row * 16));
    elapsed += milliseconds(() => {
      for (let i = 0; i < ids.length; i++) act(ids[i] as string, batch[i] as number);
    });
  }
  return (elapsed / order.length) * 1e6;
}

function milliseconds(act: () => void): number {
  const begin = process.cpuUsage();
  act();
  const { user, system } = process.cpuUsage(begin);
  return (user + system) / 1e3;
}

function heapBytes(): number {
  collectGarbage();
  return process.memoryUsage().heapUsed;
}

const asAccepted = Int32Array.from({ length: count }, (_, row) => row);
const growing = Float64Array.from(asAccepted);
const scattered = asAccepted.slice();
for (let i = count - 1; i > 0; i--) {
  const j = random(i + 1);
  [scattered[i], scattered[j]] = [scattered[j] as number, scattered[i] as number];
}

function measureQueue(rows: EntryColumns): Figures {
  const before = heapBytes();
  const queue = new PriorityQueue();
  let most = 0;
  const push = timeEach(rows, asAccepted, (id, row) => {
    queue.push(id, rows.priorities[row] as number, rows.sequences[row] as number);
    if ((row & 1023) === 0 && row > count / 2) most = Math.max(most, queue.memoryBytes() / queue.size);
  });
  const held = (heapBytes() - before + queue.memoryBytes()) / count;
  const rank = timeEach(rows, scattered, (id) => queue.rank(id));
  let copy = queue;
  const fork = milliseconds(() => {
    copy = queue.fork();
  });
  const remove = timeEach(rows, scattered.subarray(0, count / 2), (id) => copy.remove(id));
  const pop = (milliseconds(() => drain(queue)) / count) * 1e6;
  const bulkLoad = milliseconds(() => PriorityQueue.bulkLoad({ ...rows, sequences: growing }));
  return { push, pop, rank, remove, held, most, fork, bulkLoad };
}

function drain(queue: { pop(): unknown }): void {
  while (queue.pop() !== undefined);
}

function isBefore(a: Entry, b: Entry): boolean {
  return a.priority > b.priority || (a.priority === b.priority && a.sequence < b.sequence);
}

function measureCounterpart(rows: EntryColumns): Figures {
  const before = heapBytes();
  const heap = new TinyQueue<Entry>([], (a, b) => (isBefore(a, b) ? -1 : 1));
  const byId = new Map<string, Entry>();
  const push = timeEach(rows, asAccepted, (id, row) => {
    if (byId.has(id)) return;
    const entry = { id, priority: rows.priorities[row] as number, sequence: rows.sequences[row] as number };
    byId.set(id, entry);
    heap.push(entry);
  });
  const held = (heapBytes() - before) / count;
  const rank = timeEach(rows, scattered.subarray(0, 20), (id) => {
    const entry = byId.get(id) as Entry;
    heap.data.filter((other) => isBefore(other, entry)).length;
  });
  const pop = (milliseconds(() => drain({ pop: () => popKeyed(heap, byId) })) / count) * 1e6;
  return { push, pop, rank, held };
}

function popKeyed(heap: TinyQueue<Entry>, byId: Map<string, Entry>): Entry | undefined {
  const entry = heap.pop();
  if (entry !== undefined) byId.delete(entry.id);
  return entry;
}

const sides = { kubejobs: measureQueue, 'tinyqueue + Map': measureCounterpart };
const columns = {
  push: 'push ns',
  pop: 'pop ns',
  rank: 'rank ns',
  remove: 'remove ns',
  held: 'held B',
  most: 'arrays at most B',
  fork: 'fork ms',
  bulkLoad: 'bulk load ms',
};

const table = [['priorities', 'side', ...Object.values(columns)]];
for (const [distribution, rows] of Object.entries(distributions)) {
  const measured: Record<string, Figures[]> = { kubejobs: [], 'tinyqueue + Map': [] };
  for (let round = -1; round < rounds; round++) {
    for (const [side, measure] of Object.entries(sides)) {
      const figures = measure(rows);
      if (round >= 0) measured[side]?.push(figures);
    }
  }
  for (const [side, figures] of Object.entries(measured)) {
    const cells = Object.keys(columns).map((column) => {
      const numbers = figures.map((figure) => figure[column]).filter((number) => number !== undefined);
      return numbers.length === 0 ? '–' : median(numbers).toFixed(0);
    });
    table.push([distribution, side, ...cells]);
  }
}
process.stdout.write(`${count} entries, medians of ${rounds} rounds, Node ${process.version}\n`);
printTable(table);
