// A list that stays true: it is loaded again when an event tells that something changed, a few times a second at most. A
// terminal shows it in place, cut to the screen; a pipe gets a line for each document that is new or has changed.
import type { EventsOptions, StreamedEvent } from '../../../pkg/client/index.ts';
import { type Io, write } from './io.ts';
import { columnsOf, type Format, linePrinter, type View } from './output.ts';
import { tableLines } from './table.ts';

export interface Watched<T> {
  io: Io;
  format: Format;
  view: View<T>;
  load(): Promise<readonly T[]>;
  events(options: EventsOptions): AsyncIterable<StreamedEvent>;
  /** When it has seen enough; never when absent. */
  enough?(items: readonly T[]): boolean;
}

/** Between two loads. */
const restMs = 250;

export async function watch<T extends { job_id: string }>(watched: Watched<T>): Promise<void> {
  const { io, load, enough } = watched;
  const stop = new AbortController();
  io.signal?.addEventListener('abort', () => stop.abort(), { once: true });
  const bell = new Bell();
  const listening = listen(watched, bell, stop.signal).catch((error: Error) => bell.break(error));
  const show = isInPlace(watched) ? inPlace(watched) : changedLines(watched);
  try {
    while (await bell.rung()) {
      const items = await load();
      await show(items);
      if (enough?.(items)) break;
      await io.pause(restMs, stop.signal);
    }
  } finally {
    stop.abort();
    await listening;
  }
}

/** The bell rings when a connection opens too: what changed before is in no event. */
async function listen<T>({ events }: Watched<T>, bell: Bell, signal: AbortSignal): Promise<void> {
  for await (const _event of events({ signal, onOpen: () => bell.ring() })) bell.ring();
  bell.end();
}

/** Rings that come while nobody listens are one. */
class Bell {
  #state: 'silent' | 'ringing' | 'ended' = 'silent';
  #error: Error | undefined;
  #wake: () => void = () => {};

  ring(): void {
    if (this.#state === 'silent') this.#change('ringing');
  }

  end(): void {
    this.#change('ended');
  }

  break(error: Error): void {
    this.#error = error;
    this.end();
  }

  /** False at the end; rejects with the error that broke it. */
  async rung(): Promise<boolean> {
    while (this.#state === 'silent') await new Promise<void>((resolve) => (this.#wake = resolve));
    if (this.#state === 'ringing') {
      this.#state = 'silent';
      return true;
    }
    if (this.#error !== undefined) throw this.#error;
    return false;
  }

  #change(state: 'ringing' | 'ended'): void {
    this.#state = state;
    this.#wake();
  }
}

function isInPlace({ io, format }: { io: Io; format: Format }): boolean {
  return io.stdout.isTTY === true && (format === 'table' || format === 'wide');
}

const up = (lines: number): string => `\x1b[${lines}A`;
const eraseBelow = '\x1b[J';

/** Writes over what it wrote before. */
function inPlace<T>({ io, format, view }: Watched<T>): (items: readonly T[]) => Promise<void> {
  let shown = 0;
  return async (items) => {
    // A terminal that does not know its size says 0.
    const columns = io.stdout.columns || 80;
    const rows = io.stdout.rows || 24;
    const all = tableLines(columnsOf(format, view), items);
    const fits = all.length < rows ? all : [...all.slice(0, rows - 2), `… ${all.length - rows + 2} more`];
    const text = fits.map((line) => `${line.slice(0, columns - 1)}\n`).join('');
    await write(io, `${shown > 0 ? up(shown) + eraseBelow : ''}${text}`);
    shown = fits.length;
  };
}

const widths = [36, 24, 9, 18, 8, 7, 4, 6, 12, 8, 12, 6];

function changedLines<T extends { job_id: string }>({ io, format, view }: Watched<T>) {
  const print = linePrinter(io, format, view, widths);
  let before = new Map<string, string>();
  return async (items: readonly T[]): Promise<void> => {
    const now = new Map<string, string>();
    for (const item of items) {
      const text = JSON.stringify(item);
      now.set(item.job_id, text);
      if (before.get(item.job_id) !== text) await print(item);
    }
    before = now;
  };
}
