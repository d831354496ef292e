// Counts by a word; a word that nothing is left of is gone.

export class Tally {
  readonly #counts = new Map<string, number>();

  add(word: string, by = 1): void {
    const count = (this.#counts.get(word) ?? 0) + by;
    if (count === 0) this.#counts.delete(word);
    else this.#counts.set(word, count);
  }

  addAll(other: Tally, sign: 1 | -1): void {
    for (const [word, count] of other.#counts) this.add(word, sign * count);
  }

  get(word: string): number {
    return this.#counts.get(word) ?? 0;
  }

  words(): Iterable<string> {
    return this.#counts.keys();
  }

  /** By word in alphabetical order. */
  counts(): Record<string, number> {
    return Object.fromEntries([...this.#counts].sort(([a], [b]) => (a < b ? -1 : 1)));
  }
}
