// A piece of rows 1 and 2: both judge the same runs, so whoever of them comes first makes the runs, and the other one takes
// its report from the temporary folder. Only within one run of the tests: a new one simulates everything anew.
import { createHash } from 'node:crypto';
import { readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { runSeedsInProcesses } from '../../../simulation/processes.ts';
import type { SeedsReport } from '../../../simulation/seeds-report.ts';
import { repositoryRoot } from '../../../support/repository.ts';
import type { Piece } from '../../scorecard/row.ts';

export const steps = 5_000;

export interface SimulatedPiece extends SeedsReport {
  digestsCompared: number;
  /** Seeds that were another world in another process. */
  unstable: number[];
}

/** Every so many seeds one is run twice, each time in another process. */
const comparedEvery = 25;
const lookAgainMs = 250;
const longestWaitMs = 3_600_000;

export async function simulatePiece(piece: Piece): Promise<SimulatedPiece> {
  const path = join(tmpdir(), `kubejobs-simulated-${keyOf(piece)}`);
  for (;;) {
    const finished = readReport(`${path}.json`);
    if (finished) return finished;
    if (claim(`${path}.claim`)) break;
    await sleep(lookAgainMs);
  }
  try {
    const report = await runPiece(piece);
    writeFileSync(`${path}.new`, JSON.stringify(report));
    renameSync(`${path}.new`, `${path}.json`);
    return report;
  } finally {
    rmSync(`${path}.claim`, { force: true });
  }
}

async function runPiece({ seed, trials }: Piece): Promise<SimulatedPiece> {
  const seeds = Array.from({ length: trials }, (_, index) => seed + index);
  const report = await runSeedsInProcesses({ seeds, steps });
  const sample = seeds.filter((_, index) => index % comparedEvery === 0);
  const again = await runSeedsInProcesses({ seeds: sample, steps });
  const unstable = sample.filter((one) => again.digests[one] !== report.digests[one]);
  return { ...report, digests: {}, digestsCompared: sample.length, unstable };
}

/** The process above is the same for all files of one run of the tests, and another one for the next. */
function keyOf({ seed, trials }: Piece): string {
  const run = `${repositoryRoot} ${process.ppid} ${seed} ${trials} ${steps}`;
  return createHash('sha256').update(run).digest('hex').slice(0, 20);
}

/** Once: it is gone then, and what somebody left long ago counts for nothing. */
function readReport(path: string): SimulatedPiece | undefined {
  const text = readIfThere(path);
  if (text === undefined) return undefined;
  const isOfThisRun = Date.now() - statSync(path).mtimeMs < longestWaitMs;
  rmSync(path, { force: true });
  return isOfThisRun ? (JSON.parse(text) as SimulatedPiece) : undefined;
}

/** False while another process that is alive has claimed it. */
function claim(path: string): boolean {
  try {
    writeFileSync(path, String(process.pid), { flag: 'wx' });
    return true;
  } catch {
    const holder = Number(readIfThere(path));
    if (holder > 0 && !isAlive(holder)) rmSync(path, { force: true });
    return false;
  }
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
