// The events of the server as one stream that outlives its connections: when one breaks, the next begins after the last
// event that was seen. What the server no longer has is told as a `reset`.
import type { EventDocument } from './documents.ts';
import { linesOf, serverSentEvents } from './lines.ts';
import { reconnecting } from './reconnect.ts';
import type { Retrying } from './retry.ts';
import { open, type Transport } from './transport.ts';

export interface EventsOptions {
  /** Events after this one; from now on when absent. */
  lastEventId?: string | undefined;
  jobId?: string | undefined;
  queue?: string | undefined;
  /** Ends the stream. */
  signal?: AbortSignal | undefined;
  /** Called each time the server answers: from then on no change is missed. */
  onOpen?: (() => void) | undefined;
}

export type StreamedEvent =
  | { type: 'change'; id: string; change: EventDocument }
  /** Some events between the last one and the next are gone. */
  | { type: 'reset'; id: string };

/** Ends only when the signal is aborted; rejects when the server refuses, or stays away for all tries. */
export function events(
  transport: Transport,
  retrying: Retrying | undefined,
  options: EventsOptions,
): AsyncIterable<StreamedEvent> {
  const place = { lastEventId: options.lastEventId };
  const connect = (): AsyncIterable<StreamedEvent> => connection(transport, options, place);
  return reconnecting({ baseUrl: transport.baseUrl, retrying, signal: options.signal, connect });
}

/** One connection; `place` moves on with what it reads. */
async function* connection(
  transport: Transport,
  options: EventsOptions,
  place: { lastEventId: string | undefined },
): AsyncIterable<StreamedEvent> {
  const { lastEventId } = place;
  const headers = { accept: 'text/event-stream', ...(lastEventId !== undefined && { 'last-event-id': lastEventId }) };
  const chunks = await open(transport, { method: 'GET', path: pathOf(options), headers, signal: options.signal });
  options.onOpen?.();
  const onId = (id: string): void => {
    place.lastEventId = id;
  };
  for await (const { event, data } of serverSentEvents(linesOf(chunks), onId)) {
    const id = place.lastEventId ?? '';
    yield event === 'reset' ? { type: 'reset', id } : { type: 'change', id, change: JSON.parse(data) };
  }
}

function pathOf({ jobId, queue }: EventsOptions): string {
  const parameters = new URLSearchParams();
  if (jobId !== undefined) parameters.set('job_id', jobId);
  if (queue !== undefined) parameters.set('queue', queue);
  return parameters.size === 0 ? 'events' : `events?${parameters}`;
}
