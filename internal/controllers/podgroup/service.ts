// What the HTTP API asks about pod groups, answered from what the controller knows. It fits the API's interface by shape.
import { type Page, type PageRequest, pageOf } from '../page.ts';
import { type Obstacle, obstacles, podState, unlabelled, type WaitingPod, waitingPods } from './assess.ts';
import type { Group } from './group-index.ts';
import type { PodGroupController, Standing } from './podgroup-controller.ts';
import { couldDeclare } from './read-owners.ts';
import type { GroupPod } from './records.ts';
import { annotatedSize, fromAnnotation, type GroupSize } from './size.ts';

export interface PodGroupView {
  namespace: string;
  name: string;
  size?: GroupSize;
  /** Pods by state. */
  pods: Record<string, number>;
  labelled: number;
  ready: boolean;
  /** Milliseconds. */
  since: number;
  reason?: Obstacle['reason'];
  message?: string;
  waiting: WaitingPod[];
  /** How many more there are of those. */
  waitingLeftOut: number;
  deadlock?: { since: number; groups: readonly string[] };
}

export interface PodGroupsFilter {
  namespace?: string;
  ready?: boolean;
}

interface JudgedGroup {
  group: Group;
  standing: Standing;
  /** What keeps it from being ready. */
  against: readonly Obstacle[];
}

const mostInList = 5;
const mostOfOne = 500;
const mostDeadlocked = 100;

export class PodGroupService {
  readonly #controller: Pick<PodGroupController, 'index' | 'standing' | 'deadlocks'>;

  constructor(controller: Pick<PodGroupController, 'index' | 'standing' | 'deadlocks'>) {
    this.#controller = controller;
  }

  /** In the order in which they were first seen. */
  groups(filter: PodGroupsFilter, request: PageRequest): Page<PodGroupView> {
    const { items, ...page } = pageOf(this.#matching(filter), request);
    return { ...page, items: items.map((judged) => this.#view(judged, mostInList)) };
  }

  *#matching({ namespace, ready }: PodGroupsFilter): Iterable<JudgedGroup & { sequence: number }> {
    for (const group of this.#controller.index.values()) {
      const standing = this.#controller.standing(group.key);
      if (!standing || (namespace ?? group.namespace) !== group.namespace) continue;
      const against = hindrances(group, standing);
      if (ready === undefined || ready === isReady(standing, against))
        yield { sequence: group.sequence, group, standing, against };
    }
  }

  group(namespace: string, name: string): PodGroupView | undefined {
    const key = `${namespace}/${name}`;
    const [group, standing] = [this.#controller.index.get(key), this.#controller.standing(key)];
    return group && standing && this.#view({ group, standing, against: hindrances(group, standing) }, mostOfOne);
  }

  #view({ group, standing, against }: JudgedGroup, most: number): PodGroupView {
    const { namespace, name } = group;
    const pods = [...group.pods.values()];
    const [first] = against;
    const waiting = waitingPods(pods);
    const deadlock = this.#controller.deadlocks.of(group.key);
    const size = sizeOf(pods, standing);
    return {
      ...{ namespace, name },
      ...(size && { size }),
      pods: countBy(pods.map(podState)),
      labelled: pods.length - unlabelled(pods).length,
      ready: isReady(standing, against),
      since: standing.since,
      ...(first && { reason: first.reason, message: against.map(({ message }) => message).join('; ') }),
      waiting: waiting.slice(0, most),
      waitingLeftOut: Math.max(0, waiting.length - most),
      ...(deadlock && { deadlock: { since: deadlock.since, groups: deadlock.groups.slice(0, mostDeadlocked) } }),
    };
  }
}

/** What the pods show now, else what was found out when the group was last judged. */
function hindrances({ pods }: Group, standing: Standing): Obstacle[] {
  const all = [...pods.values()];
  const shown = obstacles(all, annotatedSize(all));
  if (shown.length > 0) return shown;
  if (standing.obstacle) return [standing.obstacle];
  return standing.ready ? [] : [labelsToCome];
}

const labelsToCome: Obstacle = { reason: 'labels_missing', message: 'its pods are about to be labelled' };

/** An annotation that is gone, or makes no sense any more, says nothing. */
function sizeOf(pods: readonly GroupPod[], { size }: Standing): GroupSize | undefined {
  const annotated = annotatedSize(pods);
  if (annotated.kind === 'size') return fromAnnotation(annotated.pods);
  if (!pods.some(couldDeclare)) return { pods: pods.length, from: 'pods' };
  return size?.from === 'annotation' ? undefined : size;
}

function isReady({ ready }: Standing, against: readonly Obstacle[]): boolean {
  return ready && against.length === 0;
}

function countBy(words: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const word of words.toSorted()) counts[word] = (counts[word] ?? 0) + 1;
  return counts;
}
