/**
 * The order of the entries: their slots, highest priority first, and lowest sequence first within one priority.
 *
 * A place is found by a binary search over the chunks' bounds and another inside the chunk. A full chunk is cut in
 * two near the insertion, but never closer than a quarter to its ends: runs of growing sequences leave their chunks
 * three quarters full or fuller, and no pattern of insertions cuts more often than once in a quarter chunk. Two
 * neighbours that fit into half a chunk become one. It knows nothing of ids.
 */

import { CHUNK, ChunkList } from './chunk-list.ts';
import { type EntryRecords, NONE } from './entry-records.ts';

const QUARTER = CHUNK / 4;

export class OrderedSlots {
  private readonly records: EntryRecords;
  private readonly list: ChunkList;

  constructor(records: EntryRecords, list = new ChunkList()) {
    this.records = records;
    this.list = list;
  }

  /** The order of slots that are sorted already. */
  static load(records: EntryRecords, sorted: Int32Array): OrderedSlots {
    const order = new OrderedSlots(records, ChunkList.load(sorted, CHUNK - QUARTER));
    for (let chunk = 0; chunk < order.list.length; chunk++) order.refreshBound(chunk);
    return order;
  }

  get size(): number {
    return this.list.size;
  }

  /** Puts the slot into its place; false, and nothing is changed, when another entry has that place. */
  insert(slot: number): boolean {
    const { records, list } = this;
    const priority = records.priorityAt(slot);
    const sequence = records.sequenceAt(slot);
    const chunk = this.findChunk(priority, sequence);
    const index = this.findIndex(chunk, priority, sequence);
    if (this.isAt(chunk, index, priority, sequence)) return false;
    if (list.countOf(chunk) === CHUNK) {
      this.split(chunk, index);
      return this.insert(slot);
    }
    list.insert(chunk, index, slot);
    if (index === list.countOf(chunk) - 1) list.setBound(chunk, priority, sequence);
    return true;
  }

  /** Takes the slot, which is in the order, out of it. */
  remove(slot: number): void {
    const priority = this.records.priorityAt(slot);
    const sequence = this.records.sequenceAt(slot);
    const chunk = this.findChunk(priority, sequence);
    this.list.remove(chunk, this.findIndex(chunk, priority, sequence));
    if (this.fitTogether(chunk)) this.mergeNext(chunk);
    else if (chunk > 0 && this.fitTogether(chunk - 1)) this.mergeNext(chunk - 1);
  }

  has(priority: number, sequence: number): boolean {
    const chunk = this.findChunk(priority, sequence);
    return this.isAt(chunk, this.findIndex(chunk, priority, sequence), priority, sequence);
  }

  /** How many entries come strictly before that place. */
  countBefore(priority: number, sequence: number): number {
    const chunk = this.findChunk(priority, sequence);
    return this.list.rankOf(chunk) + this.findIndex(chunk, priority, sequence);
  }

  /** The slot at `rank`, or NONE. */
  slotAt(rank: number): number {
    return Number.isInteger(rank) && rank >= 0 && rank < this.size ? this.list.slotAt(rank) : NONE;
  }

  [Symbol.iterator](): Iterator<number> {
    return this.list[Symbol.iterator]();
  }

  clone(records: EntryRecords): OrderedSlots {
    return new OrderedSlots(records, this.list.clone());
  }

  memoryBytes(): number {
    return this.list.memoryBytes();
  }

  /** Throws when a slot is not where a search or its rank leads to, or when chunks are not cut as they should be. */
  checkInvariants(): void {
    this.list.checkInvariants();
    let rank = 0;
    for (const slot of this) {
      const before = this.countBefore(this.records.priorityAt(slot), this.records.sequenceAt(slot));
      if (before !== rank) throw new Error(`slot ${slot} has rank ${rank}, but a search finds ${before} before it`);
      if (this.slotAt(rank) !== slot) throw new Error(`rank ${rank} does not lead to its slot ${slot}`);
      rank++;
    }
    for (let chunk = 0; chunk < this.list.length; chunk++) {
      if (this.fitTogether(chunk)) throw new Error(`chunks ${chunk} and ${chunk + 1} should be one`);
    }
  }

  /** The first chunk whose bound is not before the place; the last chunk when there is none. */
  private findChunk(priority: number, sequence: number): number {
    const { list } = this;
    let low = 0;
    let high = list.length - 1;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const its = list.boundPriorityOf(middle);
      if (its > priority || (its === priority && list.boundSequenceOf(middle) < sequence)) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** How many slots of the chunk are before the place. */
  private findIndex(chunk: number, priority: number, sequence: number): number {
    const { records, list } = this;
    let low = 0;
    let high = list.countOf(chunk);
    while (low < high) {
      const middle = (low + high) >>> 1;
      const slot = list.slotIn(chunk, middle);
      const its = records.priorityAt(slot);
      if (its > priority || (its === priority && records.sequenceAt(slot) < sequence)) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  private isAt(chunk: number, index: number, priority: number, sequence: number): boolean {
    if (index === this.list.countOf(chunk)) return false;
    const slot = this.list.slotIn(chunk, index);
    return this.records.priorityAt(slot) === priority && this.records.sequenceAt(slot) === sequence;
  }

  private refreshBound(chunk: number): void {
    const count = this.list.countOf(chunk);
    if (count === 0) return; // a lone chunk: no search asks for its bound
    const slot = this.list.slotIn(chunk, count - 1);
    this.list.setBound(chunk, this.records.priorityAt(slot), this.records.sequenceAt(slot));
  }

  private split(chunk: number, index: number): void {
    this.list.split(chunk, Math.min(Math.max(index, QUARTER), CHUNK - QUARTER));
    this.refreshBound(chunk);
    this.refreshBound(chunk + 1);
  }

  private mergeNext(chunk: number): void {
    this.list.mergeNext(chunk);
    this.refreshBound(chunk);
  }

  /** Whether the chunk and the next one should be one. */
  private fitTogether(chunk: number): boolean {
    if (chunk + 1 >= this.list.length) return false;
    const here = this.list.countOf(chunk);
    const next = this.list.countOf(chunk + 1);
    return here === 0 || next === 0 || here + next <= CHUNK / 2;
  }
}
