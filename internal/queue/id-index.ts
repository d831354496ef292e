/**
 * The way from an id to its record: a linear hash (Litwin 1980) with one bucket for each slot ever used.
 *
 * Each new slot splits one bucket in two, so the index grows with the records and never pauses for a rehash. A bucket
 * is a chain through the records' links, so a removal leaves no tombstone. It knows ids and slots, nothing else.
 */

import { type EntryRecords, NONE, WANTED } from './entry-records.ts';
import { grownCapacity, withLength } from './typed-arrays.ts';

export class IdIndex {
  private readonly records: EntryRecords;
  private buckets = 1;
  /** The hash bits in use, all ones. They name a bucket; one that is not split off yet is part of its lower half. */
  private mask = 0;
  private heads: Int32Array;

  constructor(records: EntryRecords, heads: Int32Array = new Int32Array(64)) {
    this.records = records;
    this.heads = heads;
  }

  /** An index of the slots 1 to `count`. Throws a RangeError when two of them have the same id. */
  static load(records: EntryRecords, count: number): IdIndex {
    const index = new IdIndex(records, new Int32Array(grownCapacity(count)));
    index.buckets = count + 1;
    index.mask = count === 0 ? 0 : 2 ** (32 - Math.clz32(count)) - 1;
    for (let slot = 1; slot <= count; slot++) {
      if (index.findLike(slot) !== NONE) throw new RangeError(`id ${records.idAt(slot)} comes twice`);
      index.link(slot, index.bucketOf(slot));
    }
    return index;
  }

  /** The slot of `id`, or NONE; `id` is the wanted one of the records from here on. */
  find(id: string): number {
    this.records.setWanted(id);
    return this.findLike(WANTED);
  }

  /** Adds a slot whose id is not here yet. */
  add(slot: number): void {
    while (this.buckets <= slot) this.openBucket();
    this.link(slot, this.bucketOf(slot));
  }

  remove(slot: number): void {
    const { records, heads } = this;
    const bucket = this.bucketOf(slot);
    let before = heads[bucket] as number;
    if (before === slot) {
      heads[bucket] = records.linkAt(slot);
      return;
    }
    while (records.linkAt(before) !== slot) before = records.linkAt(before);
    records.setLink(before, records.linkAt(slot));
  }

  clone(records: EntryRecords): IdIndex {
    const copy = new IdIndex(records, this.heads.slice());
    copy.buckets = this.buckets;
    copy.mask = this.mask;
    return copy;
  }

  memoryBytes(): number {
    return this.heads.byteLength;
  }

  /** How many slots the chains hold. Throws when one stands in the wrong chain or behind another of its id. */
  countLinked(): number {
    let count = 0;
    for (let bucket = 0; bucket < this.buckets; bucket++) {
      for (let slot = this.heads[bucket] as number; slot !== NONE; slot = this.records.linkAt(slot)) {
        if (++count >= this.buckets) throw new Error(`the chains hold more slots than there are`);
        if (this.bucketOf(slot) !== bucket) throw new Error(`slot ${slot} stands in the wrong bucket ${bucket}`);
        if (this.findLike(slot) !== slot) throw new Error(`slot ${slot} has the id of another slot`);
      }
    }
    return count;
  }

  /** The slot in the index with the same id as `slot`, or NONE. */
  findLike(slot: number): number {
    const { records } = this;
    let found = this.heads[this.bucketOf(slot)] as number;
    while (found !== NONE && !records.haveSameId(found, slot)) found = records.linkAt(found);
    return found;
  }

  private bucketOf(slot: number): number {
    const bucket = this.records.hashAt(slot) & this.mask;
    return bucket < this.buckets ? bucket : bucket & (this.mask >>> 1);
  }

  private openBucket(): void {
    if (this.buckets === this.heads.length) this.heads = withLength(this.heads, grownCapacity(this.buckets));
    const bucket = this.buckets++;
    if (bucket > this.mask) this.mask = this.mask * 2 + 1;
    this.split(bucket & (this.mask >>> 1));
  }

  /** Deals the chain of `bucket` out again, to itself and to the bucket that was opened last. */
  private split(bucket: number): void {
    let slot = this.heads[bucket] as number;
    this.heads[bucket] = NONE;
    while (slot !== NONE) {
      const next = this.records.linkAt(slot);
      this.link(slot, this.bucketOf(slot));
      slot = next;
    }
  }

  private link(slot: number, bucket: number): void {
    this.records.setLink(slot, this.heads[bucket] as number);
    this.heads[bucket] = slot;
  }
}
