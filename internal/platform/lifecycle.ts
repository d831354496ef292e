// Ordered start and stop: parts are started in order, and stopped in the opposite one. A part that fails to start stops
// those before it. Each stop has a limit, so that one that hangs does not keep the others from closing the store.
import type { Clock } from './clock.ts';
import type { Logger } from './logger.ts';

export interface Part {
  name: string;
  start?(): Promise<void> | void;
  stop?(): Promise<void> | void;
}

const stopLimitMs = 4_000;

export class Lifecycle {
  readonly #deps: { clock: Clock; logger: Logger };
  readonly #started: Part[] = [];
  #stopping: Promise<void> | undefined;

  constructor(deps: { clock: Clock; logger: Logger }) {
    this.#deps = deps;
  }

  async start(parts: readonly Part[]): Promise<void> {
    for (const part of parts) {
      this.#started.push(part);
      try {
        await part.start?.();
      } catch (error) {
        await this.stop();
        throw error;
      }
    }
  }

  /** Safe to call twice: both wait for the same stop. */
  stop(): Promise<void> {
    this.#stopping ??= this.#stopAll();
    return this.#stopping;
  }

  async #stopAll(): Promise<void> {
    for (const part of this.#started.reverse()) {
      if (!part.stop) continue;
      try {
        await this.#withLimit(part);
      } catch (error) {
        this.#deps.logger.error({ part: part.name, error: String(error) }, 'a part could not be stopped cleanly');
      }
    }
  }

  async #withLimit(part: Part): Promise<void> {
    let cancel = (): void => {};
    const limit = new Promise<never>((_resolve, reject) => {
      cancel = this.#deps.clock.schedule(stopLimitMs, () => reject(new Error(`took over ${stopLimitMs} ms`)));
    });
    await Promise.race([part.stop?.(), limit]).finally(() => cancel());
  }
}
