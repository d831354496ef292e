// The end of a log that may have none: lines are put together from the pieces in which they come, and only the last ones are
// kept. Pure.

const mostLines = 5_000;

export class LogLines {
  #lines: string[] = [];
  #rest = '';
  /** Of those that are not kept any more. */
  dropped = 0;

  add(piece: string): void {
    const lines = (this.#rest + piece).split('\n');
    this.#rest = lines.pop() ?? '';
    this.#lines.push(...lines);
    const tooMany = this.#lines.length - mostLines;
    if (tooMany <= 0) return;
    this.#lines.splice(0, tooMany);
    this.dropped += tooMany;
  }

  /** An unfinished last line too. */
  get text(): string {
    return [...this.#lines, this.#rest].join('\n');
  }

  get isEmpty(): boolean {
    return this.#lines.length === 0 && this.#rest === '';
  }
}
