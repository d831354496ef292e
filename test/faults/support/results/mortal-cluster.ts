// The cluster as one life of a program sees it, and where that life ends: before a certain call is made, after it was carried
// out, or with the call still on its way, to be carried out when another program is there. Whoever is dead hears nothing.
import type { Clock } from '../../../../internal/platform/clock.ts';
import type { ApiResult, Cluster } from '../../../../pkg/kubernetes/cluster.ts';
import type { LogSource } from '../../../../pkg/kubernetes/log-source.ts';

export const endings = ['before', 'after', 'late'] as const;
export type Ending = (typeof endings)[number];

export interface Death {
  /** The call counts from 1; lists and watches of Jobs are not counted. */
  atCall: number;
  ending: Ending;
}

const lateMs = 20_000;

export class MortalCluster {
  calls = 0;
  isDead = false;
  /** What the call was at which it died. */
  diedAt: string | undefined;
  readonly #clock: Clock;
  readonly #death: Death | undefined;

  constructor(clock: Clock, death?: Death) {
    this.#clock = clock;
    this.#death = death;
  }

  before(cluster: Cluster): Cluster {
    return {
      create: (...args) => this.#call(`create ${args[0].kind}`, () => cluster.create(...args)),
      get: (...args) => this.#call(`get ${args[0].kind}`, () => cluster.get(...args)),
      delete: (...args) => this.#call(`delete ${args[0].kind}`, () => cluster.delete(...args)),
      patch: (...args) => this.#call(`patch ${args[0].kind}`, () => cluster.patch(...args)),
      list: (...args) =>
        args[0].kind === 'Job'
          ? cluster.list(...args)
          : this.#call(`list ${args[0].kind}`, () => cluster.list(...args)),
      watch: cluster.watch.bind(cluster),
      ping: cluster.ping.bind(cluster),
      close: async () => {},
    };
  }

  source(source: LogSource): LogSource {
    return { log: (...args) => this.#call('log', () => source.log(...args)) };
  }

  #call<T>(what: string, call: () => Promise<ApiResult<T>>): Promise<ApiResult<T>> {
    return new Promise((resolve, reject) => {
      if (this.isDead) return;
      this.calls += 1;
      const isLast = this.calls === this.#death?.atCall;
      if (isLast) this.#die(what, call);
      else call().then((answer) => this.isDead || resolve(answer), reject);
    });
  }

  #die(what: string, call: () => Promise<unknown>): void {
    this.isDead = true;
    this.diedAt = `${this.#death?.ending} ${what}`;
    if (this.#death?.ending === 'after') void call();
    if (this.#death?.ending === 'late') this.#clock.schedule(lateMs, () => void call());
  }
}
