// Whether the API server answers, as one event per change. Asks now and then while it does, often while it does not,
// and at once when somebody noticed trouble; the answer to its own question is all that counts. One
// that knows nobody who asks (401) is as good as away: nothing can be asked of it until the credentials are good again.
// It never stops or starts anything: what an unreachable cluster means is the core's business.
import { isRefusedWith } from '../../../pkg/kubernetes/answers.ts';
import type { ApiResult, Cluster } from '../../../pkg/kubernetes/cluster.ts';
import type { ClusterReachabilityChanged } from '../../core/events.ts';
import type { CancelTimer, Clock } from '../../platform/clock.ts';
import type { Logger } from '../../platform/logger.ts';
import type { Metrics } from '../../platform/metrics.ts';
import type { Random } from '../../platform/random.ts';

export interface ReachabilityDeps {
  cluster: Pick<Cluster, 'ping'>;
  clock: Clock;
  random: Random;
  logger: Logger;
  metrics: Metrics;
  emit(event: ClusterReachabilityChanged): void;
}

export interface ReachabilityMonitor {
  start(): void;
  stop(): void;
  /** Asks now, unless it is asking or has just asked. */
  check(): void;
}

const whileReachableMs = 15_000;
const whileUnreachableMs = 5_000;
/** An API server that takes longer to say that it is there cannot be worked with. */
const answerWithinMs = 5_000;
const apartMs = 1_000;

export function reachabilityMonitor(deps: ReachabilityDeps): ReachabilityMonitor {
  return new Monitor(deps);
}

class Monitor implements ReachabilityMonitor {
  readonly #deps: ReachabilityDeps;
  #reachable: boolean | undefined;
  #state: 'prepared' | 'waiting' | 'asking' | 'stopped' = 'prepared';
  #askedAt = Number.NEGATIVE_INFINITY;
  #cancel: CancelTimer = () => {};

  constructor(deps: ReachabilityDeps) {
    this.#deps = deps;
  }

  start(): void {
    if (this.#state === 'prepared') this.#ask();
  }

  stop(): void {
    this.#state = 'stopped';
    this.#cancel();
  }

  check(): void {
    if (this.#state !== 'waiting') return;
    const waitMs = this.#askedAt + apartMs - this.#deps.clock.now();
    if (waitMs > 0) this.#askAfter(waitMs);
    else this.#ask();
  }

  #ask(): void {
    this.#cancel();
    this.#state = 'asking';
    this.#askedAt = this.#deps.clock.now();
    void this.#answer().then((result) => this.#take(result));
  }

  /** A lost answer is no answer after `answerWithinMs`; should it come later it is not waited for. */
  #answer(): Promise<ApiResult<undefined>> {
    const { cluster, clock } = this.#deps;
    return new Promise((resolve) => {
      const cancel = clock.schedule(answerWithinMs, () =>
        resolve({ outcome: 'unknown', message: 'no answer in time' }),
      );
      const failed = (error: unknown): ApiResult<undefined> => ({ outcome: 'unknown', message: String(error) });
      void cluster.ping().catch(failed).then(resolve).finally(cancel);
    });
  }

  #take(result: ApiResult<undefined>): void {
    if (this.#state === 'stopped') return;
    const reachable = result.outcome !== 'unknown' && !isRefusedWith(result, 401);
    if (reachable !== this.#reachable) this.#changed(reachable, problemOf(result));
    const jitter = 0.9 + this.#deps.random.next() / 5;
    this.#askAfter((reachable ? whileReachableMs : whileUnreachableMs) * jitter);
  }

  #askAfter(delayMs: number): void {
    this.#cancel();
    this.#state = 'waiting';
    this.#cancel = this.#deps.clock.schedule(delayMs, () => this.#ask());
  }

  #changed(reachable: boolean, problem: string): void {
    const { clock, emit, logger, metrics } = this.#deps;
    this.#reachable = reachable;
    metrics.set('kubejobs_cluster_reachable', reachable ? 1 : 0);
    if (reachable) logger.info({}, 'the API server answers');
    else logger.warn({ problem }, 'the API server does not answer');
    emit({ kind: 'cluster_reachability_changed', at: clock.now(), reachable });
  }
}

function problemOf(result: ApiResult<undefined>): string {
  if (result.outcome === 'ok') return '';
  return isRefusedWith(result, 401) ? `it does not know who asks (401): ${result.message}` : result.message;
}
