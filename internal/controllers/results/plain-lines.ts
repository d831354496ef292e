// Takes the time off the front of each line of a container's log: the API server puts it there, the program did not print it.
// Lines may be of any length and bytes of any kind; nothing is decoded and no more than a stamp is held back.

const newline = 0x0a;
const space = 0x20;
const digitZero = 0x30;
const digitNine = 0x39;
const letterT = 0x54;
/** `2026-11-21T17:37:33.123456789+01:00`, and some room. */
const longestStamp = 40;

export class PlainLines {
  #atLineStart = true;
  #heldBack = Buffer.alloc(0);
  /** Used again for each chunk: of a gigabyte it would be a gigabyte of garbage. */
  #output = Buffer.alloc(0);

  /** What is in `chunk` without stamps; empty when all of it is held back. Good until the next call. */
  next(chunk: Uint8Array): Buffer {
    const input = this.#heldBack.length === 0 ? asBuffer(chunk) : Buffer.concat([this.#heldBack, chunk]);
    this.#heldBack = Buffer.alloc(0);
    return this.#stripped(input, false);
  }

  /** What was held back, when no more comes. Good until the next call. */
  end(): Buffer {
    const rest = this.#heldBack;
    this.#heldBack = Buffer.alloc(0);
    return this.#stripped(rest, true);
  }

  #stripped(input: Buffer, isLast: boolean): Buffer {
    if (this.#output.length < input.length) this.#output = Buffer.allocUnsafe(input.length);
    const output = this.#output;
    let size = 0;
    let at = 0;
    while (at < input.length) {
      if (this.#atLineStart) {
        const from = afterStamp(input, at);
        if (from === undefined && !isLast) {
          this.#heldBack = Buffer.from(input.subarray(at));
          break;
        }
        at = from ?? at;
        this.#atLineStart = false;
      }
      const end = input.indexOf(newline, at);
      const to = end < 0 ? input.length : end + 1;
      size += input.copy(output, size, at, to);
      this.#atLineStart = end >= 0;
      at = to;
    }
    return output.subarray(0, size);
  }
}

/** Where the line begins behind its stamp, if it has one; undefined when that cannot be told yet. */
function afterStamp(input: Buffer, at: number): number | undefined {
  const first = input[at] ?? 0;
  if (first < digitZero || first > digitNine) return at;
  const available = Math.min(longestStamp, input.length - at);
  for (let offset = 1; offset < available; offset += 1) {
    const byte = input[at + offset] ?? 0;
    if (byte === space) return offset > 18 && input[at + 10] === letterT ? at + offset + 1 : at;
    if (byte === newline) return at;
  }
  return available < longestStamp ? undefined : at;
}

function asBuffer(chunk: Uint8Array): Buffer {
  return Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
}
