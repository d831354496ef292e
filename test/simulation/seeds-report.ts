// What the runs of many seeds came to, added up.
import { addCounts, type Counts } from '../../internal/simulation/coverage.ts';
import type { RunReport } from '../../internal/simulation/random-run.ts';

export interface SeedFailure {
  seed: number;
  safety: string[];
  liveness: string[];
}

export interface SeedsReport {
  seeds: number;
  jobs: number;
  /** By kind; see internal/simulation/steps.ts. */
  steps: Counts;
  simulatedMs: number;
  longestRecoveryMs: number;
  coverage: Counts;
  failures: SeedFailure[];
  /** By seed. */
  digests: Record<number, string>;
  /** Of the processes that ran them, without their start. */
  cpuMs: number;
}

export function emptyReport(): SeedsReport {
  return {
    ...{ seeds: 0, jobs: 0, steps: {}, simulatedMs: 0, longestRecoveryMs: 0 },
    ...{ coverage: {}, failures: [], digests: {}, cpuMs: 0 },
  };
}

export function addRun(report: SeedsReport, run: RunReport): void {
  const { seed, safety, liveness } = run;
  report.seeds += 1;
  report.jobs += run.jobs;
  report.simulatedMs += run.simulatedMs;
  report.longestRecoveryMs = Math.max(report.longestRecoveryMs, run.recoveryMs);
  addCounts(report.steps, run.steps);
  addCounts(report.coverage, run.coverage);
  report.digests[seed] = run.digest;
  if (safety.length + liveness.length > 0) report.failures.push({ seed, safety, liveness });
}

export function addReport(report: SeedsReport, more: SeedsReport): void {
  report.seeds += more.seeds;
  report.jobs += more.jobs;
  report.simulatedMs += more.simulatedMs;
  report.longestRecoveryMs = Math.max(report.longestRecoveryMs, more.longestRecoveryMs);
  addCounts(report.steps, more.steps);
  addCounts(report.coverage, more.coverage);
  report.failures.push(...more.failures);
  Object.assign(report.digests, more.digests);
  report.cpuMs += more.cpuMs;
}

export function stepsOf({ steps }: Pick<SeedsReport, 'steps'>): number {
  return Object.values(steps).reduce((total, count) => total + count, 0);
}

/** How to see one of the seeds again. */
export function replayOf(seed: number, steps: number): string {
  return `make simulate SEEDS=${seed} STEPS=${steps} TRACE=1`;
}
