// A report as text for people: what was run, how fast, what struck, what broke and how to see it again.
import { replayOf, type SeedsReport, stepsOf } from './seeds-report.ts';

export interface SummaryFacts {
  steps: number;
  wallMs: number;
  /** Faults in situations that should have been met and were not. */
  notMet: readonly string[];
}

const shownFailures = 10;

export function summaryOf(report: SeedsReport, { steps, wallMs, notMet }: SummaryFacts): string {
  const { seeds, jobs, simulatedMs, longestRecoveryMs, coverage, failures, cpuMs } = report;
  const total = stepsOf(report);
  const strikes = Object.entries(coverage);
  const days = (simulatedMs / 86_400_000).toFixed(1);
  const lines = [
    `${count(seeds)} seeds, ${count(jobs)} jobs, ${count(total)} steps in ${days} simulated days`,
    `  ${Object.entries(report.steps)
      .map(([kind, steps]) => `${count(steps)} × ${kind}`)
      .join(', ')}`,
    `${seconds(wallMs)} s: ${perSecond(total, wallMs)} steps a second; ${perSecond(total, cpuMs)} for each second of a processor`,
    `${count(struck(strikes))} faults and ends of the program in ${count(strikes.length)} situations`,
    `every job was finished ${seconds(longestRecoveryMs)} s after the last fault at the latest`,
    ...(notMet.length > 0 ? [`too little was met: ${notMet.join('; ')}`] : []),
    ...failures
      .slice(0, shownFailures)
      .flatMap(({ seed, safety, liveness }) => [
        `seed ${seed}: ${replayOf(seed, steps)}`,
        ...[...safety, ...liveness].slice(0, 3).map((sentence) => `  ${sentence}`),
      ]),
    failures.length === 0 ? 'no promise was broken' : `promises were broken by ${failures.length} seeds`,
  ];
  return `${lines.join('\n')}\n`;
}

/** A crash is counted under `any` once, and again in each situation that it met. */
function struck(strikes: ReadonlyArray<[string, number]>): number {
  const whole = strikes.filter(([name]) => !name.startsWith('crash:') || name.endsWith('@ any'));
  return whole.reduce((sum, [, times]) => sum + times, 0);
}

function perSecond(steps: number, ms: number): string {
  return count(Math.round((steps / ms) * 1_000));
}

function seconds(ms: number): string {
  return (ms / 1_000).toFixed(ms < 10_000 ? 1 : 0);
}

function count(value: number): string {
  return value.toLocaleString('en-US');
}
