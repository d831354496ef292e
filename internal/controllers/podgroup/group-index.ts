// The groups as the pods make them, kept up to date pod by pod: who is in which group, and since when a group has had a pod
// that runs and one that no node takes, without interruption. It reads nothing itself and decides nothing.
import { countsAsRunning, type GroupPod, groupKey } from './records.ts';

export interface Group {
  readonly key: string;
  /** In the order in which groups were first seen. */
  readonly sequence: number;
  readonly namespace: string;
  readonly name: string;
  readonly pods: ReadonlyMap<string, GroupPod>;
  /** Grows with every pod that comes, goes, or gets another owner or another size annotation. */
  readonly members: number;
  readonly running: number;
  readonly unschedulable: number;
  readonly deleted: number;
  /** Pods that do not count as running. */
  readonly idle: number;
  readonly unlabelled: number;
  /** Absent while it does not both hold nodes and wait for them. */
  readonly stuckSince?: number;
}

type Writable = { -readonly [K in keyof Group]: Group[K] } & { pods: Map<string, GroupPod> };

export interface GroupIndexDeps {
  now(): number;
  onChange(key: string): void;
  /** Its `stuckSince` came or went. */
  onStuck(): void;
}

export class GroupIndex {
  readonly #deps: GroupIndexDeps;
  readonly #groups = new Map<string, Writable>();
  #sequence = 0;

  constructor(deps: GroupIndexDeps) {
    this.#deps = deps;
  }

  get(key: string): Group | undefined {
    return this.#groups.get(key);
  }

  /** In the order in which they were first seen. */
  values(): IterableIterator<Group> {
    return this.#groups.values();
  }

  /** As an informer tells it. */
  change(previous: GroupPod | undefined, next: GroupPod | undefined): void {
    const isMove = previous && (!next || groupKey(previous) !== groupKey(next) || previous.name !== next.name);
    if (isMove) this.#remove(previous);
    if (next) this.#put(next);
  }

  /** What the API server answered to a write of ours, ahead of the watch. Nothing happens when it is another pod by now. */
  written(next: GroupPod): void {
    const known = this.#groups.get(groupKey(next))?.pods.get(next.name);
    if (known?.uid === next.uid) this.#put(next);
  }

  #put(pod: GroupPod): void {
    const group = this.#groupOf(pod);
    const known = group.pods.get(pod.name);
    if (known) count(group, known, -1);
    count(group, pod, 1);
    group.pods.set(pod.name, pod);
    const isSame = known?.uid === pod.uid && known.owner?.uid === pod.owner?.uid && known.size === pod.size;
    if (!isSame) group.members += 1;
    this.#changed(group);
  }

  #remove(pod: GroupPod): void {
    const group = this.#groups.get(groupKey(pod));
    const known = group?.pods.get(pod.name);
    if (!group || !known) return;
    count(group, known, -1);
    group.pods.delete(pod.name);
    group.members += 1;
    if (group.pods.size === 0) this.#groups.delete(group.key);
    this.#changed(group);
  }

  #groupOf(pod: GroupPod): Writable {
    const key = groupKey(pod);
    const known = this.#groups.get(key);
    if (known) return known;
    this.#sequence += 1;
    const { namespace, group: name } = pod;
    const counts = { members: 0, running: 0, unschedulable: 0, deleted: 0, idle: 0, unlabelled: 0 };
    const made: Writable = { key, sequence: this.#sequence, namespace, name, pods: new Map(), ...counts };
    this.#groups.set(key, made);
    return made;
  }

  #changed(group: Writable): void {
    const isStuck = group.running > 0 && group.unschedulable > 0;
    const wasStuck = group.stuckSince !== undefined;
    if (isStuck && !wasStuck) group.stuckSince = this.#deps.now();
    if (!isStuck) delete group.stuckSince;
    this.#deps.onChange(group.key);
    if (isStuck !== wasStuck) this.#deps.onStuck();
  }
}

/** One that is being deleted gives way already: it neither holds a node nor waits for one. */
function count(group: Writable, pod: GroupPod, by: 1 | -1): void {
  if (!countsAsRunning(pod)) group.idle += by;
  if (!pod.ready) group.unlabelled += by;
  if (pod.deleted) group.deleted += by;
  else if (pod.phase === 'Running') group.running += by;
  else if (pod.unschedulable) group.unschedulable += by;
}
