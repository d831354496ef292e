// A running hash of texts, for comparing two runs: equal after equal texts in the same order. Two 32-bit lanes, which is
// enough against chance and fast enough to be always on; no protection against anybody who means harm.

export class RunningDigest {
  #high = 0xdeadbeef;
  #low = 0x41c6ce57;

  add(text: string): void {
    let high = this.#high;
    let low = this.#low;
    for (let index = 0; index < text.length; index += 1) {
      const code = text.charCodeAt(index);
      high = Math.imul(high ^ code, 2_654_435_761);
      low = Math.imul(low ^ code, 1_597_334_677) + high;
    }
    this.#high = Math.imul(high ^ (high >>> 15), 2_246_822_507) + text.length;
    this.#low = Math.imul(low ^ (low >>> 13), 3_266_489_909) ^ high;
  }

  /** 16 hexadecimal digits. */
  get text(): string {
    return [this.#high, this.#low].map((lane) => (lane >>> 0).toString(16).padStart(8, '0')).join('');
  }
}
