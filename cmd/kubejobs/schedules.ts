// Puts the schedules together: they submit and cancel through the same service as everybody, and their rows share the
// engine's commits.
import type { Engine } from '../../internal/engine/engine.ts';
import type { EngineService } from '../../internal/engine/service.ts';
import type { Clock } from '../../internal/platform/clock.ts';
import type { Part } from '../../internal/platform/lifecycle.ts';
import type { Logger } from '../../internal/platform/logger.ts';
import type { Metrics } from '../../internal/platform/metrics.ts';
import type { Random } from '../../internal/platform/random.ts';
import { NextRuns } from '../../internal/schedules/next-runs.ts';
import { ScheduleRunner } from '../../internal/schedules/runner.ts';
import { SchedulesService } from '../../internal/schedules/service.ts';
import type { Store } from '../../internal/store/store.ts';
import { judgeBody } from '../../pkg/api/judge-body.ts';
import { invalid } from '../../pkg/api/problems.ts';
import type { JobService } from '../../pkg/api/service.ts';
import { type Answer, accepted, type JobSubmission } from '../../pkg/models/index.ts';

export interface SchedulesDeps {
  engine: Pick<Engine, 'write'>;
  store: Store;
  jobs: Pick<JobService, 'submit' | 'cancel'>;
  /** What would be said against a job that is submitted now. */
  judge: EngineService['judge'];
  clock: Clock;
  random: Random;
  logger: Logger;
  metrics: Metrics;
}

export function assembleSchedules({ engine, ...deps }: SchedulesDeps): { service: SchedulesService; part: Part } {
  const shared = { ...deps, submissionOf, nextRuns: new NextRuns(), write: engine.write.bind(engine) };
  const runner = new ScheduleRunner(shared);
  const part = { name: 'schedules', start: () => runner.start(), stop: () => runner.stop() };
  return { service: new SchedulesService({ ...shared, runner }), part };
}

function submissionOf(job: Record<string, unknown>): Answer<JobSubmission> {
  const judged = judgeBody(job);
  return judged.ok ? accepted(judged.submission) : { ok: false, refusal: invalid(judged.errors) };
}
