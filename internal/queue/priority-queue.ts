/**
 * The priority queue: entries keyed by UUID, in a total order, removable, with their exact rank.
 *
 * Higher priority comes first, and within one priority the lower sequence, whatever the order of insertion. Everything
 * but bulk work is O(log n), for any distribution of priorities. The data lies in typed arrays, about 45 bytes an entry
 * and never 64; no object is kept for an entry. It knows nothing of jobs and of time, and is not durable.
 */

import { EntryRecords, NONE } from './entry-records.ts';
import { IdIndex } from './id-index.ts';
import { OrderedSlots } from './ordered-slots.ts';
import { PRIORITY_LIMIT, slotsByPriority } from './priority-sort.ts';

export interface Entry {
  /** A UUID in lower case. */
  readonly id: string;
  /** An integer from −1,000,000 to 1,000,000; higher comes first. */
  readonly priority: number;
  /** A safe integer that no other entry has; lower comes first. */
  readonly sequence: number;
}

/** Entries as columns, in the order of their sequences: what a store reads at a restart. */
export interface EntryColumns {
  /** 16 bytes an entry. */
  readonly ids: Uint8Array;
  readonly priorities: Int32Array;
  /** Safe integers, each larger than the one before. */
  readonly sequences: Float64Array;
  /** How many entries there are; the columns may be longer. */
  readonly count: number;
}

/** An emptied queue of more slots than this gives its memory back. */
const KEPT_SLOTS = 16_384;

/** Every method that takes an id throws a RangeError for a text that is no UUID. */
export class PriorityQueue {
  private records = new EntryRecords();
  private index = new IdIndex(this.records);
  private order = new OrderedSlots(this.records);
  private changes = 0;

  /**
   * A queue of many entries at once, many times faster than pushing them.
   * Throws a RangeError for a priority or sequence out of its range, a sequence out of order, and an id that comes twice.
   */
  static bulkLoad({ ids, priorities, sequences, count }: EntryColumns): PriorityQueue {
    for (let row = 0; row < count; row++) {
      checkRanges(priorities[row] as number, sequences[row] as number);
      if (row > 0 && (sequences[row] as number) <= (sequences[row - 1] as number)) {
        throw new RangeError(`sequence ${sequences[row]} comes after ${sequences[row - 1]}`);
      }
    }
    const queue = new PriorityQueue();
    queue.records = EntryRecords.load(ids, priorities, sequences, count);
    queue.index = IdIndex.load(queue.records, count);
    queue.order = OrderedSlots.load(queue.records, slotsByPriority(priorities, count));
    return queue;
  }

  get size(): number {
    return this.order.size;
  }

  /** False, and nothing is changed, when the id is there already. Throws a RangeError for a key that is wrong or taken. */
  push(id: string, priority: number, sequence: number): boolean {
    checkRanges(priority, sequence);
    if (this.index.find(id) !== NONE) return false;
    const slot = this.records.take(priority, sequence);
    if (!this.order.insert(slot)) {
      this.records.release(slot);
      throw takenError(priority, sequence);
    }
    this.index.add(slot);
    this.changes++;
    return true;
  }

  /** False when the id is not there. */
  remove(id: string): boolean {
    const slot = this.index.find(id);
    if (slot === NONE) return false;
    this.removeSlot(slot);
    return true;
  }

  /** Moves the entry to where its sequence belongs among the new priority; false when the id is not there. */
  reprioritise(id: string, priority: number): boolean {
    const slot = this.index.find(id);
    if (slot === NONE) return false;
    const sequence = this.records.sequenceAt(slot);
    checkRanges(priority, sequence);
    if (priority === this.records.priorityAt(slot)) return true;
    if (this.order.has(priority, sequence)) throw takenError(priority, sequence);
    this.order.remove(slot);
    this.records.setPriority(slot, priority);
    this.order.insert(slot);
    this.changes++;
    return true;
  }

  has(id: string): boolean {
    return this.index.find(id) !== NONE;
  }

  priorityOf(id: string): number | undefined {
    const slot = this.index.find(id);
    return slot === NONE ? undefined : this.records.priorityAt(slot);
  }

  sequenceOf(id: string): number | undefined {
    const slot = this.index.find(id);
    return slot === NONE ? undefined : this.records.sequenceAt(slot);
  }

  /** How many entries come before this one; −1 when the id is not there. */
  rank(id: string): number {
    const slot = this.index.find(id);
    return slot === NONE ? -1 : this.order.countBefore(this.records.priorityAt(slot), this.records.sequenceAt(slot));
  }

  /** How many entries come strictly before that place, taken or not; a sequence of Infinity counts the whole priority. */
  countBefore(priority: number, sequence: number): number {
    return this.order.countBefore(priority, sequence);
  }

  peek(): Entry | undefined {
    return this.at(0);
  }

  pop(): Entry | undefined {
    const slot = this.order.slotAt(0);
    if (slot === NONE) return undefined;
    const entry = this.entryOf(slot);
    this.removeSlot(slot);
    return entry;
  }

  at(rank: number): Entry | undefined {
    const slot = this.order.slotAt(rank);
    return slot === NONE ? undefined : this.entryOf(slot);
  }

  /**
   * The entries in order, each read when it is asked for. The queue may change meanwhile: the iteration goes on with
   * what then comes behind the place of the entry given last.
   */
  *entries(fromRank = 0): IterableIterator<Entry> {
    let rank = fromRank;
    for (let entry = this.at(rank); entry !== undefined; entry = this.at(rank)) {
      const seen = this.changes;
      yield entry;
      rank = seen === this.changes ? rank + 1 : this.countBefore(entry.priority, entry.sequence + 1);
    }
  }

  /** A copy that shares nothing with this queue. */
  fork(): PriorityQueue {
    const copy = new PriorityQueue();
    copy.records = this.records.clone();
    copy.index = this.index.clone(copy.records);
    copy.order = this.order.clone(copy.records);
    return copy;
  }

  /** A hash of the entries in their order, the same for the same content whatever its history; 16 hex digits. */
  digest(): string {
    let high = this.size;
    let low = ~this.size;
    for (const slot of this.order) {
      high = this.records.mixInto(high, slot, 0x9e3779b1);
      low = this.records.mixInto(low, slot, 0x85ebca77);
    }
    return [high, low].map((half) => (half >>> 0).toString(16).padStart(8, '0')).join('');
  }

  /** Throws an Error that says what is wrong. Takes O(n log n). */
  checkInvariants(): void {
    this.order.checkInvariants();
    const linked = this.index.countLinked();
    const inUse = this.records.slotEnd - 1 - this.records.countFree();
    if (linked !== this.size || inUse !== this.size) {
      throw new Error(`${this.size} entries in order, ${linked} in the index, ${inUse} slots in use`);
    }
    for (const slot of this.order) {
      if (this.index.findLike(slot) !== slot) throw new Error(`slot ${slot} is in order, but not in the index`);
    }
  }

  /** The bytes of its typed arrays, what they hold in reserve included. */
  memoryBytes(): number {
    return this.records.memoryBytes() + this.index.memoryBytes() + this.order.memoryBytes();
  }

  private removeSlot(slot: number): void {
    this.order.remove(slot);
    this.index.remove(slot);
    this.records.release(slot);
    this.changes++;
    if (this.size === 0 && this.records.slotEnd > KEPT_SLOTS) this.giveMemoryBack();
  }

  private giveMemoryBack(): void {
    this.records = new EntryRecords();
    this.index = new IdIndex(this.records);
    this.order = new OrderedSlots(this.records);
  }

  private entryOf(slot: number): Entry {
    const { records } = this;
    return { id: records.idAt(slot), priority: records.priorityAt(slot), sequence: records.sequenceAt(slot) };
  }
}

function checkRanges(priority: number, sequence: number): void {
  if (!Number.isInteger(priority) || Math.abs(priority) > PRIORITY_LIMIT) {
    throw new RangeError(`not a priority: ${priority}`);
  }
  if (!Number.isSafeInteger(sequence)) throw new RangeError(`not a sequence: ${sequence}`);
}

function takenError(priority: number, sequence: number): RangeError {
  return new RangeError(`another entry of priority ${priority} has the sequence ${sequence}`);
}
