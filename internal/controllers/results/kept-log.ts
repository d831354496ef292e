// As much of one log as there is room for: all of it, or its head and its tail, how many bytes are missing between them, and the
// SHA-256 of all that went by. However long the log is, it holds no more than its room allows, and no more than twice that
// while it is written.
import { createHash, type Hash } from 'node:crypto';
import type { LogRoom, Occupant } from './log-room.ts';

export interface KeptLogSummary {
  /** Of the whole log. */
  bytes: number;
  missing: number;
  sha256: string;
}

/** What is held is from `from` to `to`; behind that there may be room for more. */
interface Block {
  buffer: Buffer;
  from: number;
  to: number;
}

const blockBytes = 16_384;

export class KeptLog implements Occupant {
  readonly #room: LogRoom;
  readonly #hash: Hash = createHash('sha256');
  /** All of it, as long as nothing is missing. */
  readonly #head: Block[] = [];
  readonly #tail: Block[] = [];
  #headBytes = 0;
  #tailBytes = 0;
  #bytes = 0;
  #isCut = false;
  #isOver = false;
  /** To be filled again: of a gigabyte it would be a gigabyte of garbage. */
  #spare: Buffer | undefined;

  constructor(room: LogRoom) {
    this.#room = room;
  }

  /** Takes a copy. */
  write(chunk: Buffer): void {
    this.#bytes += chunk.length;
    this.#hash.update(chunk);
    for (let at = 0; at < chunk.length; at += blockBytes) {
      const piece = chunk.subarray(at, at + blockBytes);
      this.#append(piece);
      this.#room.grown(this, piece.length);
    }
  }

  /** Nothing more will be written: what is held takes no more memory than it has to. */
  end(): void {
    this.#isOver = true;
    this.#spare = undefined;
    for (const block of [...this.#head, ...this.#tail]) compact(block);
  }

  get kept(): number {
    return this.#headBytes + this.#tailBytes;
  }

  shrinkTo(bytes: number): void {
    if (bytes >= this.kept) return;
    const head = Math.ceil(bytes / 2);
    if (!this.#isCut) this.#cutAt(head);
    const headBytes = Math.max(Math.min(this.#headBytes, head), bytes - this.#tailBytes);
    this.#dropFromHead(this.#headBytes - headBytes);
    this.#dropFromTail(this.#tailBytes - (bytes - headBytes));
    if (this.#isOver) for (const block of [this.#head.at(-1), this.#tail[0]]) if (block) compact(block);
  }

  summary(): KeptLogSummary {
    return { bytes: this.#bytes, missing: this.#bytes - this.kept, sha256: this.#hash.copy().digest('hex') };
  }

  /** What is kept, in order; when something is missing, `marker` stands in its place on a line of its own. */
  pieces(marker: (summary: KeptLogSummary) => string): Buffer[] {
    const summary = this.summary();
    const between = summary.missing === 0 ? [] : [Buffer.from(`\n${marker(summary)}\n`)];
    return [...this.#head.map(bytesOf), ...between, ...this.#tail.map(bytesOf)];
  }

  #append(piece: Buffer): void {
    const blocks = this.#isCut ? this.#tail : this.#head;
    for (let at = 0; at < piece.length; ) {
      let last = blocks.at(-1);
      if (!last || last.to === last.buffer.length) {
        last = { buffer: this.#newBuffer(piece.length - at), from: 0, to: 0 };
        blocks.push(last);
      }
      const copied = piece.copy(last.buffer, last.to, at);
      last.to += copied;
      at += copied;
    }
    if (this.#isCut) this.#tailBytes += piece.length;
    else this.#headBytes += piece.length;
  }

  /** Small logs have small blocks. */
  #newBuffer(bytes: number): Buffer {
    const size = Math.min(blockBytes, Math.max(bytes, this.kept));
    const spare = size === blockBytes ? this.#spare : undefined;
    if (spare) this.#spare = undefined;
    return spare ?? Buffer.allocUnsafeSlow(size);
  }

  /** What was the whole becomes a head of so many bytes, and the tail. */
  #cutAt(headBytes: number): void {
    this.#isCut = true;
    let before = 0;
    const index = this.#head.findIndex(({ from, to }) => {
      if (before + to - from > headBytes) return true;
      before += to - from;
      return false;
    });
    const [block, ...rest] = this.#head.splice(index);
    if (!block) return;
    const at = block.from + headBytes - before;
    this.#tail.push({ buffer: block.buffer, from: at, to: block.to }, ...rest);
    if (headBytes > before) this.#head.push(copyOf({ ...block, to: at }));
    this.#tailBytes = this.#headBytes - headBytes;
    this.#headBytes = headBytes;
  }

  #dropFromHead(bytes: number): void {
    this.#headBytes -= bytes;
    for (let left = bytes; left > 0; ) {
      const block = this.#head.at(-1) as Block;
      const dropped = Math.min(left, block.to - block.from);
      block.to -= dropped;
      left -= dropped;
      if (block.to === block.from) this.#head.pop();
    }
  }

  #dropFromTail(bytes: number): void {
    this.#tailBytes -= bytes;
    for (let left = bytes; left > 0; ) {
      const block = this.#tail[0] as Block;
      const dropped = Math.min(left, block.to - block.from);
      block.from += dropped;
      left -= dropped;
      if (block.from < block.to) continue;
      this.#tail.shift();
      if (block.buffer.length === blockBytes && !this.#isOver) this.#spare = block.buffer;
    }
  }
}

function bytesOf({ buffer, from, to }: Block): Buffer {
  return buffer.subarray(from, to);
}

function copyOf(block: Block): Block {
  const buffer = Buffer.from(bytesOf(block));
  return { buffer, from: 0, to: buffer.length };
}

function compact(block: Block): void {
  if ((block.to - block.from) * 2 < block.buffer.length) Object.assign(block, copyOf(block));
}
