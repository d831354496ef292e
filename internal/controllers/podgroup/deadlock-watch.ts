// Looks for groups that wait for one another whenever one of them begins or ceases to, and when their time has come; tells of
// them once by an event on a pod of each, and by the metrics. When it may, it asks one of the queue's own jobs to give way,
// and then waits the full time again. It deletes nothing itself.
import { type Cluster, eventsResource, type KubernetesObject } from '../../../pkg/kubernetes/cluster.ts';
import type { CancelTimer, Clock } from '../../platform/clock.ts';
import type { Logger } from '../../platform/logger.ts';
import type { Metrics } from '../../platform/metrics.ts';
import { parseAttemptKey } from '../jobs/records.ts';
import {
  type Candidate,
  type DeadlockFinding,
  deadlockMessage,
  findDeadlock,
  ownAttempts,
  whoGivesWay,
} from './deadlock.ts';
import type { Group, GroupIndex } from './group-index.ts';

export interface GiveWay {
  /** The attempt ends and its job goes back to the queue; asking twice for one attempt is asking once. */
  giveWay(jobId: string, attempt: number, message: string): void;
  /** Undefined: it does not run here. */
  priorityOf(jobId: string, attempt: number): { priority: number; sequence: number } | undefined;
}

export interface DeadlockWatchDeps {
  cluster: Pick<Cluster, 'create'>;
  clock: Clock;
  logger: Logger;
  metrics: Metrics;
  index: Pick<GroupIndex, 'get' | 'values'>;
  afterMs: number;
  giveWay?: GiveWay;
}

/** So that groups whose times come together are told of together. */
const gatherMs = 1_000;
const untoldAgainMs = 30_000;
/** Of events at one look; the others come with the next. */
const mostToldAtOnce = 50;

export class DeadlockWatch {
  readonly #deps: DeadlockWatchDeps;
  #found: DeadlockFinding = { groups: [] };
  /** By group: since when it has waited, so that each wait is told of once. */
  readonly #told = new Map<string, number>();
  /** By group: the attempt that was asked to give way. */
  readonly #giving = new Map<string, string>();
  #notBefore = 0;
  #cancel: CancelTimer = () => {};
  #telling: Promise<void> = Promise.resolve();
  #stopped = false;

  constructor(deps: DeadlockWatchDeps) {
    this.#deps = deps;
  }

  /** The groups of the deadlock that this one is in. */
  of(key: string): { groups: readonly string[]; since: number } | undefined {
    const { groups, since } = this.#found;
    return since !== undefined && groups.includes(key) ? { groups, since } : undefined;
  }

  /** A group began to hold and wait at once, or ceased to. */
  changed(): void {
    this.#lookIn(0);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#cancel();
    await this.#telling;
  }

  #lookIn(delayMs: number): void {
    this.#cancel();
    if (!this.#stopped) this.#cancel = this.#deps.clock.schedule(delayMs, () => this.#look());
  }

  #look(): void {
    const { clock, metrics, index, afterMs } = this.#deps;
    const now = clock.now();
    const groups = [...index.values()];
    const stuck = groups.flatMap(({ key, stuckSince }) =>
      stuckSince === undefined ? [] : [{ key, since: stuckSince }],
    );
    const found = findDeadlock(stuck, now, afterMs);
    if (found.groups.length > 0 && this.#found.groups.length === 0) metrics.count('kubejobs_gang_deadlocks_total');
    metrics.set('kubejobs_gang_deadlocked_podgroups', found.groups.length);
    this.#found = found;
    this.#forget(new Map(stuck.map(({ key, since }) => [key, since])));
    const isInvolved = found.groups.flatMap((key) => index.get(key) ?? []);
    this.#resolve(isInvolved, now);
    this.#telling = this.#telling.then(() => this.#tell(isInvolved));
    this.#plan(found, now);
  }

  #plan({ groups, lookAgainAt }: DeadlockFinding, now: number): void {
    const times = [
      ...(lookAgainAt === undefined ? [] : [lookAgainAt + gatherMs]),
      ...(groups.length > 0 && this.#deps.giveWay && this.#notBefore > now ? [this.#notBefore] : []),
      ...(groups.length > 0 ? [now + untoldAgainMs] : []),
    ];
    if (times.length > 0) this.#lookIn(Math.min(...times) - now);
  }

  #forget(stuck: ReadonlyMap<string, number>): void {
    for (const [key, since] of this.#told) if (stuck.get(key) !== since) this.#told.delete(key);
    for (const [key, attemptKey] of this.#giving) {
      const pods = [...(this.#deps.index.get(key)?.pods.values() ?? [])];
      if (!pods.some((pod) => pod.attemptKey === attemptKey)) this.#giving.delete(key);
    }
  }

  #resolve(groups: readonly Group[], now: number): void {
    const { giveWay, metrics, logger, afterMs } = this.#deps;
    if (!giveWay || groups.length === 0 || now < this.#notBefore) return;
    const chosen = whoGivesWay(this.#candidates(giveWay, groups), this.#giving);
    if (!chosen) return;
    const { jobId, attempt } = chosen;
    for (const key of chosen.groups) this.#giving.set(key, `${jobId}/${attempt}`);
    this.#notBefore = now + afterMs;
    metrics.count('kubejobs_gang_give_ways_total');
    logger.warn({ jobId, attempt, podgroups: chosen.groups }, 'a job gives way in a deadlock of pod groups');
    giveWay.giveWay(jobId, attempt, deadlockMessage(groups.map(({ key }) => key)));
  }

  #candidates({ priorityOf }: GiveWay, groups: readonly Group[]): Candidate[] {
    return [...ownAttempts(groups)].flatMap(([attemptKey, keys]) => {
      const { jobId, attempt } = parseAttemptKey(attemptKey);
      const order = priorityOf(jobId, attempt);
      return order ? [{ jobId, attempt, groups: [...keys], ...order }] : [];
    });
  }

  async #tell(groups: readonly Group[]): Promise<void> {
    const message = deadlockMessage(groups.map(({ key }) => key));
    const untold = groups.filter(({ key, stuckSince }) => this.#told.get(key) !== stuckSince);
    for (const group of untold.slice(0, mostToldAtOnce)) {
      if (this.#stopped || group.stuckSince === undefined) continue;
      const event = eventOf(group, message, this.#deps.clock.now());
      if (event && !(await this.#create(event))) return;
      this.#told.set(group.key, group.stuckSince);
    }
  }

  /** Whether it is there. */
  async #create(event: KubernetesObject): Promise<boolean> {
    const answer = await this.#deps.cluster.create(eventsResource, event);
    if (answer.outcome === 'ok' || (answer.outcome === 'refused' && answer.status === 409)) return true;
    this.#deps.logger.warn({ problem: answer.message }, 'a deadlock of pod groups cannot be told of by an event');
    return false;
  }
}

/** On the first of its pods that no node takes; named after that pod, so that it is there once. */
function eventOf({ namespace, pods }: Group, message: string, now: number): KubernetesObject | undefined {
  const waiting = [...pods.values()].filter(({ unschedulable, deleted }) => unschedulable && !deleted);
  const [pod] = waiting.sort((a, b) => (a.name < b.name ? -1 : 1));
  if (!pod) return undefined;
  const { name, uid } = pod;
  const at = `${new Date(now).toISOString().slice(0, 19)}Z`;
  const event = {
    ...{ apiVersion: 'v1', kind: 'Event', metadata: { name: `gang-deadlock-${uid}`, namespace } },
    involvedObject: { apiVersion: 'v1', kind: 'Pod', namespace, name, uid },
    ...{ reason: 'GangDeadlock', type: 'Warning', message: message.slice(0, 1_024) },
    ...{ source: { component: 'kubejobs' }, reportingComponent: 'kubejobs', reportingInstance: '' },
    ...{ firstTimestamp: at, lastTimestamp: at, count: 1 },
  };
  return event;
}
