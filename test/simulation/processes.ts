// Many seeds on all processors: a pool of processes, each taking the next few seeds when it is done with the last. Which
// process runs which seed changes from run to run; what comes of a seed does not.
import { type ChildProcess, fork } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import type { SeedsToRun } from './run-seeds.ts';
import { addReport, emptyReport, type SeedsReport } from './seeds-report.ts';
import type { Question } from './worker.ts';

export interface SeedsOptions {
  seeds: readonly number[];
  steps: number;
  processes?: number;
  /** After each part. */
  onProgress?(report: SeedsReport): void;
}

const seedsAtOnce = 10;
const worker = fileURLToPath(new URL('./worker.ts', import.meta.url));
const loader = new URL('../support/typescript-loader.mjs', import.meta.url).href;

/** Rejects when a process dies. */
export async function runSeedsInProcesses(options: SeedsOptions): Promise<SeedsReport> {
  const { seeds, steps, processes = availableParallelism(), onProgress } = options;
  const ranges: SeedsToRun[] = [];
  for (let at = 0; at < seeds.length; at += seedsAtOnce)
    ranges.push({ seeds: seeds.slice(at, at + seedsAtOnce), steps });
  const total = emptyReport();
  const takeRanges = async (): Promise<void> => {
    const child = startProcess();
    try {
      for (let range = ranges.shift(); range; range = ranges.shift()) {
        addReport(total, await ask<SeedsReport>(child, { run: range }));
        onProgress?.(total);
      }
    } finally {
      child.disconnect();
    }
  };
  const wanted = Math.min(processes, ranges.length);
  await Promise.all(Array.from({ length: wanted }, takeRanges));
  total.failures.sort((a, b) => a.seed - b.seed);
  return total;
}

/** It answers each question with one message. */
export function startProcess(): ChildProcess {
  return fork(worker, { execArgv: ['--import', loader, '--max-semi-space-size=32'], serialization: 'advanced' });
}

export function ask<Answer>(child: ChildProcess, question: Question): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const died = (code: number | null): void => reject(new Error(`a process that simulates died with code ${code}`));
    child.once('exit', died);
    child.once('message', (answer) => {
      child.off('exit', died);
      resolve(answer as Answer);
    });
    child.send(question);
  });
}
