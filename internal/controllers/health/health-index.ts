// The health of everything watched, kept up to date one change at a time: a change costs work for its own workload, and for
// the JobSet above it, whatever else there is. Told of records, it answers summaries, documents and counts; it watches
// nothing, knows no time, and must at any moment equal what a fresh look at all records would give.
import { type WorkloadDocument, workloadDocument } from './documents.ts';
import { type Entry, Family } from './family.ts';
import type { PodRecord, WatchedKind, WorkloadRecord } from './records.ts';
import { summaryOf, type WorkloadSummary } from './summary.ts';
import { Tally } from './tally.ts';

/** `next` undefined: gone. */
export type OnHealth = (key: string, next: WorkloadSummary | undefined, previous: WorkloadSummary | undefined) => void;

export interface KindCounts {
  states: Record<string, number>;
  unhealthy: number;
}

export interface HealthCounts {
  kinds: Record<WatchedKind, KindCounts>;
  /** Pods of watched workloads, by state. */
  pods: Record<string, number>;
  /** Containers of those, by the reason of their issue. */
  containerIssues: Record<string, number>;
}

interface KindTotals {
  states: Tally;
  unhealthy: number;
}

export function workloadKey(kind: string, namespace: string, name: string): string {
  return `${kind}/${namespace}/${name}`;
}

export class HealthIndex {
  readonly #onHealth: OnHealth;
  readonly #entries = new Map<string, Entry>();
  readonly #families = new Map<string, Family>();
  readonly #totals: Record<WatchedKind, KindTotals> = { JobSet: nothing(), PyTorchJob: nothing(), Job: nothing() };
  readonly #pods = new Tally();
  readonly #issues = new Tally();
  #lastSequence = 0;

  constructor(onHealth: OnHealth = () => {}) {
    this.#onHealth = onHealth;
  }

  /** `previous` undefined: new; `next` undefined: gone. */
  workload(previous: WorkloadRecord | undefined, next: WorkloadRecord | undefined): void {
    const isAnother = previous && (next === undefined || previous.uid !== next.uid);
    if (isAnother) this.#removeWorkload(previous);
    if (next) this.#putWorkload(next);
  }

  pod(previous: PodRecord | undefined, next: PodRecord | undefined): void {
    const before = previous && this.#families.get(previous.owner);
    if (previous && before) {
      this.#count(before, -1);
      before.removePod(podKey(previous), next?.owner === previous.owner && podKey(next) === podKey(previous));
      this.#count(before, 1);
    }
    if (next) {
      const family = this.#family(next.owner);
      this.#count(family, -1);
      family.addPod(podKey(next), next);
      this.#count(family, 1);
    }
    if (previous && previous.owner !== next?.owner) this.#settle(previous.owner);
    if (next) this.#settle(next.owner);
  }

  get size(): number {
    return this.#entries.size;
  }

  summary(kind: string, namespace: string, name: string): WorkloadSummary | undefined {
    return this.#entries.get(workloadKey(kind, namespace, name))?.summary;
  }

  /** In the order in which they were first seen. */
  *summaries(): IterableIterator<{ sequence: number; summary: WorkloadSummary }> {
    yield* this.#entries.values();
  }

  document(kind: string, namespace: string, name: string): WorkloadDocument | undefined {
    const entry = this.#entries.get(workloadKey(kind, namespace, name));
    if (entry === undefined) return undefined;
    const { pods, jobs } = this.#family(entry.record.uid);
    const children = [...jobs.values()].map(({ record, summary }) => ({
      name: record.name,
      state: summary.state,
      pods: podsOf(this.#families.get(record.uid)?.pods),
    }));
    return workloadDocument(
      entry.record,
      podsOf(pods),
      children.sort((a, b) => (a.name < b.name ? -1 : 1)),
    );
  }

  counts(): HealthCounts {
    const of = (kind: WatchedKind): KindCounts => {
      const { states, unhealthy } = this.#totals[kind];
      return { states: states.counts(), unhealthy };
    };
    const kinds = { JobSet: of('JobSet'), PyTorchJob: of('PyTorchJob'), Job: of('Job') };
    return { kinds, pods: this.#pods.counts(), containerIssues: this.#issues.counts() };
  }

  #putWorkload(record: WorkloadRecord): void {
    const key = workloadKey(record.kind, record.namespace, record.name);
    const known = this.#entries.get(key);
    if (known && known.record.uid !== record.uid) this.#removeWorkload(known.record);
    const entry = this.#entries.get(key);
    if (entry) this.#update(entry, record);
    else this.#add(key, record);
  }

  #add(key: string, record: WorkloadRecord): void {
    const family = this.#family(record.uid);
    this.#lastSequence += 1;
    const entry = { key, record, summary: summaryOf(record, family), sequence: this.#lastSequence };
    this.#count(family, -1);
    family.owners.add(entry);
    this.#count(family, 1);
    this.#entries.set(key, entry);
    this.#enter(entry);
    this.#onHealth(key, entry.summary, undefined);
    this.#settleParent(entry);
  }

  #update(entry: Entry, record: WorkloadRecord): void {
    const before = entry.record.owner?.uid;
    if (before !== record.owner?.uid) {
      this.#leave(entry);
      entry.record = record;
      this.#enter(entry);
      if (before) this.#settle(before);
    }
    entry.record = record;
    this.#refresh(entry);
  }

  #removeWorkload({ kind, namespace, name, uid }: WorkloadRecord): void {
    const key = workloadKey(kind, namespace, name);
    const entry = this.#entries.get(key);
    if (entry?.record.uid !== uid) return;
    this.#entries.delete(key);
    this.#leave(entry);
    const family = this.#family(uid);
    this.#count(family, -1);
    family.owners.delete(entry);
    this.#count(family, 1);
    this.#drop(uid, family);
    this.#onHealth(key, undefined, entry.summary);
    this.#settleParent(entry);
  }

  /** Something below it, or it itself, has changed. */
  #refresh(entry: Entry): void {
    const previous = entry.summary;
    this.#leave(entry, true);
    entry.summary = summaryOf(entry.record, this.#family(entry.record.uid));
    this.#enter(entry);
    this.#onHealth(entry.key, entry.summary, previous);
    this.#settleParent(entry);
  }

  #settle(ownerUid: string): void {
    const family = this.#families.get(ownerUid);
    if (family === undefined) return;
    for (const owner of family.owners) this.#refresh(owner);
    this.#drop(ownerUid, family);
  }

  /** Only JobSets have anything above their Jobs; so no ring of owners can keep this going. */
  #settleParent({ record }: Entry): void {
    if (record.owner === undefined) return;
    const parent = this.#families.get(record.owner.uid);
    if (parent === undefined) return;
    for (const owner of parent.owners)
      if (record.kind === 'Job' && owner.record.kind === 'JobSet') this.#refresh(owner);
    this.#drop(record.owner.uid, parent);
  }

  /** Into the totals, and into the family of its owner. */
  #enter(entry: Entry): void {
    this.#total(entry, 1);
    const { kind, owner } = entry.record;
    if (kind === 'Job' && owner?.kind === 'JobSet') this.#family(owner.uid).addJob(entry);
  }

  #leave(entry: Entry, comesBack = false): void {
    this.#total(entry, -1);
    const { owner } = entry.record;
    if (owner) this.#families.get(owner.uid)?.removeJob(entry, comesBack);
  }

  #total({ summary }: Entry, sign: 1 | -1): void {
    const totals = this.#totals[summary.kind];
    totals.states.add(summary.state, sign);
    if (!summary.healthy) totals.unhealthy += sign;
  }

  /** Pods count when their owner is there. */
  #count(family: Family, sign: 1 | -1): void {
    if (family.owners.size === 0) return;
    this.#pods.addAll(family.podStates, sign);
    this.#issues.addAll(family.issues, sign);
  }

  #family(uid: string): Family {
    const known = this.#families.get(uid);
    if (known) return known;
    const family = new Family();
    this.#families.set(uid, family);
    return family;
  }

  #drop(uid: string, family: Family): void {
    if (family.isEmpty) this.#families.delete(uid);
  }
}

function nothing(): KindTotals {
  return { states: new Tally(), unhealthy: 0 };
}

function podKey({ namespace, info }: PodRecord): string {
  return `${namespace}/${info.name}`;
}

function podsOf(pods: ReadonlyMap<string, PodRecord> = new Map()): PodRecord[] {
  return [...pods.values()].sort((a, b) => (a.info.name < b.info.name ? -1 : 1));
}
