/**
 * The memory of the queue's entries: records of 32 bytes, half a cache line each, in one buffer.
 *
 * A record's number is its slot, which stays the same while the entry lives; released slots are handed out again.
 * Slot 0 is never an entry: it holds the id that is being looked for, and its number stands for "none".
 * It neither keeps ids unique nor entries in order, and checks no values.
 */

import { grownCapacity, withLength } from './typed-arrays.ts';
import { bytesToUuid, UUID_BYTES, uuidToBytes } from './uuid-bytes.ts';

/** No slot: the end of a chain, or an id or a rank that is not there. */
export const NONE = 0;
/** The slot of the id that is being looked for. */
export const WANTED = 0;

// A record through its three views: bytes 0–15 id, 16–23 sequence, 24–27 priority, 28–31 link to another slot.
const RECORD_BYTES = 32;
const WORDS = RECORD_BYTES / Int32Array.BYTES_PER_ELEMENT;
const DOUBLES = RECORD_BYTES / Float64Array.BYTES_PER_ELEMENT;
const ID_WORDS = UUID_BYTES / Int32Array.BYTES_PER_ELEMENT;
const SEQUENCE = 2; // in doubles
const PRIORITY = 6; // in words
const LINK = 7;

export class EntryRecords {
  private end = 1;
  private free = NONE;
  private words: Int32Array;
  private doubles: Float64Array;
  private bytes: Uint8Array;

  /** An empty table, or one over the records `words` of another. */
  constructor(words: Int32Array = new Int32Array(64 * WORDS)) {
    this.words = words;
    this.doubles = new Float64Array(words.buffer);
    this.bytes = new Uint8Array(words.buffer);
  }

  /** Slots 1 to `count` from columns: ids of 16 bytes each, priorities and sequences. */
  static load(ids: Uint8Array, priorities: Int32Array, sequences: Float64Array, count: number): EntryRecords {
    const records = new EntryRecords(new Int32Array(grownCapacity(count) * WORDS));
    const idBytes = new Uint8Array(count * UUID_BYTES); // a copy, because an Int32Array needs aligned bytes
    idBytes.set(ids.subarray(0, idBytes.length));
    const idWords = new Int32Array(idBytes.buffer);
    for (let row = 0; row < count; row++) {
      const slot = row + 1;
      records.copyId(idWords, row * ID_WORDS, slot);
      records.setKey(slot, priorities[row] as number, sequences[row] as number);
    }
    records.end = count + 1;
    return records;
  }

  /** One more than the highest slot ever used. */
  get slotEnd(): number {
    return this.end;
  }

  /** Makes a record of the wanted id and returns its slot. */
  take(priority: number, sequence: number): number {
    const slot = this.free === NONE ? this.openSlot() : this.free;
    if (slot === this.free) this.free = this.linkAt(slot);
    this.copyId(this.words, WANTED, slot);
    this.setKey(slot, priority, sequence);
    return slot;
  }

  release(slot: number): void {
    this.setLink(slot, this.free);
    this.free = slot;
  }

  /** Throws a RangeError when `id` is no UUID. */
  setWanted(id: string): void {
    uuidToBytes(id, this.bytes, WANTED);
  }

  idAt(slot: number): string {
    return bytesToUuid(this.bytes, slot * RECORD_BYTES);
  }

  /** The last words, which are random in a UUIDv7, are compared first. */
  haveSameId(slotA: number, slotB: number): boolean {
    const { words } = this;
    const a = slotA * WORDS;
    const b = slotB * WORDS;
    return (
      words[a + 3] === words[b + 3] &&
      words[a + 2] === words[b + 2] &&
      words[a + 1] === words[b + 1] &&
      words[a] === words[b]
    );
  }

  /** 32 well-mixed bits of the id: a multilinear sum under MurmurHash3's finaliser. */
  hashAt(slot: number): number {
    const { words } = this;
    const at = slot * WORDS;
    let hash =
      Math.imul(words[at] as number, 0x9e3779b1) +
      Math.imul(words[at + 1] as number, 0x85ebca77) +
      Math.imul(words[at + 2] as number, 0xc2b2ae3d) +
      Math.imul(words[at + 3] as number, 0x27d4eb2f);
    hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
    hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
    return hash ^ (hash >>> 16);
  }

  /** Adds the content of a record, not its slot or link, to a running hash. */
  mixInto(hash: number, slot: number, multiplier: number): number {
    let mixed = hash;
    for (let at = slot * WORDS; at < slot * WORDS + LINK; at++) {
      mixed = Math.imul(mixed ^ (this.words[at] as number), multiplier);
      mixed ^= mixed >>> 15;
    }
    return mixed;
  }

  priorityAt(slot: number): number {
    return this.words[slot * WORDS + PRIORITY] as number;
  }

  setPriority(slot: number, priority: number): void {
    this.words[slot * WORDS + PRIORITY] = priority;
  }

  sequenceAt(slot: number): number {
    return this.doubles[slot * DOUBLES + SEQUENCE] as number;
  }

  linkAt(slot: number): number {
    return this.words[slot * WORDS + LINK] as number;
  }

  setLink(slot: number, link: number): void {
    this.words[slot * WORDS + LINK] = link;
  }

  clone(): EntryRecords {
    const copy = new EntryRecords(this.words.slice());
    copy.end = this.end;
    copy.free = this.free;
    return copy;
  }

  memoryBytes(): number {
    return this.words.byteLength;
  }

  /** How many slots are free. Throws when the free list runs in a circle or out of the table. */
  countFree(): number {
    let count = 0;
    for (let slot = this.free; slot !== NONE; slot = this.linkAt(slot)) {
      if (slot >= this.end || ++count >= this.end) throw new Error(`the free list is broken at slot ${slot}`);
    }
    return count;
  }

  private setKey(slot: number, priority: number, sequence: number): void {
    this.doubles[slot * DOUBLES + SEQUENCE] = sequence + 0; // -0, which hashes otherwise, becomes 0
    this.words[slot * WORDS + PRIORITY] = priority;
  }

  private copyId(source: Int32Array, from: number, slot: number): void {
    const { words } = this;
    const at = slot * WORDS;
    for (let i = 0; i < ID_WORDS; i++) words[at + i] = source[from + i] as number;
  }

  private openSlot(): number {
    const capacity = this.words.length / WORDS;
    if (this.end === capacity) {
      this.words = withLength(this.words, grownCapacity(capacity) * WORDS);
      this.doubles = new Float64Array(this.words.buffer);
      this.bytes = new Uint8Array(this.words.buffer);
    }
    return this.end++;
  }
}
