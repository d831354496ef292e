// The room that all logs of a Job have together. While they fit, nothing of them is dropped; when they do not, the longest give
// way first, so that a short one stays whole beside one that never ends, whichever is read first.

export interface Occupant {
  /** Bytes that it holds. */
  readonly kept: number;
  /** Drops bytes until it holds no more than that. */
  shrinkTo(bytes: number): void;
}

export class LogRoom {
  readonly #limit: number;
  readonly #occupants = new Set<Occupant>();
  #used = 0;

  constructor(limitBytes: number) {
    this.#limit = limitBytes;
  }

  /** Of an occupant that holds so many more bytes. Afterwards all of them together are within the limit. */
  grown(occupant: Occupant, bytes: number): void {
    this.#occupants.add(occupant);
    this.#used += bytes;
    while (this.#used > this.#limit) this.#level();
  }

  /** Takes the longest down to the next longest, or as far as it has to be. */
  #level(): void {
    const { longest, nextBytes } = this.#longest();
    const excess = Math.ceil((this.#used - this.#limit) / longest.length);
    for (const occupant of longest) {
      const before = occupant.kept;
      occupant.shrinkTo(Math.max(nextBytes, before - excess, 0));
      this.#used -= before - occupant.kept;
      if (this.#used <= this.#limit) return;
    }
  }

  #longest(): { longest: Occupant[]; nextBytes: number } {
    let longest: Occupant[] = [];
    let [bytes, nextBytes] = [0, 0];
    for (const occupant of this.#occupants) {
      const { kept } = occupant;
      if (kept > bytes) {
        nextBytes = bytes;
        bytes = kept;
        longest = [occupant];
      } else if (kept === bytes) longest.push(occupant);
      else nextBytes = Math.max(nextBytes, kept);
    }
    return { longest, nextBytes };
  }
}
