import { type Entry, type EntryColumns, PriorityQueue } from '../../../../internal/queue/priority-queue.ts';
import { UUID_BYTES, uuidToBytes } from '../../../../internal/queue/uuid-bytes.ts';

/** A UUID that ends in `n`. */
export function idOf(n: number): string {
  return `019a0000-0000-7000-8000-${n.toString(16).padStart(12, '0')}`;
}

export function entryOf(n: number, priority = 0, sequence = n): Entry {
  return { id: idOf(n), priority, sequence };
}

export function queueOf(entries: readonly Entry[]): PriorityQueue {
  const queue = new PriorityQueue();
  for (const { id, priority, sequence } of entries) queue.push(id, priority, sequence);
  return queue;
}

/** The entries as a store would hand them over: by sequence. */
export function columnsOf(entries: readonly Entry[]): EntryColumns {
  const rows = [...entries].sort((a, b) => a.sequence - b.sequence);
  const ids = new Uint8Array(rows.length * UUID_BYTES);
  rows.forEach((row, at) => {
    uuidToBytes(row.id, ids, at * UUID_BYTES);
  });
  const priorities = Int32Array.from(rows, (row) => row.priority);
  const sequences = Float64Array.from(rows, (row) => row.sequence);
  return { ids, priorities, sequences, count: rows.length };
}
