// The health of workloads as one stream that outlives its connections. Each connection begins with everything there is, so
// none has to go on where another ended: what was missed between two is told as it is now.
import type { WatchedKind, WorkloadHealthDocument } from './documents.ts';
import { linesOf, serverSentEvents } from './lines.ts';
import { reconnecting } from './reconnect.ts';
import type { Retrying } from './retry.ts';
import { open, type Transport } from './transport.ts';

export interface WorkloadEventsOptions {
  kind?: WatchedKind | undefined;
  namespace?: string | undefined;
  /** Ends the stream. */
  signal?: AbortSignal | undefined;
  /** Called each time the server answers: from then on everything is told anew, up to `synced` of each kind. */
  onOpen?: (() => void) | undefined;
}

export type StreamedWorkload =
  | { type: 'changed'; workload: WorkloadHealthDocument }
  | { type: 'gone'; kind: WatchedKind; namespace: string; name: string }
  /** Everything of this kind was told since the connection was opened: what was not is not there. */
  | { type: 'synced'; kind: WatchedKind };

/** Ends only when the signal is aborted; rejects when the server refuses, or stays away for all tries. */
export function workloadEvents(
  transport: Transport,
  retrying: Retrying | undefined,
  options: WorkloadEventsOptions,
): AsyncIterable<StreamedWorkload> {
  const connect = (): AsyncIterable<StreamedWorkload> => connection(transport, options);
  return reconnecting({ baseUrl: transport.baseUrl, retrying, signal: options.signal, connect });
}

async function* connection(transport: Transport, options: WorkloadEventsOptions): AsyncIterable<StreamedWorkload> {
  const { signal, onOpen } = options;
  const headers = { accept: 'text/event-stream' };
  const chunks = await open(transport, { method: 'GET', path: pathOf(options), headers, signal });
  onOpen?.();
  for await (const { event, data } of serverSentEvents(linesOf(chunks), () => {})) {
    const told = JSON.parse(data);
    if (event === 'changed') yield { type: 'changed', workload: told };
    else if (event === 'gone' || event === 'synced') yield { type: event, ...told };
  }
}

function pathOf({ kind, namespace }: WorkloadEventsOptions): string {
  const parameters = new URLSearchParams();
  if (kind !== undefined) parameters.set('kind', kind);
  if (namespace !== undefined) parameters.set('namespace', namespace);
  return parameters.size === 0 ? 'workloads/events' : `workloads/events?${parameters}`;
}
