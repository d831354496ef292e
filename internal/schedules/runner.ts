// Carries out what `decide` says: wakes at the times of the schedules, submits and cancels jobs like any client, and writes
// down what came of it. It holds no rows, only when to look at each schedule again.
//
// A run is submitted first and noted after. When the program ends in between, the next one finds the job by its marks and
// notes it; and as every try of a run has the same idempotency key, a submission whose answer was lost makes no second job.
import {
  type Answer,
  isFinished,
  type JobSubmission,
  type MissedReason,
  type Refusal,
  type Schedule,
} from '../../pkg/models/index.ts';
import type { CancelTimer, Clock } from '../platform/clock.ts';
import type { Logger } from '../platform/logger.ts';
import type { Metrics } from '../platform/metrics.ts';
import { type Store, StoreFailure } from '../store/store.ts';
import { timesOf } from './cron.ts';
import { type Decision, decide, noteMissed, noteRun } from './decide.ts';
import type { NextRuns } from './next-runs.ts';
import { keyOfRun, runOf, scheduleLabel, submissionOfRun } from './scheduled-job.ts';

export interface RunnerDeps {
  store: Pick<Store, 'reader'>;
  clock: Clock;
  logger: Logger;
  metrics: Metrics;
  nextRuns: NextRuns;
  jobs: {
    submit(submission: JobSubmission, key: { key: string; fingerprint: string }): Promise<Answer<{ jobId: string }>>;
    cancel(jobId: string): Promise<Answer<unknown>>;
  };
  /** The submission that is in a schedule's `job`. */
  submissionOf(job: Record<string, unknown>): Answer<JobSubmission>;
  /** Resolves when the rows are durable. */
  write(rows: { schedules: Schedule[] }): Promise<Answer<undefined>>;
}

const atOnce = 50;
const againMs = 5_000;
/** Refusals that pass; any other one is about the job. */
const passing: readonly string[] = ['store_unavailable', 'shutting_down', 'overloaded', 'internal'];

/** `schedule` is absent when nothing is to be written. */
interface Outcome {
  name: string;
  schedule?: Schedule;
  wakeAt: number | undefined;
}

export class ScheduleRunner {
  readonly #deps: RunnerDeps;
  /** When to look at which schedule, by name. */
  readonly #wakes = new Map<string, number>();
  #cancelTimer: CancelTimer | undefined;
  #last: Promise<unknown> = Promise.resolve();
  #stopped = true;

  constructor(deps: RunnerDeps) {
    this.#deps = deps;
  }

  /** Looks at every schedule: those that are due run soon. */
  start(): void {
    this.#stopped = false;
    this.#inBackground(() => this.#wakeAll());
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#cancelTimer?.();
    await this.#last;
  }

  /** One after the other, and never while runs are under way: what a step reads of a schedule is still so when it writes. */
  inOrder<Value>(step: () => Promise<Value>): Promise<Value> {
    const result = this.#last.then(step);
    this.#last = result.catch(() => undefined);
    return result;
  }

  /** The schedule is new or another one now. */
  follow(schedule: Schedule): void {
    this.#wake(schedule.name, this.#deps.nextRuns.of(schedule));
    this.#arm();
  }

  forget({ name, scheduleId }: Schedule): void {
    this.#deps.nextRuns.forget(scheduleId);
    this.#wake(name, undefined);
    this.#arm();
  }

  #wake(name: string, at: number | undefined): void {
    if (at === undefined) this.#wakes.delete(name);
    else this.#wakes.set(name, at);
  }

  async #wakeAll(): Promise<void> {
    const { store, clock, metrics } = this.#deps;
    const now = clock.now();
    try {
      const total = store.reader.scheduleCount();
      for (let skip = 0; skip < total; skip += atOnce) {
        for (const { name } of store.reader.schedules(atOnce, skip)) this.#wakes.set(name, now);
      }
      metrics.set('kubejobs_schedules', total);
      this.#arm();
    } catch (error) {
      this.#later(error, () => this.#inBackground(() => this.#wakeAll()));
    }
  }

  #arm(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    if (this.#stopped || this.#wakes.size === 0) return;
    const { clock } = this.#deps;
    let first = Number.POSITIVE_INFINITY;
    for (const at of this.#wakes.values()) first = Math.min(first, at);
    this.#cancelTimer = clock.schedule(Math.max(0, first - clock.now()), () => this.#inBackground(() => this.#tick()));
  }

  /** Nobody handles what the last promise rejects with: a bug ends the program as one. */
  #inBackground(step: () => Promise<void>): void {
    if (!this.#stopped) void this.inOrder(step).then(() => undefined);
  }

  async #tick(): Promise<void> {
    const now = this.#deps.clock.now();
    const due = [...this.#wakes].filter(([, at]) => at <= now).slice(0, atOnce);
    const outcomes = await Promise.all(due.map(([name]) => this.#look(name)));
    const schedules = outcomes.flatMap(({ schedule }) => schedule ?? []);
    const written = schedules.length === 0 || (await this.#deps.write({ schedules })).ok;
    for (const { name, wakeAt, schedule } of outcomes) {
      this.#wake(name, schedule && !written ? this.#deps.clock.now() + againMs : wakeAt);
    }
    this.#arm();
  }

  async #look(name: string): Promise<Outcome> {
    const { store, clock, nextRuns } = this.#deps;
    try {
      const schedule = store.reader.schedule(name);
      if (!schedule) return { name, wakeAt: undefined };
      const decision = this.#decide(schedule);
      const next = await this.#carryOut(decision);
      if (!next) return { name, wakeAt: clock.now() + againMs };
      this.#tell(schedule, next);
      const wakeAt = nextRuns.of(next);
      return sameRow(schedule, next) ? { name, wakeAt } : { name, schedule: next, wakeAt };
    } catch (error) {
      if (!(error instanceof StoreFailure)) throw error;
      return { name, wakeAt: clock.now() + againMs };
    }
  }

  #decide(schedule: Schedule): Decision {
    const { store, clock } = this.#deps;
    const [job] = store.reader.list({ labels: { [scheduleLabel]: schedule.name } }, 1).jobs;
    const at = job && runOf(schedule, job);
    const newest = job && at !== undefined ? { jobId: job.jobId, at } : undefined;
    const ids = new Set([...schedule.activeJobIds, ...(newest ? [newest.jobId] : [])]);
    const unfinished = store.reader.jobs([...ids]).filter(({ state }) => !isFinished(state));
    return decide({
      ...{ now: clock.now(), schedule, newest, times: timesOf(schedule.cron, schedule.timeZone) },
      unfinished: unfinished.map(({ jobId }) => jobId),
    });
  }

  /** The row to write, or undefined when it is to be tried again. */
  async #carryOut({ schedule, run }: Decision): Promise<Schedule | undefined> {
    if (!run) return schedule;
    const answer = await this.#submit(schedule, run.at, run.cancel);
    if (answer.ok) return noteRun(schedule, run.at, answer.value.jobId);
    const { code, detail } = answer.refusal;
    if (passing.includes(code)) return undefined;
    return noteMissed(schedule, { at: run.at, reason: 'refused', message: `${code}: ${detail}` });
  }

  async #submit(schedule: Schedule, at: number, cancel: readonly string[]): Promise<Answer<{ jobId: string }>> {
    const { jobs, submissionOf } = this.#deps;
    const submission = submissionOf(schedule.job);
    if (!submission.ok) return submission;
    for (const jobId of cancel) {
      const refusal = refusalOf(await jobs.cancel(jobId));
      if (refusal && passing.includes(refusal.code)) return { ok: false, refusal };
    }
    const key = keyOfRun(schedule, at);
    // The fingerprint is that of the run, not of the job: a schedule may have changed between two tries.
    return jobs.submit(submissionOfRun(schedule, at, submission.value), { key, fingerprint: key });
  }

  #tell(before: Schedule, after: Schedule): void {
    const { logger, metrics } = this.#deps;
    const { name, lastRunAt, lastJobId, missedRuns, lastMissed } = after;
    if (lastRunAt !== undefined && lastRunAt !== before.lastRunAt) {
      metrics.count('kubejobs_schedule_runs_total', { outcome: 'submitted' });
      logger.info({ schedule: name, jobId: lastJobId }, 'a schedule submitted its job');
    }
    const missed = missedRuns - before.missedRuns;
    if (missed === 0 || !lastMissed) return;
    const { reason, message } = lastMissed;
    const outcome: MissedReason = reason;
    metrics.count('kubejobs_schedule_runs_total', { outcome }, missed);
    logger.warn({ schedule: name, missed, reason, ...(message && { message }) }, 'runs of a schedule were missed');
  }

  #later(error: unknown, step: () => void): void {
    if (!(error instanceof StoreFailure)) throw error;
    this.#cancelTimer = this.#deps.clock.schedule(againMs, step);
  }
}

function refusalOf(answer: Answer<unknown>): Refusal | undefined {
  return answer.ok ? undefined : answer.refusal;
}

/** Jobs that have finished meanwhile are no reason to write. */
function sameRow(before: Schedule, after: Schedule): boolean {
  return before.consideredUpTo === after.consideredUpTo && before.missedRuns === after.missedRuns;
}
