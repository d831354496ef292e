// Finds out when all pods of a group run, and says so by a label on each of them. Keys of groups travel, nothing else: for each
// key it judges the group as the watches show it, reads the owners when all else is well, and labels the pods that have no
// label. It never takes a label away, and it makes and deletes nothing.
import { type KubernetesObject, podsResource } from '../../../pkg/kubernetes/cluster.ts';
import { createInformer, type Informer } from '../../../pkg/kubernetes/informer.ts';
import { withRightsHint } from '../../../pkg/kubernetes/rights.ts';
import type { CancelTimer } from '../../platform/clock.ts';
import { scopesOf, type WatchDeps } from '../scopes.ts';
import { type Retry, WorkQueue } from '../work-queue.ts';
import { missing, type Obstacle, obstacles, unlabelled } from './assess.ts';
import { DeadlockWatch, type GiveWay } from './deadlock-watch.ts';
import { type Group, GroupIndex } from './group-index.ts';
import { type Labelled, putLabel } from './put-label.ts';
import { couldDeclare, readOwners } from './read-owners.ts';
import { type GroupPod, groupPodOf, type PodGroupLabels } from './records.ts';
import { annotatedSize, fromAnnotation, type GroupSize, missingPods, sizeFromOwners } from './size.ts';

export interface PodGroupControllerDeps extends WatchDeps {
  queueId: string;
  labels: PodGroupLabels;
  /** How long groups must have waited for one another to be a deadlock. */
  deadlockAfterMs: number;
  /** How a job is asked to give way; absent: none ever is. */
  giveWay?: GiveWay;
}

/** What is known of a group beyond its pods. */
export interface Standing {
  ready: boolean;
  /** Since when, as far as this controller has seen. */
  since: number;
  size?: GroupSize;
  /** What its pods do not show: its owners, or labels that could not be put. */
  obstacle?: Obstacle;
  /** What its owners declared, and the `members` that it was read for. */
  read?: { size: GroupSize; members: number };
  /** The `members` that were judged. */
  judged?: number;
}

type Verdict = Omit<Standing, 'since'> & {
  retry?: Retry;
  /** What somebody has to put right. */
  mistake?: Obstacle;
};

const groupsAtOnce = 4;
const labelsAtOnce = 8;
/** What the API server refuses for good is tried again this late: somebody may have changed the rights. */
const refusedAgainMs = 300_000;
/** An owner may come to want fewer pods, and no pod would tell of it. */
const ownersAgainMs = 30_000;
const metricsRestMs = 250;

export class PodGroupController {
  readonly index: GroupIndex;
  readonly deadlocks: DeadlockWatch;
  readonly #deps: PodGroupControllerDeps;
  readonly #queue: WorkQueue;
  readonly #informers: Array<Informer<GroupPod | undefined>>;
  readonly #standings = new Map<string, Standing>();
  readonly #told = new Map<string, string>();
  #cancelMetrics: CancelTimer | undefined;
  #stopped = false;

  constructor(deps: PodGroupControllerDeps) {
    this.#deps = deps;
    const { clock, random, logger, metrics } = deps;
    const process = (key: string): Promise<Retry | undefined> => this.#reconcile(key);
    this.#queue = new WorkQueue({
      name: 'podgroup',
      clock,
      random,
      logger,
      metrics,
      concurrency: groupsAtOnce,
      process,
    });
    this.index = new GroupIndex({
      now: () => clock.now(),
      onChange: (key) => this.#changed(key),
      onStuck: () => this.deadlocks.changed(),
    });
    this.deadlocks = new DeadlockWatch({ ...deps, index: this.index, afterMs: deps.deadlockAfterMs });
    this.#informers = scopesOf(deps).map((namespace) => this.#informer(namespace));
  }

  start(): void {
    this.#queue.start();
    for (const informer of this.#informers) informer.start();
    this.#publish();
  }

  /** Resolves when nothing is under way any more. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#cancelMetrics?.();
    const { deadlocks } = this;
    await Promise.all([this.#queue.stop(), deadlocks.stop(), ...this.#informers.map((informer) => informer.stop())]);
  }

  /** Undefined for a group that is not there. */
  standing(key: string): Standing | undefined {
    return this.#standings.get(key);
  }

  #informer(namespace: string | undefined): Informer<GroupPod | undefined> {
    const { cluster, clock, random, logger, metrics, labels, timing = {} } = this.#deps;
    return createInformer<GroupPod | undefined>({
      ...{ cluster, resource: podsResource, labelSelector: labels.name, clock, random, logger, metrics, timing },
      ...(namespace === undefined ? {} : { namespace }),
      project: (object) => this.#project(object),
      handlers: { onChange: (_key, previous, next) => this.index.change(previous, next) },
    });
  }

  #project(object: KubernetesObject): GroupPod | undefined {
    return groupPodOf(object, this.#deps.labels, this.#deps.queueId);
  }

  #changed(key: string): void {
    if (this.#stopped) return;
    const isNew = this.index.get(key) !== undefined && !this.#standings.has(key);
    if (isNew) this.#standings.set(key, { ready: false, since: this.#deps.clock.now() });
    this.#queue.add(key);
    this.#cancelMetrics ??= this.#deps.clock.schedule(metricsRestMs, () => {
      this.#cancelMetrics = undefined;
      this.#publish();
    });
  }

  async #reconcile(key: string): Promise<Retry | undefined> {
    const group = this.index.get(key);
    if (!group) {
      this.#standings.delete(key);
      this.#told.delete(key);
      return undefined;
    }
    if (this.#isReadyAsBefore(group)) return undefined;
    const { retry, mistake, ...verdict } = await this.#judge(group);
    // Gone meanwhile: it was put on the queue again.
    if (this.index.get(key) !== group) return undefined;
    this.#note(group, verdict);
    this.#tellOfMistake(key, mistake);
    return retry;
  }

  /** A change of one of thousands of pods must not go over all of them. */
  #isReadyAsBefore(group: Group): boolean {
    const { ready, judged } = this.#standings.get(group.key) ?? {};
    return ready === true && judged === group.members && group.unlabelled === 0 && !isWaiting(group);
  }

  async #judge(group: Group): Promise<Verdict> {
    if (isWaiting(group)) return { ready: false };
    const pods = [...group.pods.values()];
    const annotated = annotatedSize(pods);
    const size = annotated.kind === 'size' ? fromAnnotation(annotated.pods) : this.#sizeWithoutOwners(group, pods);
    const [obstacle] = obstacles(pods, annotated);
    if (obstacle) {
      const mistake = obstacle.reason === 'size_invalid' ? { mistake: obstacle } : {};
      return { ready: false, ...(size && { size }), ...mistake };
    }
    if (size) return this.#label(group, size);
    return this.#judgeByOwners(group, pods);
  }

  /** Undefined while its owners have to be asked: for labels that are to be put, always. */
  #sizeWithoutOwners({ key, members }: Group, pods: readonly GroupPod[]): GroupSize | undefined {
    if (!pods.some(couldDeclare)) return { pods: pods.length, from: 'pods' };
    const read = this.#standings.get(key)?.read;
    if (read?.members !== members || read.size.pods > pods.length) return undefined;
    return unlabelled(pods).length === 0 ? read.size : undefined;
  }

  async #judgeByOwners(group: Group, pods: readonly GroupPod[]): Promise<Verdict> {
    const { cluster, labels } = this.#deps;
    const { members, name } = group;
    const answer = await readOwners(cluster, group.namespace, pods, { label: labels.name, group: name });
    if (answer.outcome !== 'ok') {
      const { obstacle, isFinal, retryAfterMs } = answer;
      const retry: Retry = { retry: true, atLeastMs: isFinal ? refusedAgainMs : retryAfterMs };
      return { ready: false, obstacle, retry, ...(isFinal && { mistake: obstacle }) };
    }
    const read = { size: sizeFromOwners(answer.owners, answer.ownerless), members };
    const { size } = read;
    const [short] = missingPods(answer.owners);
    if (short !== undefined) {
      return { ready: false, size, read, obstacle: missing(short), retry: { retry: true, atLeastMs: ownersAgainMs } };
    }
    // Pods came or changed while the owners were asked: it is judged again, for its key is on the queue.
    if (group.members !== members || !isWell(group)) return { ready: false, size, read };
    return { ...(await this.#label(group, size)), read };
  }

  async #label(group: Group, size: GroupSize): Promise<Verdict> {
    const { cluster, labels } = this.#deps;
    const deps = { cluster, readyLabel: labels.ready, project: (object: KubernetesObject) => this.#project(object) };
    const { members } = group;
    const left = unlabelled(group.pods.values());
    for (let from = 0; from < left.length && !this.#stopped; from += labelsAtOnce) {
      const some = left.slice(from, from + labelsAtOnce);
      const answers = await Promise.all(some.map((pod) => putLabel(deps, pod)));
      for (const answer of answers) this.#count(answer);
      const failure = answers.find((answer) => answer.outcome === 'failed');
      if (failure) return this.#unlabelled(failure, size);
    }
    return { ready: group.unlabelled === 0, size, judged: members };
  }

  #count(answer: Labelled): void {
    if (answer.outcome === 'labelled') this.index.written(answer.pod);
    this.#deps.metrics.count('kubejobs_podgroup_labels_total', { outcome: answer.outcome });
  }

  #unlabelled({ message, isFinal, retryAfterMs }: Extract<Labelled, { outcome: 'failed' }>, size: GroupSize): Verdict {
    const obstacle = {
      reason: 'labels_missing',
      message: `a pod cannot be labelled: ${withRightsHint(message, 'podgroup')}`,
    } as const;
    const retry: Retry = { retry: true, atLeastMs: isFinal ? refusedAgainMs : retryAfterMs };
    return { ready: false, size, obstacle, retry, ...(isFinal && { mistake: obstacle }) };
  }

  #note(group: Group, verdict: Omit<Standing, 'since'>): void {
    const { clock, logger } = this.#deps;
    const before = this.#standings.get(group.key);
    const since = before?.ready === verdict.ready ? before.since : clock.now();
    const { read = before?.read, size = read?.size } = verdict;
    this.#standings.set(group.key, { ...verdict, since, ...(size && { size }), ...(read && { read }) });
    if (verdict.ready && !before?.ready)
      logger.info({ podgroup: group.key, pods: group.pods.size }, 'a pod group is ready');
  }

  /** Once for each that is new. */
  #tellOfMistake(key: string, mistake: Obstacle | undefined): void {
    const problem = mistake?.message ?? '';
    if (problem !== '' && this.#told.get(key) !== problem)
      this.#deps.logger.warn({ podgroup: key, problem }, 'a pod group cannot become ready');
    this.#told.set(key, problem);
  }

  #publish(): void {
    const { metrics } = this.#deps;
    const counts = { ready: 0, not_ready: 0 };
    for (const { key } of this.index.values()) counts[this.#standings.get(key)?.ready ? 'ready' : 'not_ready'] += 1;
    for (const [state, count] of Object.entries(counts)) metrics.set('kubejobs_podgroups', count, { state });
  }
}

/** Whatever its size: a pod does not run, or is being deleted. */
function isWaiting({ idle, deleted }: Group): boolean {
  return idle > 0 || deleted > 0;
}

/** As far as its pods show. */
function isWell(group: Group): boolean {
  const pods = [...group.pods.values()];
  return obstacles(pods, annotatedSize(pods)).length === 0;
}
