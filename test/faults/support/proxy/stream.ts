// One open watch as it passes through the proxy, line by line, with the handles by which a trial disturbs it. It keeps
// the lines that have passed, so that they can be told a second time, as a server that lags behind its twin does.
import type { IncomingMessage, ServerResponse } from 'node:http';

const keptLines = 1_000;

export interface StreamParts {
  path: string;
  answer: IncomingMessage;
  response: ServerResponse;
  /** Resets the client's connection. */
  reset(): void;
  /** Every line of the server, also one that is not passed on. */
  onLine(line: string): void;
}

export class ProxiedStream {
  readonly path: string;
  readonly #response: ServerResponse;
  readonly #reset: () => void;
  readonly #onLine: (line: string) => void;
  readonly #passed: string[] = [];
  #held: string[] | undefined;
  #rest = '';
  #silent = false;
  #cutAtNextLine = false;

  constructor({ path, answer, response, reset, onLine }: StreamParts) {
    this.path = path;
    this.#response = response;
    this.#reset = reset;
    this.#onLine = onLine;
    answer.setEncoding('utf8');
    answer.on('data', (text: string) => this.#take(text));
    answer.on('end', () => this.#end());
    answer.on('error', () => this.cut());
    response.on('close', () => answer.destroy()); // the server must not go on for nobody
  }

  get open(): boolean {
    return !this.#response.destroyed && !this.#response.writableEnded;
  }

  /** How many lines have been passed on. */
  get lines(): number {
    return this.#passed.length;
  }

  cut(): void {
    this.#reset();
  }

  /** The next line is passed on up to its middle, then the connection is reset. */
  cutAtNextLine(): void {
    this.#cutAtNextLine = true;
  }

  /** From now on nothing comes any more, and the connection stays open. */
  silence(): void {
    this.#silent = true;
  }

  /** The lines that come are kept back until `release`. */
  hold(): void {
    this.#held ??= [];
  }

  /** All that was kept back goes out in one piece. */
  release(): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    if (held.length > 0) this.#write(`${held.join('\n')}\n`);
    this.#passed.push(...held);
  }

  inject(line: string): void {
    this.#write(`${line}\n`);
  }

  /** Everything that has passed, once more: old news after new. */
  replay(): void {
    if (this.#passed.length > 0) this.#write(`${this.#passed.join('\n')}\n`);
  }

  #take(text: string): void {
    const lines = `${this.#rest}${text}`.split('\n');
    this.#rest = lines.pop() ?? '';
    for (const line of lines) this.#line(line);
  }

  #line(line: string): void {
    this.#onLine(line);
    if (this.#silent) return;
    if (this.#cutAtNextLine) {
      // Written out before the reset, or the client would see the reset alone.
      this.#silent = true;
      this.#response.write(line.slice(0, line.length / 2), () => this.cut());
    } else if (this.#held) {
      this.#held.push(line);
    } else {
      this.#passed.push(line);
      if (this.#passed.length > keptLines) this.#passed.shift();
      this.#write(`${line}\n`);
    }
  }

  #write(text: string): void {
    if (this.open) this.#response.write(text);
  }

  #end(): void {
    if (!this.#silent && this.open) this.#response.end(this.#rest);
  }
}
