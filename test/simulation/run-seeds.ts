// Runs seeds one after the other in this process.
import { randomRun } from '../../internal/simulation/random-run.ts';
import { virtualClock } from '../support/virtual-clock.ts';
import { addRun, emptyReport, type SeedsReport } from './seeds-report.ts';

export interface SeedsToRun {
  seeds: readonly number[];
  /** Of each safety phase. */
  steps: number;
}

/** A whole moment, so that times are easy to read. */
export const startMs = Date.UTC(2030, 0, 1);

export async function runSeeds({ seeds, steps }: SeedsToRun, onLine?: (line: string) => void): Promise<SeedsReport> {
  const report = emptyReport();
  const before = process.cpuUsage();
  for (const seed of seeds) addRun(report, await randomRun({ seed, steps, clock: virtualClock(startMs), onLine }));
  const { user, system } = process.cpuUsage(before);
  report.cpuMs = (user + system) / 1_000;
  return report;
}
