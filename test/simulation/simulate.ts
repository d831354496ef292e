// `make simulate SEEDS=1..500 STEPS=5000`: runs seeds and says what came of them. One seed with TRACE=1 is told line by
// line: when, who, what. Exits with 1 when a promise was broken.
import { missing } from '../../internal/simulation/coverage.ts';
import { runSeedsInProcesses } from './processes.ts';
import { runSeeds } from './run-seeds.ts';
import type { SeedsReport } from './seeds-report.ts';
import { summaryOf } from './summary.ts';

/** `7` or `1..500`. Throws an Error that says what is allowed. */
function parseSeeds(text: string): number[] {
  const [, first, last = first] = /^(\d+)(?:\.\.(\d+))?$/.exec(text) ?? [];
  const count = Number(last) - Number(first) + 1;
  if (!(count >= 1)) throw new Error(`SEEDS=${text} must be a seed or a range, such as 7 or 1..500`);
  return Array.from({ length: count }, (_, index) => Number(first) + index);
}

function parseSteps(text: string): number {
  if (/^[1-9]\d*$/.test(text)) return Number(text);
  throw new Error(`STEPS=${text} must be a number of steps, such as 5000`);
}

async function runMany(seeds: readonly number[], steps: number): Promise<SeedsReport> {
  const processes = Number(process.env.PROCESSES) || undefined;
  const onProgress = (report: SeedsReport): void => {
    if (process.stderr.isTTY) process.stderr.write(`\r${report.seeds} of ${seeds.length} seeds `);
  };
  const report = await runSeedsInProcesses({ seeds, steps, onProgress, ...(processes && { processes }) });
  if (process.stderr.isTTY) process.stderr.write('\r');
  return report;
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

async function main(): Promise<number> {
  const { SEEDS = '', STEPS = '', TRACE = '' } = process.env;
  const seeds = parseSeeds(SEEDS || '1..100');
  const steps = parseSteps(STEPS || '5000');
  const begun = performance.now();
  const few = seeds.length < 20 || TRACE !== '';
  const report = await (few ? runSeeds({ seeds, steps }, TRACE === '' ? undefined : print) : runMany(seeds, steps));
  const notMet = seeds.length >= 500 ? missing(report.coverage) : [];
  process.stdout.write(summaryOf(report, { steps, wallMs: performance.now() - begun, notMet }));
  return report.failures.length + notMet.length > 0 ? 1 : 0;
}

main().then(
  (code) => {
    process.exitCode = code;
  },
  (error: Error) => {
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 2;
  },
);
