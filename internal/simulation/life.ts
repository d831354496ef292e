// One life of the program, and its sudden end. Everything that the program reaches the world through (time, store,
// cluster) is handed to it through a Life; once the life has ended nothing of that program happens any more: its timers
// do not fire, its calls are never answered, and what was half done stays as it was. That is what a kill leaves behind.
// A life can end wherever it touches the world, and anywhere in the awaits between two such touches.
import type { ApiResult, Cluster, Resource, WatchEvent, WatchOptions } from '../../pkg/kubernetes/cluster.ts';
import type { Clock } from '../platform/clock.ts';
import type { Store } from '../store/store.ts';
import type { Steps } from './steps.ts';

/** What the program asks of the world. */
export const operations = ['commit', 'load', 'reopen', 'create', 'get', 'delete', 'list', 'watch', 'ping'] as const;
export type Operation = (typeof operations)[number];

/** Where a program may be killed: before a call leaves or is answered, before a timer fires or an event is heard. */
export type CrashPoint = `before_${Operation}` | `after_${Operation}` | 'timer' | 'watch_event';

/**
 * Asked at each point. `true` ends the life there; a number lets it go on, and ends it after that many turns of the
 * promises that are then under way, which is between some of its awaits.
 */
export type CrashDecider = (point: CrashPoint) => boolean | number;

export interface LifeDeps {
  decide: CrashDecider;
  steps: Steps;
  onEnd(point: CrashPoint | 'await'): void;
}

const before = pointsOf('before');
const after = pointsOf('after');

export class Life {
  readonly #deps: LifeDeps;
  readonly #ended = new AbortController();
  #isOver = false;
  #openCommits = 0;

  constructor(deps: LifeDeps) {
    this.#deps = deps;
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  /** Whether a commit has left and was not answered. */
  get isCommitting(): boolean {
    return this.#openCommits > 0;
  }

  end(): void {
    this.#isOver = true;
    // The default reason would be an error with a stack, made for nobody.
    this.#ended.abort('the program is dead');
  }

  /** `aheadMs`: how far this machine's wall clock was from the true time when the program started. */
  clock(clock: Clock, aheadMs = 0): Clock {
    return {
      now: () => clock.now() + aheadMs,
      schedule: (delayMs, callback) =>
        clock.schedule(delayMs, () => {
          if (!this.#goesOn('timer')) return;
          this.#deps.steps.add('timer');
          callback();
        }),
    };
  }

  /** The rows outlive the program; its handle on them does not. */
  store(store: Store): Store {
    return {
      queueId: store.queueId,
      epoch: store.epoch,
      reader: store.reader,
      load: () => this.#call('load', () => store.load()),
      commit: async (commit) => {
        this.#openCommits += 1;
        return this.#call('commit', () => store.commit(commit)).finally(() => {
          this.#openCommits -= 1;
        });
      },
      reopen: () => this.#call('reopen', () => store.reopen()),
      prune: (prune) => this.#call('commit', () => store.prune(prune)),
      close: () => Promise.resolve(),
    };
  }

  cluster(cluster: Cluster): Cluster {
    return {
      create: (...args) => this.#call('create', () => cluster.create(...args)),
      get: (...args) => this.#call('get', () => cluster.get(...args)),
      delete: (...args) => this.#call('delete', () => cluster.delete(...args)),
      // The queue itself patches nothing: a write like any other.
      patch: (...args) => this.#call('delete', () => cluster.patch(...args)),
      list: (...args) => this.#call('list', () => cluster.list(...args)),
      watch: (resource, options) => this.#watch(cluster, resource, options),
      ping: (): Promise<ApiResult<undefined>> => this.#call('ping', () => cluster.ping()),
      close: () => Promise.resolve(),
    };
  }

  /** The call is made only by a living program, and only a living one hears its answer, good or bad. */
  #call<T>(operation: Operation, call: () => Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      if (!this.#goesOn(before[operation])) return;
      this.#deps.steps.add('call');
      const hears = (): boolean => {
        if (!this.#goesOn(after[operation])) return false;
        this.#deps.steps.add('answer');
        return true;
      };
      call().then(
        (answer) => hears() && resolve(answer),
        (error: Error) => hears() && reject(error),
      );
    });
  }

  async *#watch(cluster: Cluster, resource: Resource, options: WatchOptions): AsyncGenerator<WatchEvent> {
    if (!this.#goesOn('before_watch')) return await forever();
    this.#deps.steps.add('call');
    const signal = AbortSignal.any([options.signal, this.#ended.signal]);
    try {
      for await (const event of cluster.watch(resource, { ...options, signal })) {
        if (!this.#goesOn('watch_event')) break;
        this.#deps.steps.add('watch_event');
        yield event;
      }
    } catch (error) {
      if (!this.#goesOn('after_watch')) await forever();
      throw error;
    }
    if (!this.#goesOn('after_watch')) await forever();
  }

  /** False from the moment of its end. */
  #goesOn(point: CrashPoint): boolean {
    if (this.#isOver) return false;
    const verdict = this.#deps.decide(point);
    if (verdict === false) return true;
    if (verdict === true) this.#die(point);
    else this.#dieAfter(verdict);
    return !this.#isOver;
  }

  #dieAfter(turns: number): void {
    if (turns > 0) queueMicrotask(() => this.#dieAfter(turns - 1));
    else if (!this.#isOver) this.#die('await');
  }

  #die(point: CrashPoint | 'await'): void {
    this.end();
    this.#deps.onEnd(point);
  }
}

function pointsOf<When extends string>(when: When): Record<Operation, `${When}_${Operation}`> {
  const points = operations.map((operation) => [operation, `${when}_${operation}`]);
  return Object.fromEntries(points) as Record<Operation, `${When}_${Operation}`>;
}

/** A new one each time: a promise that everybody waits for would hold all of them. */
function forever(): Promise<never> {
  return new Promise(() => {});
}
