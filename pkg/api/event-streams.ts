// Server-sent events for many readers. One who keeps up is handed what was just committed; one who does not is handed
// nothing, and reads on from the store where he stopped when his connection takes more. So a slow reader costs no memory,
// misses nothing, and never keeps the others waiting. One whose connection takes nothing at all is cut off, and comes back.
import type { ServerResponse } from 'node:http';
import type { CancelTimer, Clock } from '../../internal/platform/clock.ts';
import type { Metrics } from '../../internal/platform/metrics.ts';
import type { EventService, JobEventView } from './event-service.ts';
import { timeOf } from './times.ts';

export interface EventStreamsDeps {
  events: EventService;
  clock: Pick<Clock, 'schedule'>;
  metrics: Pick<Metrics, 'count' | 'set'>;
}

export interface EventFilter {
  jobId?: string;
  queue?: string;
}

const pageSize = 500;
/** So that what stands between does not take a quiet stream for a dead one. */
const heartbeatMs = 15_000;
/** Heartbeats that pass before a connection that takes nothing is cut off. */
const patience = 2;

export class EventStreams {
  readonly #deps: EventStreamsDeps;
  readonly #streams = new Set<EventStream>();
  #cancelBeat: CancelTimer | undefined;

  constructor(deps: EventStreamsDeps) {
    this.#deps = deps;
  }

  /** Writes events to the response, whose head is sent, until the reader leaves. `after`: the last one he has. */
  open(response: ServerResponse, filter: EventFilter, after: number | undefined): void {
    const stream = new EventStream(this.#deps, response, filter);
    this.#streams.add(stream);
    response.once('close', () => this.#closed(stream));
    this.#cancelBeat ??= this.#deps.clock.schedule(heartbeatMs, () => this.#beat());
    this.#count();
    stream.start(after);
  }

  /** Ends them all in order. */
  stop(): void {
    this.#cancelBeat?.();
    for (const stream of this.#streams) stream.end();
  }

  #closed(stream: EventStream): void {
    stream.stop();
    this.#streams.delete(stream);
    this.#count();
    if (this.#streams.size > 0) return;
    this.#cancelBeat?.();
    this.#cancelBeat = undefined;
  }

  #beat(): void {
    for (const stream of this.#streams) stream.beat();
    this.#cancelBeat = this.#deps.clock.schedule(heartbeatMs, () => this.#beat());
  }

  #count(): void {
    this.#deps.metrics.set('kubejobs_event_readers', this.#streams.size);
  }
}

class EventStream {
  readonly #deps: EventStreamsDeps;
  readonly #response: ServerResponse;
  readonly #filter: EventFilter;
  /** The last event that was written or passed over. */
  #cursor = 0;
  /** Reads from the store; what is told meanwhile it will find there. */
  #isBehind = true;
  #beatsWithoutRoom = 0;
  #stop = (): void => {};

  constructor(deps: EventStreamsDeps, response: ServerResponse, filter: EventFilter) {
    this.#deps = deps;
    this.#response = response;
    this.#filter = filter;
  }

  start(after: number | undefined): void {
    const { lastEventId, stop } = this.#deps.events.listen((events) => {
      if (!this.#isBehind) this.#write(events);
    });
    this.#stop = stop;
    const isFromElsewhere = after !== undefined && after > lastEventId;
    this.#cursor = isFromElsewhere ? lastEventId : (after ?? lastEventId);
    if (isFromElsewhere) this.#send(resetText(lastEventId));
    this.#catchUp();
  }

  stop(): void {
    this.#stop();
    this.#stop = () => {};
    this.#isBehind = true;
  }

  end(): void {
    this.stop();
    this.#response.end();
  }

  beat(): void {
    if (!this.#response.writableNeedDrain) {
      this.#beatsWithoutRoom = 0;
      this.#response.write(':\n\n');
      return;
    }
    this.#beatsWithoutRoom += 1;
    if (this.#beatsWithoutRoom < patience) return;
    this.#deps.metrics.count('kubejobs_event_readers_cut_off_total');
    this.#response.destroy();
  }

  /** A page at a time, so that others get their turn. A reader whose store fails comes back when it works again. */
  #catchUp(): void {
    if (this.#response.destroyed || this.#response.writableEnded) return;
    try {
      this.#readPage();
    } catch {
      this.#response.destroy();
    }
  }

  #readPage(): void {
    const { events, goneUpTo } = this.#deps.events.after(this.#cursor, pageSize);
    if (goneUpTo > this.#cursor) {
      this.#cursor = goneUpTo;
      this.#send(resetText(goneUpTo));
    }
    if (events.length === 0) this.#isBehind = false;
    else if (this.#write(events)) this.#deps.clock.schedule(0, () => this.#catchUp());
  }

  /** Whether the connection takes more; if not, it goes on reading when it does. */
  #write(events: readonly JobEventView[]): boolean {
    const news = events.filter(({ eventId }) => eventId > this.#cursor);
    this.#cursor = news.at(-1)?.eventId ?? this.#cursor;
    return this.#send(
      news
        .filter((event) => fits(event, this.#filter))
        .map(textOf)
        .join(''),
    );
  }

  #send(text: string): boolean {
    if (text === '' || this.#response.write(text)) return true;
    this.#isBehind = true;
    this.#response.once('drain', () => {
      this.#beatsWithoutRoom = 0;
      this.#catchUp();
    });
    return false;
  }
}

function fits(event: JobEventView, { jobId, queue }: EventFilter): boolean {
  return (jobId ?? event.jobId) === event.jobId && (queue ?? event.queue) === event.queue;
}

/** Made once for all readers. */
const texts = new WeakMap<JobEventView, string>();

function textOf(event: JobEventView): string {
  const known = texts.get(event);
  if (known !== undefined) return known;
  const { eventId, jobId, queue, at, state, reason, message, attempt } = event;
  const data = { job_id: jobId, queue, state, reason, message, at: timeOf(at), attempt };
  const text = `id: ${eventId}\nevent: ${state}\ndata: ${JSON.stringify(data)}\n\n`;
  texts.set(event, text);
  return text;
}

/** What came up to here cannot be told any more: the reader has to look at the jobs themselves. */
function resetText(eventId: number): string {
  return `id: ${eventId}\nevent: reset\ndata: {}\n\n`;
}
