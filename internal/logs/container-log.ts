// The log of one container from its beginning, or its last lines, to its end. A stream that breaks off, or ends although the
// container goes on (a rotated file, a restarted kubelet or container), is opened again where it was left: by the time of
// the last line, and by how many lines have that very time.
import type { LogSource } from '../../pkg/kubernetes/log-source.ts';
import { type Clock, sleep } from '../platform/clock.ts';
import { type TimedLine, timedLines } from './timed-lines.ts';

export interface ContainerLogDeps {
  source: LogSource;
  clock: Clock;
}

export interface ContainerTarget {
  namespace: string;
  pod: string;
  container: string;
}

export interface ContainerLogOptions {
  tail?: number;
  follow: boolean;
  signal: AbortSignal;
  /** Awaited before the next line is read. */
  write(line: TimedLine): Promise<void>;
  /** Whether the container has ended for good, or its pod is gone. */
  isOver(): boolean;
  /** Nothing more will come: a stream that stays open all the same is left, and what it may have missed is read once. */
  over?: AbortSignal;
}

const againMs = 1_000;

/** Resolves with why the log cannot be had, or with nothing when all of it was written or `signal` aborted. */
export async function readContainerLog(
  deps: ContainerLogDeps,
  target: ContainerTarget,
  options: ContainerLogOptions,
): Promise<string | undefined> {
  const place = new Place();
  const { follow, signal, isOver, over } = options;
  for (;;) {
    // Looked at first: what is over now has nothing more to say after this reading.
    const wasOver = isOver() || over?.aborted === true;
    const problem = await readOnce(deps, target, { ...options, follow: follow && !over?.aborted }, place);
    if (signal.aborted) return undefined;
    if (!follow) return problem;
    // A pod that is gone can say no more; what it said was written while it was there.
    if (wasOver) return place.sinceTime === undefined ? problem : undefined;
    if (over?.aborted || (problem === undefined && isOver())) continue;
    await sleep(deps.clock, againMs, signal);
    if (signal.aborted) return undefined;
  }
}

async function readOnce(
  { source }: ContainerLogDeps,
  { namespace, pod, container }: ContainerTarget,
  { tail, follow, signal, over, write }: ContainerLogOptions,
  place: Place,
): Promise<string | undefined> {
  const { sinceTime } = place;
  const tailLines = sinceTime === undefined && tail !== undefined ? { tailLines: tail } : {};
  try {
    const opened = await source.log(namespace, pod, {
      ...{ container, follow, signal: follow && over ? AbortSignal.any([signal, over]) : signal, ...tailLines },
      ...(sinceTime !== undefined && { sinceTime }),
    });
    if (opened.outcome !== 'ok') return opened.message;
    place.reopened();
    for await (const line of timedLines(opened.value)) if (place.isNew(line)) await write(line);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** How far a log was read. */
class Place {
  sinceTime: string | undefined;
  #time = '';
  /** Lines that were read with this time. */
  #read = 0;
  /** Of these, how many the present stream has shown again. */
  #shownAgain = 0;

  reopened(): void {
    this.#shownAgain = 0;
  }

  isNew({ stamp, time }: TimedLine): boolean {
    if (time === '') return true;
    if (time < this.#time) return false;
    if (time === this.#time) return this.#isNewAtSameTime();
    this.sinceTime = stamp;
    this.#time = time;
    this.#read = 1;
    this.#shownAgain = 1;
    return true;
  }

  #isNewAtSameTime(): boolean {
    this.#shownAgain += 1;
    if (this.#shownAgain <= this.#read) return false;
    this.#read = this.#shownAgain;
    return true;
  }
}
