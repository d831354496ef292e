// As much of one log as may be kept: its head and its tail, how many bytes are missing between them, and the SHA-256 of all
// that went by. However long the log is, it holds no more than its limit.
import { createHash, type Hash } from 'node:crypto';

export interface KeptLogSummary {
  /** Of the whole log. */
  bytes: number;
  missing: number;
  sha256: string;
}

const blockBytes = 65_536;

export class KeptLog {
  readonly #headLimit: number;
  readonly #tailLimit: number;
  readonly #hash: Hash = createHash('sha256');
  readonly #head: Buffer[] = [];
  #headBytes = 0;
  /** A ring of blocks, each there when it is first needed. */
  readonly #tail: Buffer[] = [];
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
    for (let at = 0; at < last.length; ) {
      const index = Math.floor(this.#tailEnd / blockBytes);
      const size = Math.min(blockBytes, this.#tailLimit - index * blockBytes);
      this.#tail[index] ??= Buffer.allocUnsafe(size);
      const copied = last.copy(this.#tail[index], this.#tailEnd % blockBytes, at);
      at += copied;
      this.#tailEnd = (this.#tailEnd + copied) % this.#tailLimit;
    }
    this.#tailBytes = Math.min(this.#tailLimit, this.#tailBytes + last.length);
  }

  #tailPieces(): Buffer[] {
    const place = Math.floor(this.#tailEnd / blockBytes);
    const newest = this.#tail[place]?.subarray(0, this.#tailEnd % blockBytes) ?? Buffer.alloc(0);
    if (this.#tailBytes < this.#tailLimit) return [...this.#tail.slice(0, place), newest];
    const oldest = this.#tail[place]?.subarray(this.#tailEnd % blockBytes) ?? Buffer.alloc(0);
    return [oldest, ...this.#tail.slice(place + 1), ...this.#tail.slice(0, place), newest];
  }
}
