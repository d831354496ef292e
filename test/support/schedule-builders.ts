// Schedules over an engine, a store in memory and a virtual clock: a "program" that can end at any point and be started
// again on the same rows.
import { Engine } from '../../internal/engine/engine.ts';
import { EngineService } from '../../internal/engine/service.ts';
import { silentMetrics } from '../../internal/platform/metrics.ts';
import { seededRandom } from '../../internal/platform/random.ts';
import { NextRuns } from '../../internal/schedules/next-runs.ts';
import { type RunnerDeps, ScheduleRunner } from '../../internal/schedules/runner.ts';
import { SchedulesService } from '../../internal/schedules/service.ts';
import {
  type Answer,
  accepted,
  type JobSubmission,
  type Refusal,
  type ScheduleSettings,
} from '../../pkg/models/index.ts';
import { coreSettings } from './core-builders.ts';
import { HeldStore } from './held-store.ts';
import { aSubmission } from './job-builders.ts';
import { recordingLogger, recordingMetrics } from './recorders.ts';
import { virtualClock } from './virtual-clock.ts';

export const minute = 60_000;
export const hour = 60 * minute;

export function settingsOf(settings: Partial<ScheduleSettings> = {}): ScheduleSettings {
  return {
    ...{ cron: '0 * * * *', timeZone: 'UTC', concurrencyPolicy: 'Allow', suspended: false },
    ...{ job: { name: 'report' }, ...settings },
  };
}

export type ScheduledWorld = Awaited<ReturnType<typeof aScheduledWorld>>;

interface Options {
  at?: string | number;
  store?: HeldStore;
  seed?: number;
  /** Around the submissions and cancellations of the schedules. */
  jobs?: (jobs: RunnerDeps['jobs']) => RunnerDeps['jobs'];
  judge?: (submission: JobSubmission) => Refusal | undefined;
  /** Around their writes. */
  write?: (write: Engine['write']) => Engine['write'];
}

export async function aScheduledWorld(options: Options = {}) {
  const {
    at = '2026-11-04T09:30:00Z',
    store = new HeldStore(),
    seed = 7,
    jobs = (each) => each,
    judge,
    write = (each) => each,
  } = options;
  const clock = virtualClock(typeof at === 'string' ? Date.parse(at) : at);
  const logger = recordingLogger();
  const metrics = recordingMetrics();
  const random = seededRandom(seed);
  const shared = { store, clock, random, logger };
  const engine = new Engine({
    ...{ ...shared, metrics: silentMetrics, settings: coreSettings() },
    nameWorkload: (job, attempt) => ({ kind: 'Job', namespace: 'default', name: `${job.name}-${attempt}` }),
    release: () => {},
    resync: () => {},
  });
  const checkTemplate = () => Promise.resolve(undefined);
  const checkPolicy = (submission: JobSubmission) => judge?.(submission);
  const service = new EngineService({ engine, store, checkTemplate, checkPolicy, simulated: true });
  const common = {
    ...{ ...shared, metrics, nextRuns: new NextRuns(), submissionOf },
    write: write(engine.write.bind(engine)),
  };
  const runner = new ScheduleRunner({ ...common, jobs: jobs(service) });
  const schedules = new SchedulesService({ ...common, runner, judge: service.judge.bind(service) });
  await engine.start();
  runner.start();
  await clock.settle();

  async function create(name: string, settings: Partial<ScheduleSettings> = {}): Promise<void> {
    const answer = await schedules.create(name, settingsOf(settings));
    if (!answer.ok) throw new Error(answer.refusal.detail);
  }

  /** All jobs there are, oldest first, as `report 10:00`: the run that each is. */
  function runs(): string[] {
    const { jobs: rows } = store.reader.list({}, 1_000);
    return rows.reverse().map((row) => `${row.name} ${row.annotations?.['kubejobs.io/scheduled-at']?.slice(11, 16)}`);
  }

  return { clock, store, engine, service, runner, schedules, logger, metrics, create, runs };
}

/** `{"name": "bad"}` is no longer a submission. */
function submissionOf({ name }: Record<string, unknown>): Answer<JobSubmission> {
  if (name === 'bad') return { ok: false, refusal: { code: 'validation_failed', detail: '/name is bad' } };
  return accepted(aSubmission(String(name), { labels: { team: 'a' } }));
}
