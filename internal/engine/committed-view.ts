// The queue as it is on disk. While a turn's commit is on its way the core is ahead of the store by the jobs of that
// turn; this view masks them, so that no reader ever sees an order that a crash could take back, and none waits.
import type { JobState, PendingReason, RunningReason } from '../../pkg/models/index.ts';
import type { Core } from '../core/core.ts';

/** Where a job stands; `none` for one that there is not. */
export type Standing =
  | { place: 'pending'; priority: number; sequence: number; reason: PendingReason }
  | ({ place: 'running'; priority: number; sequence: number; dispatchSequence: number; dispatchedAt: number } & Why)
  | { place: Exclude<JobState, 'pending' | 'running'> }
  | { place: 'none' };

/** Why a running job is not simply running; fresher than its row, which has only what enters the history. */
export interface Why {
  reason?: RunningReason;
  message?: string;
}

export interface PendingEntry {
  id: string;
  priority: number;
  sequence: number;
}

interface RunningEntry {
  jobId: string;
  dispatchSequence: number;
}

export const nowhere: Standing = { place: 'none' };

export function standingOf(core: Core, jobId: string): Standing {
  const running = core.running(jobId);
  if (running) {
    const { priority, sequence, dispatchSequence, dispatchedAt } = running;
    return { place: 'running', priority, sequence, dispatchSequence, dispatchedAt, ...whyOf(running) };
  }
  for (const queue of [core.state.runnable, core.state.refused]) {
    const priority = queue.priorityOf(jobId);
    if (priority === undefined) continue;
    const sequence = queue.sequenceOf(jobId) as number;
    return { place: 'pending', priority, sequence, reason: core.pendingReason(jobId) };
  }
  const waiting = core.state.waiting.get(jobId);
  return waiting ? { place: waiting.state } : nowhere;
}

function whyOf({ reason, message }: Why): Why {
  return { ...(reason && { reason }), ...(message && { message }) };
}

export class CommittedView {
  readonly #core: Core;
  /** Jobs of the turn in flight as they stand on disk. */
  #before = new Map<string, Standing>();
  /** Those of them that are pending on disk and in the core, each in order; made when the first reader asks. */
  #masked: { onDisk: PendingEntry[]; inCore: PendingEntry[] } | undefined;

  constructor(core: Core) {
    this.#core = core;
  }

  /** Masks the jobs of a turn, given as they stood before it, until `show`. */
  mask(before: Map<string, Standing>): void {
    this.#before = before;
    this.#masked = undefined;
  }

  /** The commit is done: the core is the truth again. */
  show(): void {
    this.mask(new Map());
  }

  get #mask(): { onDisk: PendingEntry[]; inCore: PendingEntry[] } {
    if (!this.#masked) {
      const after = new Map([...this.#before.keys()].map((jobId) => [jobId, standingOf(this.#core, jobId)]));
      this.#masked = { onDisk: pendingOf(this.#before), inCore: pendingOf(after) };
    }
    return this.#masked;
  }

  get pendingCount(): number {
    const { runnable, refused } = this.#core.state;
    return runnable.size + refused.size - this.#mask.inCore.length + this.#mask.onDisk.length;
  }

  /** Pending jobs in front of this place in the order. */
  position(priority: number, sequence: number): number {
    const { runnable, refused } = this.#core.state;
    const place = { id: '', priority, sequence };
    const ahead = (entries: PendingEntry[]): number => entries.filter((entry) => inOrder(entry, place) < 0).length;
    const inCore = runnable.countBefore(priority, sequence) + refused.countBefore(priority, sequence);
    return inCore - ahead(this.#mask.inCore) + ahead(this.#mask.onDisk);
  }

  /** Up to `limit` pending jobs in dispatch order, those behind the place `after` when given. */
  pending(limit: number, after?: { priority: number; sequence: number }): PendingEntry[] {
    const { runnable, refused } = this.#core.state;
    const first = after ? { priority: after.priority, sequence: after.sequence + 1 } : undefined;
    const from = (queue: typeof runnable): Iterator<PendingEntry> =>
      queue.entries(first ? queue.countBefore(first.priority, first.sequence) : 0);
    const masked = this.#mask.onDisk.filter((entry) => !first || inOrder(entry, { id: '', ...first }) >= 0);
    const merged = mergeOrdered([from(runnable), from(refused)], (entry) => this.#before.has(entry.id));
    return takeMerged(merged, masked, limit);
  }

  /** Up to `limit` pending jobs in dispatch order, from this position on. */
  pendingFrom(position: number, limit: number): PendingEntry[] {
    const { runnable, refused } = this.#core.state;
    // Behind so many runnable jobs are at most `position` others, whatever is refused or masked.
    const rank = Math.min(position - refused.size - this.#mask.onDisk.length, runnable.size - 1);
    if (rank <= 0) return this.pending(position + limit).slice(position);
    const { priority, sequence } = runnable.entries(rank).next().value as PendingEntry;
    const skipped = position - this.position(priority, sequence);
    return this.pending(skipped + limit, { priority, sequence: sequence - 1 }).slice(skipped);
  }

  /** Running jobs in order of dispatch, those after dispatch number `after` when given. */
  running(limit: number, after = 0): { ids: string[]; next?: number; total: number } {
    const entries: RunningEntry[] = this.#core.runningInOrder().filter((job) => !this.#before.has(job.jobId));
    for (const [jobId, standing] of this.#before) {
      if (standing.place === 'running') entries.push({ jobId, dispatchSequence: standing.dispatchSequence });
    }
    entries.sort((a, b) => a.dispatchSequence - b.dispatchSequence);
    const rest = entries.filter((entry) => entry.dispatchSequence > after);
    const page = rest.slice(0, limit);
    const last = page.at(-1);
    const ids = page.map((entry) => entry.jobId);
    return { ids, total: entries.length, ...(last && rest.length > page.length && { next: last.dispatchSequence }) };
  }

  /** Undefined when the job does not run. */
  whyRunning(jobId: string): Why | undefined {
    const standing = this.#before.get(jobId) ?? this.#core.running(jobId);
    return standing && 'dispatchSequence' in standing ? whyOf(standing) : undefined;
  }

  /** Only for a job that is pending. */
  whyPending(jobId: string): PendingReason {
    const standing = this.#before.get(jobId);
    return standing?.place === 'pending' ? standing.reason : this.#core.pendingReason(jobId);
  }
}

function inOrder(a: PendingEntry, b: PendingEntry): number {
  return b.priority - a.priority || a.sequence - b.sequence;
}

function pendingOf(standings: Map<string, Standing>): PendingEntry[] {
  const entries: PendingEntry[] = [];
  for (const [id, standing] of standings) {
    if (standing.place === 'pending') entries.push({ id, priority: standing.priority, sequence: standing.sequence });
  }
  return entries.sort(inOrder);
}

/** Merges ordered iterators, leaving out what `hidden` names. */
function* mergeOrdered(
  iterators: Iterator<PendingEntry>[],
  hidden: (entry: PendingEntry) => boolean,
): Generator<PendingEntry, undefined> {
  const heads = iterators.map((iterator) => iterator.next());
  for (;;) {
    let best = -1;
    for (let i = 0; i < heads.length; i += 1) {
      const head = heads[i] as IteratorResult<PendingEntry>;
      if (head.done) continue;
      if (best < 0 || inOrder(head.value, (heads[best] as IteratorYieldResult<PendingEntry>).value) < 0) best = i;
    }
    if (best < 0) return undefined;
    const entry = (heads[best] as IteratorYieldResult<PendingEntry>).value;
    heads[best] = (iterators[best] as Iterator<PendingEntry>).next();
    if (!hidden(entry)) yield entry;
  }
}

function takeMerged(entries: Iterator<PendingEntry>, masked: PendingEntry[], limit: number): PendingEntry[] {
  const merged = mergeOrdered([entries, masked[Symbol.iterator]()], () => false);
  const taken: PendingEntry[] = [];
  for (let i = 0; i < limit; i += 1) {
    const next = merged.next();
    if (next.done) break;
    taken.push(next.value);
  }
  return taken;
}
