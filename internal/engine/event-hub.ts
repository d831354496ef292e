// Tells of committed state changes. It reads them from the store, once for everybody, after each commit and only while
// somebody listens; so what is told is on disk, in the order of its ids, and nothing is kept in memory for slow listeners.
import { type EventPage, type JobEvent, type StoreReader, whenReadable } from '../store/store.ts';

export type EventListener = (events: readonly JobEvent[]) => void;

const eventsAtOnce = 1_000;

export class EventHub {
  readonly #reader: StoreReader;
  readonly #listeners = new Set<EventListener>();
  #lastTold = 0;

  constructor(deps: { reader: StoreReader }) {
    this.#reader = deps.reader;
  }

  /** Something new may be on disk. What cannot be read now is told after the next commit. */
  committed(): void {
    while (this.#listeners.size > 0) {
      const events = this.#news();
      const last = events.at(-1);
      if (!last) return;
      this.#lastTold = last.eventId;
      for (const listener of [...this.#listeners]) listener(events);
    }
  }

  #news(): JobEvent[] {
    return whenReadable(() => this.#reader.events(this.#lastTold, eventsAtOnce).events, []);
  }

  /** From the next event on; `lastEventId` is the one before it. Call `stop` in the end. */
  listen(listener: EventListener): { lastEventId: number; stop: () => void } {
    this.committed();
    if (this.#listeners.size === 0) this.#lastTold = this.#reader.lastEventId();
    this.#listeners.add(listener);
    return { lastEventId: this.#lastTold, stop: () => void this.#listeners.delete(listener) };
  }

  /** What happened after an event, for those who come back. */
  after(eventId: number, limit: number): EventPage {
    return this.#reader.events(eventId, limit);
  }
}
