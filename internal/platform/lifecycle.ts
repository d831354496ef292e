// Ordered start and stop: parts are started in order, and stopped in the opposite one. A part that fails to start stops
// those before it. All stops together have a limit, and each gets at most half of what is left of it: whatever hangs, the
// store, which is closed last, has its time.
import type { Clock } from './clock.ts';
import type { Logger } from './logger.ts';

export interface Part {
  name: string;
  start?(): Promise<void> | void;
  stop?(): Promise<void> | void;
}

/** Below the 10 s after which a process that was asked to end is usually killed. */
const stopLimitMs = 8_000;

export class Lifecycle {
  readonly #deps: { clock: Clock; logger: Logger };
  readonly #started: Part[] = [];
  #stopping: Promise<void> | undefined;

  constructor(deps: { clock: Clock; logger: Logger }) {
    this.#deps = deps;
  }

  /** A stop that comes meanwhile ends it after the part that is being started. */
  async start(parts: readonly Part[]): Promise<void> {
    for (const part of parts) {
      if (this.#stopping) return;
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
    const { clock } = this.#deps;
    const end = clock.now() + stopLimitMs;
    for (const part of this.#started.reverse()) {
      if (!part.stop) continue;
      try {
        await this.#withLimit(part, (end - clock.now()) / 2);
      } catch (error) {
        this.#deps.logger.error({ part: part.name, error: String(error) }, 'a part could not be stopped cleanly');
      }
    }
  }

  async #withLimit(part: Part, limitMs: number): Promise<void> {
    let cancel = (): void => {};
    const limit = new Promise<never>((_resolve, reject) => {
      const tooLate = (): void => reject(new Error(`took over ${Math.round(limitMs)} ms`));
      cancel = this.#deps.clock.schedule(limitMs, tooLate);
    });
    await Promise.race([part.stop?.(), limit]).finally(() => cancel());
  }
}
