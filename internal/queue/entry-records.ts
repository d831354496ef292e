/**
 * The memory of the queue's entries: columns of typed arrays, 32 bytes an entry.
 *
 * An entry's number is its slot, which stays the same while it lives; released slots are handed out again. Slot 0 is
 * never an entry: it holds the id that is being looked for, and its number stands for "none". Each column is an array
 * of its own, because a search in the order reads little but priorities: packed together they stay in the caches.
 * It neither keeps ids unique nor entries in order, and checks no values.
 */

import { grownCapacity, withLength } from './typed-arrays.ts';
import { bytesToUuid, UUID_BYTES, uuidToBytes } from './uuid-bytes.ts';

/** No slot: the end of a chain, or an id or a rank that is not there. */
export const NONE = 0;
/** The slot of the id that is being looked for. */
export const WANTED = 0;

const ID_WORDS = UUID_BYTES / Int32Array.BYTES_PER_ELEMENT;

export class EntryRecords {
  private end = 1;
  private free = NONE;
  private idWords: Int32Array;
  private idBytes: Uint8Array; // the same memory
  private priorities: Int32Array;
  private sequences: Float64Array;
  private links: Int32Array;

  constructor(capacity = 64) {
    this.idWords = new Int32Array(capacity * ID_WORDS);
    this.idBytes = new Uint8Array(this.idWords.buffer);
    this.priorities = new Int32Array(capacity);
    this.sequences = new Float64Array(capacity);
    this.links = new Int32Array(capacity);
  }

  /** Slots 1 to `count` from columns: ids of 16 bytes each, priorities and sequences. */
  static load(ids: Uint8Array, priorities: Int32Array, sequences: Float64Array, count: number): EntryRecords {
    const records = new EntryRecords(grownCapacity(count));
    records.end = count + 1;
    records.idBytes.set(ids.subarray(0, count * UUID_BYTES), UUID_BYTES);
    records.priorities.set(priorities.subarray(0, count), 1);
    records.sequences.set(sequences.subarray(0, count), 1);
    return records;
  }

  /** One more than the highest slot ever used. */
  get slotEnd(): number {
    return this.end;
  }

  /** Makes an entry of the wanted id and returns its slot. */
  take(priority: number, sequence: number): number {
    const slot = this.free === NONE ? this.openSlot() : this.free;
    if (slot === this.free) this.free = this.linkAt(slot);
    for (let i = 0; i < ID_WORDS; i++) this.idWords[slot * ID_WORDS + i] = this.idWords[i] as number;
    this.priorities[slot] = priority;
    this.sequences[slot] = sequence;
    return slot;
  }

  release(slot: number): void {
    this.links[slot] = this.free;
    this.free = slot;
  }

  /** Throws a RangeError when `id` is no UUID. */
  setWanted(id: string): void {
    uuidToBytes(id, this.idBytes, WANTED);
  }

  idAt(slot: number): string {
    return bytesToUuid(this.idBytes, slot * UUID_BYTES);
  }

  /** The last words, which are random in a UUIDv7, are compared first. */
  haveSameId(slotA: number, slotB: number): boolean {
    const words = this.idWords;
    const a = slotA * ID_WORDS;
    const b = slotB * ID_WORDS;
    return (
      words[a + 3] === words[b + 3] &&
      words[a + 2] === words[b + 2] &&
      words[a + 1] === words[b + 1] &&
      words[a] === words[b]
    );
  }

  /** 32 well-mixed bits of the id: a multilinear sum under MurmurHash3's finaliser. */
  hashAt(slot: number): number {
    const words = this.idWords;
    const at = slot * ID_WORDS;
    let hash =
      Math.imul(words[at] as number, 0x9e3779b1) +
      Math.imul(words[at + 1] as number, 0x85ebca77) +
      Math.imul(words[at + 2] as number, 0xc2b2ae3d) +
      Math.imul(words[at + 3] as number, 0x27d4eb2f);
    hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
    hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
    return hash ^ (hash >>> 16);
  }

  /** Adds an entry's id, priority and sequence to a running hash. */
  mixInto(hash: number, slot: number, multiplier: number): number {
    const sequence = this.sequenceAt(slot);
    let mixed = hash;
    for (let i = 0; i < ID_WORDS; i++) mixed = mix(mixed, this.idWords[slot * ID_WORDS + i] as number, multiplier);
    mixed = mix(mixed, this.priorityAt(slot), multiplier);
    mixed = mix(mixed, Math.floor(sequence / 2 ** 32), multiplier);
    return mix(mixed, sequence, multiplier);
  }

  priorityAt(slot: number): number {
    return this.priorities[slot] as number;
  }

  setPriority(slot: number, priority: number): void {
    this.priorities[slot] = priority;
  }

  sequenceAt(slot: number): number {
    return this.sequences[slot] as number;
  }

  linkAt(slot: number): number {
    return this.links[slot] as number;
  }

  setLink(slot: number, link: number): void {
    this.links[slot] = link;
  }

  clone(): EntryRecords {
    const copy = new EntryRecords(0);
    copy.end = this.end;
    copy.free = this.free;
    copy.idWords = this.idWords.slice();
    copy.idBytes = new Uint8Array(copy.idWords.buffer);
    copy.priorities = this.priorities.slice();
    copy.sequences = this.sequences.slice();
    copy.links = this.links.slice();
    return copy;
  }

  memoryBytes(): number {
    const columns = [this.idWords, this.priorities, this.sequences, this.links];
    return columns.reduce((bytes, column) => bytes + column.byteLength, 0);
  }

  /** How many slots are free. Throws when the free list runs in a circle or out of the table. */
  countFree(): number {
    let count = 0;
    for (let slot = this.free; slot !== NONE; slot = this.linkAt(slot)) {
      if (slot >= this.end || ++count >= this.end) throw new Error(`the free list is broken at slot ${slot}`);
    }
    return count;
  }

  private openSlot(): number {
    if (this.end === this.links.length) this.resize(grownCapacity(this.end));
    return this.end++;
  }

  private resize(capacity: number): void {
    this.idWords = withLength(this.idWords, capacity * ID_WORDS);
    this.idBytes = new Uint8Array(this.idWords.buffer);
    this.priorities = withLength(this.priorities, capacity);
    this.sequences = withLength(this.sequences, capacity);
    this.links = withLength(this.links, capacity);
  }
}

/** One step of a running hash; of `word` its lowest 32 bits count. */
function mix(hash: number, word: number, multiplier: number): number {
  const mixed = Math.imul(hash ^ word, multiplier);
  return mixed ^ (mixed >>> 15);
}
