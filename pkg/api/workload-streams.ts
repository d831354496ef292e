// Changes of the health of workloads as server-sent events for many readers. What is told is how a workload is now, so a
// reader whose connection takes nothing for a while is told once of each workload that changed meanwhile, and not of every
// step. One whose connection takes nothing at all is cut off, and asks for everything again when he comes back.
import type { ServerResponse } from 'node:http';
import type { CancelTimer, Clock } from '../../internal/platform/clock.ts';
import type { Metrics } from '../../internal/platform/metrics.ts';
import type { WorkloadService, WorkloadView } from './workload-service.ts';

export interface WorkloadStreamsDeps {
  workloads: Pick<WorkloadService, 'listen'>;
  clock: Pick<Clock, 'schedule'>;
  metrics: Pick<Metrics, 'count' | 'set'>;
}

export interface WorkloadStreamFilter {
  kind?: string;
  namespace?: string;
}

const heartbeatMs = 15_000;
/** Heartbeats that pass before a connection that takes nothing is cut off. */
const patience = 2;

export class WorkloadStreams {
  readonly #deps: WorkloadStreamsDeps;
  readonly #streams = new Set<WorkloadStream>();
  #cancelBeat: CancelTimer | undefined;
  #stopListening = (): void => {};

  constructor(deps: WorkloadStreamsDeps) {
    this.#deps = deps;
  }

  /** Writes to the response, whose head is sent, until the reader leaves. */
  open(response: ServerResponse, filter: WorkloadStreamFilter): void {
    if (this.#streams.size === 0) this.#begin();
    const stream = new WorkloadStream(response, filter);
    this.#streams.add(stream);
    response.once('close', () => this.#closed(stream));
  }

  /** Ends them all in order. */
  stop(): void {
    for (const stream of this.#streams) stream.end();
  }

  #begin(): void {
    this.#stopListening = this.#deps.workloads.listen((key, view) => {
      const text = textOf(key, view);
      for (const stream of this.#streams) stream.tell(key, text);
    });
    this.#cancelBeat = this.#deps.clock.schedule(heartbeatMs, () => this.#beat());
  }

  #closed(stream: WorkloadStream): void {
    this.#streams.delete(stream);
    if (this.#streams.size > 0) return;
    this.#stopListening();
    this.#cancelBeat?.();
  }

  #beat(): void {
    for (const stream of this.#streams) {
      if (!stream.beat()) this.#deps.metrics.count('kubejobs_event_readers_cut_off_total');
    }
    this.#cancelBeat = this.#deps.clock.schedule(heartbeatMs, () => this.#beat());
  }
}

class WorkloadStream {
  readonly #response: ServerResponse;
  readonly #filter: WorkloadStreamFilter;
  /** What the connection had no room for, by workload. */
  readonly #waiting = new Map<string, string>();
  #isFull = false;
  #beatsWithoutRoom = 0;

  constructor(response: ServerResponse, filter: WorkloadStreamFilter) {
    this.#response = response;
    this.#filter = filter;
  }

  tell(key: string, text: string): void {
    if (!fits(key, this.#filter)) return;
    if (this.#isFull) this.#waiting.set(key, text);
    else this.#write(text);
  }

  end(): void {
    this.#response.end();
  }

  /** False when it has been cut off. */
  beat(): boolean {
    if (!this.#isFull) {
      this.#beatsWithoutRoom = 0;
      this.#write(':\n\n');
      return true;
    }
    this.#beatsWithoutRoom += 1;
    if (this.#beatsWithoutRoom < patience) return true;
    this.#response.destroy();
    return false;
  }

  #write(text: string): void {
    if (this.#response.destroyed || this.#response.writableEnded || this.#response.write(text)) return;
    this.#isFull = true;
    this.#response.once('drain', () => {
      this.#isFull = false;
      this.#beatsWithoutRoom = 0;
      const all = [...this.#waiting.values()].join('');
      this.#waiting.clear();
      if (all !== '') this.#write(all);
    });
  }
}

function fits(key: string, { kind, namespace }: WorkloadStreamFilter): boolean {
  const [ofKind, ofNamespace] = key.split('/');
  return (kind ?? ofKind) === ofKind && (namespace ?? ofNamespace) === ofNamespace;
}

function textOf(key: string, view: WorkloadView | undefined): string {
  const [kind, namespace, name] = key.split('/');
  const data = view ?? { kind, namespace, name };
  return `event: ${view === undefined ? 'gone' : 'changed'}\ndata: ${JSON.stringify(data)}\n\n`;
}
