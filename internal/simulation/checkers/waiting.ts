// Jobs that wait on purpose. What each one waits for is worked out here from what its caller asked for and from how other
// jobs ended, by the plainest means; the rows must say the same. So a held, scheduled or blocked job never runs, one whose
// dependency can no longer be met ends cancelled in the very commit that ends the dependency, and one that expired never
// had a workload.
import type { Checker, Submission, TraceEntry } from '../trace.ts';
import { Findings } from './findings.ts';
import { isOver, type JobRow, type RowChange, type Rows } from './rows.ts';
import { workloadOf } from './workloads.ts';

type Committed = Extract<TraceEntry, { kind: 'committed' }>;

/** What keeps a job from running. */
interface Model {
  held: boolean;
  /** By the id of a job that has not ended: all the ways in which it may have to end. */
  waitsFor: Map<string, string[]>;
  /** A dependency ended otherwise than it had to. */
  isDoomed: boolean;
  startAt: number | undefined;
  /** Its time has come once: a clock that is set back does not make it wait again. */
  isDue: boolean;
  expiresAt: number | undefined;
}

export class WaitingChecker implements Checker {
  readonly #submissions = new Map<string, Submission>();
  readonly #models = new Map<string, Model>();
  readonly #dependents = new Map<string, Set<string>>();
  readonly #hadWorkload = new Set<string>();
  readonly #holdsAsked = new Map<string, number>();
  /** Jobs that the commit at hand may have moved. */
  readonly #touched = new Set<string>();
  readonly #found = new Findings();

  see(entry: TraceEntry, rows: Rows): void {
    if (entry.kind === 'submitted') this.#submissions.set(entry.name, entry.submission);
    if (entry.kind === 'hold_asked') this.#holdsAsked.set(entry.jobId, entry.asked);
    if (entry.kind === 'hold_answered') this.#checkAnswer(entry, rows);
    if (entry.kind === 'workload' && entry.change.type === 'ADDED') {
      this.#hadWorkload.add(workloadOf(entry.change).jobId);
    }
    if (entry.kind === 'committed') this.#committed(entry, rows);
  }

  violations(): readonly string[] {
    return this.#found.sentences;
  }

  #committed(entry: Committed, rows: Rows): void {
    for (const { jobId, set } of entry.changes) if (set === 'inserted') this.#insert(jobId, entry, rows);
    for (const change of entry.changes) this.#change(change, entry.commit, rows);
    for (const { jobId, attempt } of entry.commit.attempts) this.#checkStart(jobId, attempt.dispatchedAt, rows);
    for (const { jobId } of entry.changes) this.#touched.add(jobId);
    for (const jobId of this.#touched) this.#checkRow(jobId, entry, rows);
    this.#touched.clear();
  }

  #insert(jobId: string, { changes }: Committed, rows: Rows): void {
    const job = rows.jobs.get(jobId) as JobRow;
    const { held = false, rules = {} } = this.#submissions.get(job.name) ?? {};
    const { startInMs, queueTimeoutMs } = rules;
    const model: Model = {
      held,
      waitsFor: new Map(),
      isDoomed: false,
      isDue: false,
      startAt: startInMs === undefined ? rules.startAt : job.createdAt + startInMs,
      expiresAt: queueTimeoutMs === undefined ? undefined : job.createdAt + queueTimeoutMs,
    };
    model.isDue = (model.startAt ?? 0) <= job.createdAt;
    for (const { jobId: other, on } of rules.after ?? []) {
      const itsChanges = changes.filter((change) => change.jobId === other && change.set !== 'inserted');
      const before = itsChanges[0]?.from ?? rows.jobs.get(other)?.state;
      // It was run again in the same turn, before this one came or after: only the rows can tell.
      const wasRunAgain = itsChanges.some(({ from, to }) => isEnd(from) && !isEnd(to));
      if (wasRunAgain ? this.#rowWaits(jobId, other, changes, rows) : !isEnd(before))
        this.#link(model, jobId, other, on);
      else if (!meets(before, on)) model.isDoomed = true;
    }
    this.#models.set(jobId, model);
  }

  #rowWaits(jobId: string, other: string, changes: readonly RowChange[], rows: Rows): boolean {
    const touched = changes.some((change) => change.jobId === jobId && change.set !== 'inserted');
    return touched || (rows.jobs.get(jobId)?.waitsFor ?? []).some((dependency) => dependency.jobId === other);
  }

  #link(model: Model, jobId: string, other: string, on: string): void {
    model.waitsFor.set(other, [...(model.waitsFor.get(other) ?? []), on]);
    this.#dependents.set(other, (this.#dependents.get(other) ?? new Set()).add(jobId));
  }

  #change({ jobId, from, to, set }: RowChange, commit: Committed['commit'], rows: Rows): void {
    const wasRunAgain = isEnd(from) && !isEnd(to);
    if (wasRunAgain) this.#models.set(jobId, { ...nothing, waitsFor: new Map() });
    const model = this.#models.get(jobId);
    if (!model || set === 'inserted') return;
    if (set.held !== undefined) model.held = set.held === true;
    if (!isEnd(from) && isEnd(to)) this.#ended(jobId, to as string);
    // The wait before a retry; whether it is the right one is another checker's business. One that goes back to the pending
    // ones, as for a quota, has no time to wait for.
    if (from === 'running' && to !== 'running')
      Object.assign(model, { startAt: rows.jobs.get(jobId)?.startAt, isDue: to === 'pending' });
    if (to === 'pending' && from !== to) this.#checkTime(jobId, model, commit, rows);
  }

  #checkTime(jobId: string, model: Model, { timeline }: Committed['commit'], rows: Rows): void {
    const { startAt = 0, isDue } = model;
    const at = timeline.find((line) => line.jobId === jobId && line.entry.state === 'pending')?.entry.at ?? startAt;
    model.isDue = true;
    if (isDue || at >= startAt) return;
    this.#found.add(
      `waiting: ${rows.jobs.get(jobId)?.name} was pending at ${at}, though its time comes only at ${startAt}`,
    );
  }

  #ended(jobId: string, how: string): void {
    for (const dependent of this.#dependents.get(jobId) ?? []) {
      const model = this.#models.get(dependent);
      const ways = model?.waitsFor.get(jobId);
      if (!model || !ways) continue;
      model.isDoomed ||= !ways.every((on) => meets(how, on));
      model.waitsFor.delete(jobId);
      this.#touched.add(dependent);
    }
    this.#dependents.delete(jobId);
  }

  #checkStart(jobId: string, at: number, rows: Rows): void {
    const { held, waitsFor, isDoomed, isDue, startAt = 0, expiresAt } = this.#models.get(jobId) ?? {};
    const { name } = rows.jobs.get(jobId) ?? {};
    const what = `waiting: ${name} was started at ${at}, though`;
    if (held) this.#found.add(`${what} it is held`);
    if (waitsFor && waitsFor.size > 0) this.#found.add(`${what} ${[...waitsFor.keys()].join(' ')} has not ended`);
    if (isDoomed) this.#found.add(`${what} what it was to run after can no longer come`);
    if (!isDue && at < startAt) this.#found.add(`${what} its time comes only at ${startAt}`);
    const canExpire = expiresAt !== undefined && !this.#hadWorkload.has(jobId);
    if (canExpire && at >= expiresAt) this.#found.add(`${what} it should have expired at ${expiresAt}`);
  }

  #checkRow(jobId: string, { at }: Committed, rows: Rows): void {
    const job = rows.jobs.get(jobId);
    const model = this.#models.get(jobId);
    if (!job || !model) return;
    const problem = this.#problemOf(job, model);
    if (problem) this.#found.add(`waiting: ${job.name} is ${job.state} (${job.reason ?? 'well'}) at ${at}, ${problem}`);
  }

  #problemOf(job: JobRow, model: Model): string | undefined {
    const { state, reason, finishedAt = 0 } = job;
    const { held, waitsFor, isDoomed, startAt, expiresAt } = model;
    if (isDoomed) {
      const isRight = reason === 'dependency_failed' || reason === 'by_user' || state === 'expired';
      model.isDoomed = false;
      return isOver(job) && isRight ? undefined : 'and what it was to run after can no longer come';
    }
    if (reason === 'dependency_failed' && !this.#submissions.get(job.name)?.rules?.after)
      return 'and waited for nobody';
    if (state === 'expired') {
      if (this.#hadWorkload.has(job.jobId)) return 'and had a workload';
      return expiresAt === undefined || finishedAt < expiresAt ? `and was to expire at ${expiresAt}` : undefined;
    }
    if (isOver(job) || state === 'running') return undefined;
    if (held !== (state === 'held')) return `and ${held ? 'is held' : 'nobody holds it'}`;
    if (!held && waitsFor.size > 0 !== (state === 'blocked')) return `and waits for ${waitsFor.size} others`;
    if (state === 'scheduled' && startAt === undefined) return 'and nobody gave it a time';
    return undefined;
  }

  /** Only of the last hold or release that was asked for: what others asked for since may come in between. */
  #checkAnswer({ jobId, held, asked }: Extract<TraceEntry, { kind: 'hold_answered' }>, rows: Rows): void {
    const job = rows.jobs.get(jobId);
    if (!job || isOver(job) || this.#holdsAsked.get(jobId) !== asked || job.state === 'running') return;
    if ((job.held ?? false) === held || job.attempt > 0) return;
    this.#found.add(`waiting: ${job.name} was ${held ? 'held' : 'released'}, the answer says, and its row does not`);
  }
}

/** A job that a person has run again waits for nothing but its turn. */
const nothing = { held: false, isDoomed: false, isDue: false, startAt: undefined, expiresAt: undefined };

const meeting: Record<string, readonly string[]> = {
  success: ['succeeded'],
  failure: ['failed', 'expired'],
  finish: ['succeeded', 'failed', 'cancelled', 'expired'],
};

function meets(how: string | undefined, on: string): boolean {
  return how !== undefined && (meeting[on] ?? []).includes(how);
}

function isEnd(state: string | undefined): boolean {
  return meets(state, 'finish');
}
