// Any Cluster, made unreliable: each call may be refused, fail, be carried out without an answer, hang, come late, or be
// carried out long after its caller gave up. It keeps the contract of the interface: calls never throw, only watches do.
// Faults are drawn in the order of the calls from one seeded source; see fault-plan.ts for their kinds and rates.
import type {
  ApiResult,
  Cluster,
  DeleteOptions,
  KubernetesObject,
  ListOptions,
  ListPage,
  MergePatch,
  Resource,
  WatchEvent,
  WatchOptions,
} from '../../pkg/kubernetes/cluster.ts';
import { type Clock, sleep } from '../platform/clock.ts';
import type { Random } from '../platform/random.ts';
import { type CallFault, callFaults, FaultPlan, type FaultRates, type OnStrike, type Subject } from './fault-plan.ts';
import { faultyWatch } from './faulty-watch.ts';

export interface FaultyClusterDeps {
  cluster: Cluster;
  clock: Clock;
  random: Random;
  rates: FaultRates;
  /** When a caller gives up on a call that hangs; 10 s by default. */
  timeoutMs?: number;
  /** The longest delay of an answer or an event; 5 s by default. */
  longestDelayMs?: number;
  /** How long after the timeout a request may still be carried out; 60 s by default. */
  longestLatenessMs?: number;
  onStrike?: OnStrike;
  /** A watch that expires has really lost its past: nobody can go on from there. */
  compact?(): void;
}

export interface FaultyCluster extends Cluster {
  readonly faults: FaultPlan;
}

export function faultyCluster(deps: FaultyClusterDeps): FaultyCluster {
  return new UnreliableCluster(deps);
}

type Operation = 'create' | 'get' | 'delete' | 'patch' | 'list' | 'ping';

const readFaults = callFaults.filter((fault) => fault !== 'executed_late' && fault !== 'quota_refused');
const deleteFaults = callFaults.filter((fault) => fault !== 'quota_refused');

class UnreliableCluster implements FaultyCluster {
  readonly faults: FaultPlan;
  readonly #cluster: Cluster;
  readonly #clock: Clock;
  readonly #timeoutMs: number;
  readonly #longestDelayMs: number;
  readonly #longestLatenessMs: number;
  readonly #compact: () => void;

  constructor(deps: FaultyClusterDeps) {
    this.faults = new FaultPlan(deps.random, deps.rates, deps.onStrike);
    this.#cluster = deps.cluster;
    this.#clock = deps.clock;
    this.#timeoutMs = deps.timeoutMs ?? 10_000;
    this.#longestDelayMs = deps.longestDelayMs ?? 5_000;
    this.#longestLatenessMs = deps.longestLatenessMs ?? 60_000;
    this.#compact = (): void => deps.compact?.();
  }

  create(
    resource: Resource,
    object: KubernetesObject,
    options?: { dryRun?: boolean },
  ): Promise<ApiResult<KubernetesObject>> {
    return this.#call('create', callFaults, { name: object.metadata.name }, () =>
      this.#cluster.create(resource, object, options),
    );
  }

  get(resource: Resource, namespace: string, name: string): Promise<ApiResult<KubernetesObject>> {
    return this.#call('get', readFaults, { name }, () => this.#cluster.get(resource, namespace, name));
  }

  delete(resource: Resource, namespace: string, name: string, options: DeleteOptions): Promise<ApiResult<undefined>> {
    return this.#call('delete', deleteFaults, { name }, () => this.#cluster.delete(resource, namespace, name, options));
  }

  patch(resource: Resource, namespace: string, name: string, patch: MergePatch): Promise<ApiResult<KubernetesObject>> {
    return this.#call('patch', deleteFaults, { name }, () => this.#cluster.patch(resource, namespace, name, patch));
  }

  list(resource: Resource, options: ListOptions): Promise<ApiResult<ListPage>> {
    const subject = { resource, labelSelector: options.labelSelector };
    return this.#call('list', readFaults, subject, () => this.#cluster.list(resource, options));
  }

  watch(resource: Resource, options: WatchOptions): AsyncIterable<WatchEvent> {
    const deps = {
      clock: this.#clock,
      plan: this.faults,
      longestDelayMs: this.#longestDelayMs,
      signal: options.signal,
      resource,
      compact: this.#compact,
    };
    return faultyWatch(deps, () => this.#cluster.watch(resource, options));
  }

  ping(): Promise<ApiResult<undefined>> {
    return this.#call('ping', readFaults, {}, () => this.#cluster.ping());
  }

  close(): Promise<void> {
    return this.#cluster.close();
  }

  async #call<T>(
    operation: Operation,
    kinds: readonly CallFault[],
    subject: Subject,
    execute: () => Promise<ApiResult<T>>,
  ): Promise<ApiResult<T>> {
    if (!this.faults.isReachable) return unreachable;
    const fault = this.faults.draw(operation, kinds, subject);
    switch (fault) {
      case undefined:
        return execute();
      case 'too_many_requests':
        return tooManyRequests(this.faults.duration(5) * 1_000);
      case 'unavailable':
        return unavailable(this.faults.duration(5) * 1_000);
      case 'server_error':
        return serverError;
      case 'quota_refused':
        return quotaRefused;
      case 'answer_lost':
        await execute();
        return connectionReset;
      case 'hang':
        await sleep(this.#clock, this.#timeoutMs);
        return timedOut;
      case 'hang_executed':
        await execute();
        await sleep(this.#clock, this.#timeoutMs);
        return timedOut;
      case 'executed_late':
        this.#executeLate(execute);
        await sleep(this.#clock, this.#timeoutMs);
        return timedOut;
      case 'delay':
        return this.#delayed(execute);
    }
  }

  /** The way there and the way back take their time. */
  async #delayed<T>(execute: () => Promise<ApiResult<T>>): Promise<ApiResult<T>> {
    await sleep(this.#clock, this.faults.duration(this.#longestDelayMs / 2));
    const answer = await execute();
    await sleep(this.#clock, this.faults.duration(this.#longestDelayMs / 2));
    return answer;
  }

  #executeLate<T>(execute: () => Promise<ApiResult<T>>): void {
    const latenessMs = this.faults.duration(this.#longestLatenessMs);
    this.#clock.schedule(this.#timeoutMs + latenessMs, () => void execute());
  }
}

type Unknown = Extract<ApiResult<never>, { outcome: 'unknown' }>;

const timedOut: Unknown = { outcome: 'unknown', message: 'the request timed out (simulated)' };
const connectionReset: Unknown = { outcome: 'unknown', message: 'the connection was reset (simulated)' };
const unreachable: Unknown = { outcome: 'unknown', message: 'the API server is unreachable (simulated)' };
const serverError: Unknown = { outcome: 'unknown', status: 500, message: 'internal error (simulated)' };

function tooManyRequests(retryAfterMs: number): ApiResult<never> {
  const message = 'too many requests, please try again later (simulated)';
  return { outcome: 'refused', status: 429, reason: 'TooManyRequests', message, retryAfterMs };
}

function unavailable(retryAfterMs: number): ApiResult<never> {
  return { outcome: 'unknown', status: 503, message: 'the server is not ready (simulated)', retryAfterMs };
}

const quotaRefused: ApiResult<never> = {
  outcome: 'refused',
  status: 403,
  reason: 'Forbidden',
  message: 'jobs.batch is forbidden: exceeded quota: simulated, requested: count/jobs.batch=1, used: 1, limited: 1',
};
