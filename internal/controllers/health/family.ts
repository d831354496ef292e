// What one owner made: the pods of a Job or of a PyTorchJob, the Jobs of a JobSet, with their counts. Kept by the owner's
// uid, which decides whose they are, and kept before the owner itself is known. Each change costs the same, however many
// there are.
import type { PodRecord, WorkloadRecord } from './records.ts';
import type { WorkloadSummary } from './summary.ts';
import { Tally } from './tally.ts';

/** A workload that is watched, and what is said of it. */
export interface Entry {
  readonly key: string;
  record: WorkloadRecord;
  summary: WorkloadSummary;
  /** Where it is in lists: the order in which workloads were first seen. */
  readonly sequence: number;
}

export class Family {
  readonly pods = new Map<string, PodRecord>();
  readonly podStates = new Tally();
  /** Containers with an issue, by its reason. */
  readonly issues = new Tally();
  readonly #troubledPods = new Map<string, PodRecord>();
  readonly jobs = new Map<string, Entry>();
  readonly jobStates = new Tally();
  readonly #unhealthyJobs = new Map<string, Entry>();
  /** As a rule one; none when the owner is not known, or is not watched. */
  readonly owners = new Set<Entry>();

  get isEmpty(): boolean {
    return this.pods.size + this.jobs.size + this.owners.size === 0;
  }

  /** The one that has been in trouble longest. */
  get troubledPod(): PodRecord | undefined {
    return this.#troubledPods.values().next().value;
  }

  get unhealthyJob(): Entry | undefined {
    return this.#unhealthyJobs.values().next().value;
  }

  addPod(key: string, pod: PodRecord): void {
    this.removePod(key, true);
    this.pods.set(key, pod);
    this.#countPod(pod, 1);
    if (isTroubled(pod)) this.#troubledPods.set(key, pod);
    else this.#troubledPods.delete(key);
  }

  /** `comesBack`: in a moment, changed, and then keeps its place among the troubled. */
  removePod(key: string, comesBack: boolean): void {
    const pod = this.pods.get(key);
    if (pod === undefined) return;
    this.pods.delete(key);
    this.#countPod(pod, -1);
    if (!comesBack) this.#troubledPods.delete(key);
  }

  addJob(entry: Entry): void {
    this.jobs.set(entry.key, entry);
    this.jobStates.add(entry.summary.state);
    if (entry.summary.healthy) this.#unhealthyJobs.delete(entry.key);
    else this.#unhealthyJobs.set(entry.key, entry);
  }

  /** With the summary that it was added with. `comesBack`: as for pods. */
  removeJob(entry: Entry, comesBack: boolean): void {
    if (!this.jobs.delete(entry.key)) return;
    this.jobStates.add(entry.summary.state, -1);
    if (!comesBack) this.#unhealthyJobs.delete(entry.key);
  }

  #countPod(pod: PodRecord, sign: 1 | -1): void {
    this.podStates.add(pod.state, sign);
    for (const { reason } of pod.issues) this.issues.add(reason, sign);
  }
}

export function isTroubled({ state, issues }: PodRecord): boolean {
  return issues.length > 0 || state === 'Unschedulable' || state === 'Failed';
}
