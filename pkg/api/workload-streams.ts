// The health of workloads as server-sent events for many readers. A stream begins with how everything is, and goes on with
// what changes: nothing is kept of readers who left, and one who comes back misses nothing. What is told is how a workload
// is now, so a reader whose connection takes nothing for a while is told once of each workload that changed meanwhile, and
// not of every step. One whose connection takes nothing at all is cut off.
import type { ServerResponse } from 'node:http';
import type { CancelTimer, Clock } from '../../internal/platform/clock.ts';
import type { Metrics } from '../../internal/platform/metrics.ts';
import { type WatchedKind, type WorkloadService, type WorkloadView, watchedKinds } from './workload-service.ts';

type Workloads = Pick<WorkloadService, 'listen' | 'workloads' | 'knows'>;

export interface WorkloadStreamsDeps {
  workloads: Workloads;
  clock: Pick<Clock, 'schedule'>;
  metrics: Pick<Metrics, 'count' | 'set'>;
}

export interface WorkloadStreamFilter {
  kind?: WatchedKind;
  namespace?: string;
}

/** Workloads that are written at once at the beginning, so that a reader who takes nothing costs no more than these. */
const pageSize = 100;
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
    const stream = new WorkloadStream(response, filter, this.#deps.workloads);
    this.#streams.add(stream);
    response.once('close', () => this.#closed(stream));
    stream.goOn();
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
  /** What is still to be told of the beginning. */
  readonly #beginning: Iterator<string>;
  /** Kinds of which not everything was told yet, since it is not known. */
  readonly #unknownKinds: Set<WatchedKind>;
  readonly #workloads: Workloads;
  #hasBegun = false;
  #isFull = false;
  #beatsWithoutRoom = 0;

  constructor(response: ServerResponse, filter: WorkloadStreamFilter, workloads: Workloads) {
    this.#response = response;
    this.#filter = filter;
    this.#workloads = workloads;
    this.#beginning = everything(workloads, filter);
    this.#unknownKinds = new Set(filter.kind === undefined ? watchedKinds : [filter.kind]);
  }

  /** Tells as much of the beginning as the connection takes. */
  goOn(): void {
    while (!this.#hasBegun && this.#isOpen && !this.#isFull) {
      const { value, done = false } = this.#beginning.next();
      this.#hasBegun = done;
      if (!done && value !== '') this.#write(value);
    }
    this.#tellSynced();
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
      this.#tellSynced();
      return true;
    }
    this.#beatsWithoutRoom += 1;
    if (this.#beatsWithoutRoom < patience) return true;
    this.#response.destroy();
    return false;
  }

  get #isOpen(): boolean {
    return !this.#response.destroyed && !this.#response.writableEnded;
  }

  /** Of each kind once, when all of it that is known was told and nothing is unknown any more. */
  #tellSynced(): void {
    if (!this.#hasBegun) return;
    for (const kind of this.#unknownKinds) {
      if (this.#isFull || !this.#workloads.knows(kind)) continue;
      this.#unknownKinds.delete(kind);
      this.#write(`event: synced\ndata: ${JSON.stringify({ kind })}\n\n`);
    }
  }

  #write(text: string): void {
    if (!this.#isOpen || this.#response.write(text)) return;
    this.#isFull = true;
    this.#response.once('drain', () => {
      this.#isFull = false;
      this.#beatsWithoutRoom = 0;
      const all = [...this.#waiting.values()].join('');
      this.#waiting.clear();
      if (all !== '') this.#write(all);
      this.goOn();
    });
  }
}

/** Each as it is when its page is made. What changes later is told as a change, before or after its page. */
function* everything(workloads: Workloads, filter: WorkloadStreamFilter): Generator<string, undefined> {
  let after: readonly number[] | undefined;
  do {
    const page = workloads.workloads({ ...filter, unhealthy: false }, { limit: pageSize, ...(after && { after }) });
    yield page.items.map((view) => textOf(`${view.kind}/${view.namespace}/${view.name}`, view)).join('');
    after = page.next;
  } while (after !== undefined);
  return undefined;
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
