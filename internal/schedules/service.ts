// What the HTTP API asks about schedules: it fits pkg/api/schedule-service.ts by shape. A schedule is checked as a whole
// before anything is written: its cron expression, its zone, and its job like one that is submitted now.
import {
  type Answer,
  accepted,
  type FieldError,
  type JobSubmission,
  type Refusal,
  type Refused,
  refusalWithin,
  refused,
  type Schedule,
  type ScheduleSettings,
} from '../../pkg/models/index.ts';
import type { Clock } from '../platform/clock.ts';
import type { Metrics } from '../platform/metrics.ts';
import type { Random } from '../platform/random.ts';
import type { Store } from '../store/store.ts';
import { readCron } from './cron.ts';
import type { NextRuns } from './next-runs.ts';
import type { ScheduleRunner } from './runner.ts';

type View = Schedule & { nextRunAt?: number };
type Page = { items: View[]; next?: readonly number[]; total: number };
type Rows = { schedules?: Schedule[]; removedSchedules?: string[] };

export interface ScheduleServiceDeps {
  store: Pick<Store, 'reader'>;
  clock: Clock;
  random: Pick<Random, 'uuid'>;
  metrics: Metrics;
  runner: Pick<ScheduleRunner, 'inOrder' | 'follow' | 'forget'>;
  nextRuns: NextRuns;
  submissionOf(job: Record<string, unknown>): Answer<JobSubmission>;
  /** What would be said against the job if it were submitted now. */
  judge(submission: JobSubmission): Promise<Refusal | undefined>;
  write(rows: Rows): Promise<Answer<undefined>>;
}

export const mostSchedules = 1_000;

export class SchedulesService {
  readonly #deps: ScheduleServiceDeps;

  constructor(deps: ScheduleServiceDeps) {
    this.#deps = deps;
  }

  async create(name: string, settings: ScheduleSettings): Promise<Answer<View>> {
    const refusal = await this.#refusal(settings);
    if (refusal) return { ok: false, refusal };
    return this.#deps.runner.inOrder(async () => {
      const { store, clock, random } = this.#deps;
      if (store.reader.schedule(name)) return refused('schedule_exists', `There is a schedule ${name} already.`);
      if (store.reader.scheduleCount() >= mostSchedules) {
        return refused('schedule_limit', `There are ${mostSchedules} schedules already.`);
      }
      const now = Math.floor(clock.now());
      const bare = { createdAt: now, consideredUpTo: now, activeJobIds: [], missedRuns: 0 };
      return this.#put({ scheduleId: random.uuid(now), name, ...settings, ...bare });
    });
  }

  async change(name: string, changes: Partial<ScheduleSettings>): Promise<Answer<View>> {
    const before = this.#deps.store.reader.schedule(name);
    if (!before) return notFound(name);
    const refusal = await this.#refusal({ ...before, ...changes }, changes);
    if (refusal) return { ok: false, refusal };
    return this.#deps.runner.inOrder(async () => {
      const schedule = this.#deps.store.reader.schedule(name);
      return schedule ? this.#put(this.#changed(schedule, changes)) : notFound(name);
    });
  }

  /** Its jobs stay as they are. */
  remove(name: string): Promise<Answer<View>> {
    const { store, runner, write } = this.#deps;
    return runner.inOrder(async () => {
      const schedule = store.reader.schedule(name);
      if (!schedule) return notFound(name);
      const written = await write({ removedSchedules: [schedule.scheduleId] });
      if (!written.ok) return written;
      runner.forget(schedule);
      this.#measure();
      return accepted({ ...schedule });
    });
  }

  schedule(name: string): View | undefined {
    const schedule = this.#deps.store.reader.schedule(name);
    return schedule && this.#view(schedule);
  }

  /** In the order of their names. */
  schedules({ limit, after: [skip = 0] = [] }: { limit: number; after?: readonly number[] }): Page {
    const { reader } = this.#deps.store;
    const total = reader.scheduleCount();
    const items = reader.schedules(limit, skip).map((schedule) => this.#view(schedule));
    const next = skip + limit;
    return { items, total, ...(next < total && { next: [next] }) };
  }

  async #put(schedule: Schedule): Promise<Answer<View>> {
    const written = await this.#deps.write({ schedules: [schedule] });
    if (!written.ok) return written;
    this.#deps.runner.follow(schedule);
    this.#measure();
    return accepted(this.#view(schedule));
  }

  /** Other times, or the end of a suspension, begin now: nothing of before is made up for. */
  #changed(schedule: Schedule, changes: Partial<ScheduleSettings>): Schedule {
    const changed = { ...schedule, ...changes };
    const otherTimes = changed.cron !== schedule.cron || changed.timeZone !== schedule.timeZone;
    const resumed = schedule.suspended && !changed.suspended;
    return otherTimes || resumed ? { ...changed, consideredUpTo: Math.floor(this.#deps.clock.now()) } : changed;
  }

  /** The job is only judged when it is new: a policy that became stricter does not forbid a suspension. */
  async #refusal(
    settings: ScheduleSettings,
    given: Partial<ScheduleSettings> = settings,
  ): Promise<Refusal | undefined> {
    const errors = timeErrors(settings, this.#deps.clock.now());
    if (errors.length > 0) return invalid(errors);
    if (!given.job) return undefined;
    const submission = this.#deps.submissionOf(given.job);
    if (!submission.ok) return refusalWithin('/job', submission.refusal);
    const refusal = await this.#deps.judge(submission.value);
    return refusal && refusalWithin('/job', refusal);
  }

  #view(schedule: Schedule): View {
    const nextRunAt = this.#deps.nextRuns.of(schedule);
    return nextRunAt === undefined ? { ...schedule } : { ...schedule, nextRunAt };
  }

  #measure(): void {
    this.#deps.metrics.set('kubejobs_schedules', this.#deps.store.reader.scheduleCount());
  }
}

function timeErrors({ cron, timeZone }: ScheduleSettings, now: number): FieldError[] {
  const reading = readCron(cron, timeZone, now);
  if (reading.ok) return [];
  return [{ pointer: reading.field === 'cron' ? '/cron' : '/time_zone', detail: reading.detail }];
}

function invalid(errors: FieldError[]): Refusal {
  const [first] = errors;
  return { code: 'validation_failed', detail: `${first?.pointer} ${first?.detail}`, errors };
}

function notFound(name: string): Refused {
  return refused('schedule_not_found', `There is no schedule ${name}.`);
}
