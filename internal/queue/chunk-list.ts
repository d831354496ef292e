/**
 * A long list of slots as a list of chunks, so that an insertion or a removal moves a bounded number of them.
 *
 * A chunk is a block of cells; the directory has one line for each chunk, in order: its block, how many cells are in
 * use, and its bound, a key that none of its slots is behind and all of the next chunk's are, so that the search for a
 * chunk touches no record. Ranks come from a Fenwick tree over the counts. What the order is, and when to cut or merge,
 * is its owner's business.
 */

import { FenwickTree } from './fenwick-tree.ts';
import { grownCapacity, withLength } from './typed-arrays.ts';

/** The most slots a chunk holds. */
export const CHUNK = 256;

export class ChunkList {
  private chunks = 1;
  private slots = 0;
  private ranks = new FenwickTree();
  private cells: Int32Array = new Int32Array(CHUNK);
  // The directory. The blocks of the lines behind the last chunk are the free ones.
  private blocks: Int32Array = new Int32Array(1);
  private counts: Int32Array = new Int32Array(1);
  private boundPriorities: Int32Array = new Int32Array(1);
  private boundSequences: Float64Array = new Float64Array(1);

  constructor() {
    this.rebuildRanks();
  }

  /** The slots dealt out to chunks of `filled`; the bounds are still to be set. */
  static load(slots: Int32Array, filled: number): ChunkList {
    const list = new ChunkList();
    list.slots = slots.length;
    list.chunks = Math.max(1, Math.ceil(slots.length / filled));
    list.resize(list.chunks);
    for (let chunk = 0; chunk < list.chunks; chunk++) {
      const part = slots.subarray(chunk * filled, (chunk + 1) * filled);
      list.cells.set(part, chunk * CHUNK);
      list.counts[chunk] = part.length;
    }
    list.rebuildRanks();
    return list;
  }

  /** The number of chunks, never 0; only a lone one may be empty. */
  get length(): number {
    return this.chunks;
  }

  /** The number of slots. */
  get size(): number {
    return this.slots;
  }

  countOf(chunk: number): number {
    return this.counts[chunk] as number;
  }

  slotIn(chunk: number, index: number): number {
    return this.cells[(this.blocks[chunk] as number) * CHUNK + index] as number;
  }

  boundPriorityOf(chunk: number): number {
    return this.boundPriorities[chunk] as number;
  }

  boundSequenceOf(chunk: number): number {
    return this.boundSequences[chunk] as number;
  }

  setBound(chunk: number, priority: number, sequence: number): void {
    this.boundPriorities[chunk] = priority;
    this.boundSequences[chunk] = sequence;
  }

  /** The rank of the first slot of the chunk. */
  rankOf(chunk: number): number {
    return this.ranks.sumBefore(chunk);
  }

  /** The slot at `rank`, which is from 0 to size − 1. */
  slotAt(rank: number): number {
    const chunk = this.ranks.indexOfRank(rank);
    return this.slotIn(chunk, rank - this.ranks.sumBefore(chunk));
  }

  *[Symbol.iterator](): Generator<number> {
    for (let chunk = 0; chunk < this.chunks; chunk++) {
      for (let index = 0; index < this.countOf(chunk); index++) yield this.slotIn(chunk, index);
    }
  }

  /** Puts a slot into a chunk that is not full. */
  insert(chunk: number, index: number, slot: number): void {
    const start = (this.blocks[chunk] as number) * CHUNK;
    this.cells.copyWithin(start + index + 1, start + index, start + this.countOf(chunk));
    this.cells[start + index] = slot;
    this.recount(chunk, 1);
  }

  remove(chunk: number, index: number): void {
    const start = (this.blocks[chunk] as number) * CHUNK;
    this.cells.copyWithin(start + index, start + index + 1, start + this.countOf(chunk));
    this.recount(chunk, -1);
  }

  /** Moves what lies from `cut` on into a new chunk after this one. */
  split(chunk: number, cut: number): void {
    this.openLine(chunk + 1);
    this.moveCells(chunk, cut, chunk + 1);
    this.rebuildRanks();
  }

  /** Appends the next chunk to this one. */
  mergeNext(chunk: number): void {
    this.moveCells(chunk + 1, 0, chunk);
    this.closeLine(chunk + 1);
    this.rebuildRanks();
  }

  clone(): ChunkList {
    const copy = new ChunkList();
    copy.chunks = this.chunks;
    copy.slots = this.slots;
    copy.ranks = this.ranks.clone();
    copy.cells = this.cells.slice();
    copy.blocks = this.blocks.slice();
    copy.counts = this.counts.slice();
    copy.boundPriorities = this.boundPriorities.slice();
    copy.boundSequences = this.boundSequences.slice();
    return copy;
  }

  memoryBytes(): number {
    const bytes = this.directory().reduce((sum, column) => sum + column.byteLength, 0);
    return bytes + this.cells.byteLength + this.ranks.memoryBytes();
  }

  /** Throws when the directory contradicts itself. */
  checkInvariants(): void {
    let rank = 0;
    for (let chunk = 0; chunk < this.chunks; chunk++) {
      const count = this.countOf(chunk);
      const fewest = this.chunks === 1 ? 0 : 1;
      if (count < fewest || count > CHUNK) throw new Error(`chunk ${chunk} has ${count} slots`);
      if (this.rankOf(chunk) !== rank) throw new Error(`chunk ${chunk} should begin at rank ${rank}`);
      rank += count;
    }
    if (rank !== this.slots) throw new Error(`the chunks hold ${rank} slots, not ${this.slots}`);
    if (new Set(this.blocks).size !== this.blocks.length) throw new Error('a block stands in the directory twice');
  }

  private recount(chunk: number, delta: number): void {
    this.counts[chunk] = this.countOf(chunk) + delta;
    this.ranks.add(chunk, delta);
    this.slots += delta;
  }

  private rebuildRanks(): void {
    this.ranks.rebuild(this.counts, this.chunks);
  }

  /** Appends the cells of chunk `from`, beginning with its `first`, to chunk `to`. */
  private moveCells(from: number, first: number, to: number): void {
    const source = (this.blocks[from] as number) * CHUNK;
    const target = (this.blocks[to] as number) * CHUNK + this.countOf(to);
    this.cells.copyWithin(target, source + first, source + this.countOf(from));
    this.counts[to] = this.countOf(to) + this.countOf(from) - first;
    this.counts[from] = first;
  }

  private openLine(line: number): void {
    if (this.chunks === this.blocks.length) this.resize(grownCapacity(this.chunks));
    const block = this.blocks[this.chunks] as number;
    for (const column of this.directory()) column.copyWithin(line + 1, line, this.chunks);
    this.blocks[line] = block;
    this.counts[line] = 0;
    this.chunks++;
  }

  private closeLine(line: number): void {
    const block = this.blocks[line] as number;
    for (const column of this.directory()) column.copyWithin(line, line + 1, this.chunks);
    this.chunks--;
    this.blocks[this.chunks] = block;
  }

  private directory(): (Int32Array | Float64Array)[] {
    return [this.blocks, this.counts, this.boundPriorities, this.boundSequences];
  }

  private resize(capacity: number): void {
    const before = this.blocks.length;
    this.cells = withLength(this.cells, capacity * CHUNK);
    this.blocks = withLength(this.blocks, capacity);
    for (let block = before; block < capacity; block++) this.blocks[block] = block;
    this.counts = withLength(this.counts, capacity);
    this.boundPriorities = withLength(this.boundPriorities, capacity);
    this.boundSequences = withLength(this.boundSequences, capacity);
  }
}
