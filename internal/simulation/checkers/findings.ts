// The sentences that a checker collects: the first few, for one mistake is often seen a thousand times.

const kept = 20;

export class Findings {
  readonly #sentences: string[] = [];

  add(sentence: string): void {
    if (this.#sentences.length < kept) this.#sentences.push(sentence);
  }

  get sentences(): readonly string[] {
    return this.#sentences;
  }
}
