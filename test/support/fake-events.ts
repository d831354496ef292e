// An EventService for tests of the HTTP side: events in an array, told when a test says so.
import type { EventService, JobEventView } from '../../pkg/api/event-service.ts';
import { jobIdOf } from './fake-service.ts';

type Listener = Parameters<EventService['listen']>[0];

export class FakeEvents implements EventService {
  readonly stored: JobEventView[] = [];
  readonly listeners = new Set<Listener>();
  /** Of jobs whose end is waited for, and what lets the caller go. */
  readonly waiting = new Map<string, () => void>();
  /** Every job has ended unless this says otherwise. */
  holds = false;
  goneUpTo = 0;
  lastTimeoutMs: number | undefined;

  /** Tells listeners of one more event. */
  tell(fields: Partial<JobEventView> = {}): JobEventView {
    const eventId = this.lastEventId() + 1;
    const event: JobEventView = {
      ...{ eventId, jobId: jobIdOf(1), queue: 'default', at: Date.parse('2026-11-04T09:30:00.000Z') },
      ...{ state: 'pending', ...fields },
    };
    this.stored.push(event);
    for (const listener of [...this.listeners]) listener([event]);
    return event;
  }

  listen(listener: Listener) {
    this.listeners.add(listener);
    return { lastEventId: this.lastEventId(), stop: () => void this.listeners.delete(listener) };
  }

  after(eventId: number, limit: number) {
    const events = this.stored.filter((event) => event.eventId > eventId && event.eventId > this.goneUpTo);
    return { events: events.slice(0, limit), goneUpTo: this.goneUpTo };
  }

  ended(jobId: string, timeoutMs: number, signal: AbortSignal): Promise<void> {
    this.lastTimeoutMs = timeoutMs;
    if (!this.holds) return Promise.resolve();
    return new Promise((resolve) => {
      const done = (): void => {
        this.waiting.delete(jobId);
        resolve();
      };
      this.waiting.set(jobId, done);
      signal.addEventListener('abort', done, { once: true });
    });
  }

  lastEventId(): number {
    return this.stored.at(-1)?.eventId ?? 0;
  }
}
