// As much of one log as may be kept: its head and its tail, how many bytes are missing between them, and the SHA-256 of all
// that went by. However long the log is, it holds no more than its limit.
import { createHash, type Hash } from 'node:crypto';

export interface KeptLogSummary {
  /** Of the whole log. */
  bytes: number;
  missing: number;
  sha256: string;
}

const grownByBytes = 65_536;

export class KeptLog {
  readonly #headLimit: number;
  readonly #tailLimit: number;
  readonly #hash: Hash = createHash('sha256');
  readonly #head: Buffer[] = [];
  #headBytes = 0;
  /** A ring, once it is as large as it may be. */
  #tail = Buffer.alloc(0);
  #tailBytes = 0;
  /** Where the next byte goes. */
  #tailEnd = 0;
  #bytes = 0;

  constructor(limitBytes: number) {
    this.#headLimit = Math.ceil(limitBytes / 2);
    this.#tailLimit = limitBytes - this.#headLimit;
  }

  /** Takes a copy. */
  write(chunk: Buffer): void {
    this.#bytes += chunk.length;
    this.#hash.update(chunk);
    const room = this.#headLimit - this.#headBytes;
    if (room > 0) {
      this.#head.push(Buffer.from(chunk.subarray(0, room)));
      this.#headBytes += Math.min(room, chunk.length);
    }
    if (chunk.length > room) this.#writeTail(chunk.subarray(Math.max(0, room)));
  }

  /** Bytes that are held. */
  get kept(): number {
    return this.#headBytes + this.#tailBytes;
  }

  summary(): KeptLogSummary {
    return { bytes: this.#bytes, missing: this.#bytes - this.kept, sha256: this.#hash.copy().digest('hex') };
  }

  /** What is kept, in order; when something is missing, `marker` stands in its place on a line of its own. */
  pieces(marker: (summary: KeptLogSummary) => string): Buffer[] {
    const tail = this.#tailPieces();
    const summary = this.summary();
    if (summary.missing === 0) return [...this.#head, ...tail];
    return [...this.#head, Buffer.from(`\n${marker(summary)}\n`), ...tail];
  }

  #writeTail(chunk: Buffer): void {
    const last = chunk.subarray(Math.max(0, chunk.length - this.#tailLimit));
    this.#growTail(last.length);
    const first = last.subarray(0, this.#tail.length - this.#tailEnd);
    first.copy(this.#tail, this.#tailEnd);
    last.copy(this.#tail, 0, first.length);
    this.#tailBytes = Math.min(this.#tailLimit, this.#tailBytes + last.length);
    this.#tailEnd = this.#tail.length === 0 ? 0 : (this.#tailEnd + last.length) % this.#tail.length;
  }

  /** It is no ring before it is as large as it may be: until then nothing in it is overwritten. */
  #growTail(by: number): void {
    const needed = Math.min(this.#tailLimit, this.#tailBytes + by);
    if (needed <= this.#tail.length) return;
    const grown = Buffer.alloc(Math.min(this.#tailLimit, Math.max(needed, this.#tail.length * 2, grownByBytes)));
    this.#tail.copy(grown, 0, 0, this.#tailBytes);
    this.#tail = grown;
    this.#tailEnd = this.#tailBytes % grown.length;
  }

  #tailPieces(): Buffer[] {
    if (this.#tailBytes < this.#tail.length) return [this.#tail.subarray(0, this.#tailBytes)];
    return [this.#tail.subarray(this.#tailEnd), this.#tail.subarray(0, this.#tailEnd)];
  }
}
