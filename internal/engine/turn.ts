// What one turn collects on its way: how its jobs stood before it, the rows to write, the answers and effects to give
// out once they are written.
import type { Attempt, Job, JobState, WorkloadReference } from '../../pkg/models/index.ts';
import type { Core } from '../core/core.ts';
import type { CreateWorkload, Decision, DeleteWorkload, StartAttempt } from '../core/decisions.ts';
import type { CoreEvent } from '../core/events.ts';
import { type Commit, emptyCommit, type IdempotencyRecord } from '../store/store.ts';
import { type Standing, standingOf } from './committed-view.ts';
import type { OtherRows } from './inbox.ts';

export class Turn {
  readonly #restored: ReadonlyMap<string, JobState>;
  readonly commit: Commit = emptyCommit();
  /** The jobs that this turn touches, as they stood before it. */
  readonly before = new Map<string, Standing>();
  /** Rows of jobs that this turn inserts or starts. */
  readonly rows = new Map<string, Job>();
  /** Called after the commit, in order. */
  readonly answers: Array<() => void> = [];
  readonly effects: Array<CreateWorkload | DeleteWorkload> = [];
  /** Keys that this turn gave an answer to. */
  readonly idempotency = new Map<string, IdempotencyRecord>();
  wakeAt: number | undefined;
  /** From acceptance to dispatch, of the jobs that this turn starts. */
  readonly waitsMs: number[] = [];

  /** `restored`: after a rebuild, where jobs stood in the rows that the rebuild itself may have moved. */
  constructor(restored: ReadonlyMap<string, JobState> = new Map()) {
    this.#restored = restored;
  }

  /** Remembers where the jobs stand that the event may move; call before it is applied. */
  touch(core: Core, event: CoreEvent): void {
    for (const jobId of core.affectedBy(event)) {
      if (!this.before.has(jobId)) this.before.set(jobId, standingOf(core, jobId));
    }
  }

  remember(record: IdempotencyRecord): void {
    this.idempotency.set(record.key, record);
    this.commit.idempotency.push(record);
  }

  insert(job: Job): void {
    this.commit.inserts.push(job);
    this.rows.set(job.jobId, job);
  }

  write({ webhooksUpTo, ...rows }: OtherRows): void {
    this.commit.schedules.push(...(rows.schedules ?? []));
    this.commit.removedSchedules.push(...(rows.removedSchedules ?? []));
    this.commit.deliveries.push(...(rows.deliveries ?? []));
    this.commit.removedDeliveries.push(...(rows.removedDeliveries ?? []));
    if (webhooksUpTo !== undefined) this.commit.webhooksUpTo = webhooksUpTo;
  }

  /** Takes in what the core decided, all but the started attempts: those need rows. */
  record(decisions: readonly Decision[]): StartAttempt[] {
    const starts: StartAttempt[] = [];
    for (const decision of decisions) {
      if (decision.kind === 'start_attempt') starts.push(decision);
      else this.#take(decision);
    }
    return starts;
  }

  #take(decision: Exclude<Decision, StartAttempt>): void {
    switch (decision.kind) {
      case 'change_job': {
        const { jobId, set, timeline } = decision;
        if (Object.keys(set).length > 0) this.commit.jobChanges.push({ jobId, set });
        if (timeline) this.commit.timeline.push({ jobId, entry: timeline });
        break;
      }
      case 'change_attempt':
        this.commit.attemptChanges.push({ jobId: decision.jobId, attempt: decision.attempt, set: decision.set });
        break;
      case 'change_settings':
        Object.assign(this.commit.settings, decision.set);
        break;
      case 'wake_at':
        this.wakeAt = decision.at;
        break;
      case 'create_workload':
      case 'delete_workload':
        this.effects.push(decision);
        break;
    }
  }

  /** The job was taken out of the queue by the plan just made. */
  startAttempt(core: Core, start: StartAttempt, workload: WorkloadReference): void {
    const { jobId, attempt, dispatchSequence, at } = start;
    this.#touchStarted(core, start);
    const row: Attempt = { attempt, dispatchSequence, dispatchedAt: at, workload, creation: 'requested' };
    this.commit.attempts.push({ jobId, attempt: row });
  }

  #touchStarted(core: Core, { jobId, attempt }: StartAttempt): void {
    const job = core.running(jobId);
    if (!job) throw new Error(`job ${jobId} was started and does not run`);
    const before = this.before.get(jobId);
    const { priority, sequence } = job;
    if (!before) this.before.set(jobId, { place: 'pending', priority, sequence, reason: 'waiting_for_slot' });
    if (before?.place === 'running') this.#forgetChanges(jobId, attempt);
  }

  /** The attempt that a quota refused in this very turn is replaced by the new one: what was to change in it is moot. */
  #forgetChanges(jobId: string, attempt: number): void {
    const { attemptChanges } = this.commit;
    const others = attemptChanges.filter((change) => change.jobId !== jobId || change.attempt !== attempt);
    attemptChanges.splice(0, attemptChanges.length, ...others);
  }

  /** Whether there is anything to write. */
  get hasWrites(): boolean {
    const { settings, webhooksUpTo, ...rows } = this.commit;
    const hasRows = Object.values(rows).some((list) => list.length > 0);
    return hasRows || Object.keys(settings).length > 0 || webhooksUpTo !== undefined;
  }

  /** State changes of this turn, for the counts: from `undefined` for a new job. */
  stateChanges(): Array<{ jobId: string; from: JobState | undefined; to: JobState }> {
    const current = new Map<string, JobState>();
    const changes: Array<{ jobId: string; from: JobState | undefined; to: JobState }> = [];
    for (const job of this.commit.inserts) {
      current.set(job.jobId, job.state);
      changes.push({ jobId: job.jobId, from: undefined, to: job.state });
    }
    for (const { jobId, set } of this.commit.jobChanges) {
      if (!set.state) continue;
      changes.push({ jobId, from: current.get(jobId) ?? this.#stateBefore(jobId), to: set.state });
      current.set(jobId, set.state);
    }
    return changes;
  }

  #stateBefore(jobId: string): JobState | undefined {
    const place = this.before.get(jobId)?.place ?? this.#restored.get(jobId);
    return place === 'none' ? undefined : place;
  }
}
