// Row 12: the disk is full, read-only or broken under the running server, and files that are damaged, cut short, missing or
// not ours at its start. What cannot be trusted is refused with the reason; what is acknowledged rests on a healthy write.
import { type Random, seededRandom } from '../../../internal/platform/random.ts';
import type { TemporaryFolder } from '../../support/temporary-folder.ts';
import type { Piece, PieceResult, Row } from '../scorecard/row.ts';
import { badFiles } from '../support/damage/bad-files.ts';
import { runOnFailingDisk } from '../support/damage/failing-disk.ts';
import { failuresAtStart, failuresWhileRunning } from '../support/damage/failures.ts';
import { flipBits } from '../support/damage/flips.ts';
import { type LeftDatabase, leaveDatabase } from '../support/damage/left-database.ts';
import { openDamaged } from '../support/damage/open-damaged.ts';
import { startOnBadFile, startOnFailingDisk } from '../support/damage/refused-start.ts';
import { memoryFolder } from '../support/power/memory-folder.ts';
import { Tally } from '../support/trial/tally.ts';

/** Every sixth trial takes the next kind of failure; the others flip bits. */
const kindEvery = 6;
const kinds = failuresWhileRunning(0).length + failuresAtStart.length + badFiles.length;

export const row: Row = {
  number: 12,
  fault: 'disk full, read-only, corrupt or newer database',
  how:
    `${kinds} kinds of failing disks and bad files under the real server (a full tmpfs, preloaded errors of write and ` +
    'fsync, files cut short, missing, newer or foreign), and flipped bits anywhere in the database and its log',
  required: '503 or refusal to start with the reason; never an acknowledgement, never silent repair',
  small: { trials: kindEvery * kinds },
  large: { trials: kindEvery * kinds * 12, pieceSize: kindEvery * kinds },
  run: runDamagedStore,
};

interface Trial {
  seed: number;
  random: Random;
  folder: string;
  left: LeftDatabase;
  tally: Tally;
}

/** So many trials at once: they mostly wait for processes. */
const atOnce = 3;

async function runDamagedStore({ seed, trials }: Piece): Promise<PieceResult> {
  const folder = memoryFolder();
  const tally = new Tally();
  try {
    const left = await leaveDatabase(folder.path);
    const seeds = Array.from({ length: trials }, (_, index) => seed + index);
    const next = async (): Promise<void> => {
      for (let trial = seeds.shift(); trial !== undefined; trial = seeds.shift()) await runTrial(trial, left, tally);
    };
    await Promise.all(Array.from({ length: atOnce }, next));
  } finally {
    folder.remove();
  }
  return tally.result();
}

async function runTrial(seed: number, left: LeftDatabase, tally: Tally): Promise<void> {
  const folder: TemporaryFolder = memoryFolder();
  const trial: Trial = { seed, random: seededRandom(seed), folder: folder.path, left, tally };
  try {
    const problems = seed % kindEvery === 0 ? await kindTrial(seed / kindEvery, trial) : flipTrial(trial);
    tally.violations.push(...problems.map((problem) => `seed ${seed}: ${problem}`));
    tally.trials += 1;
  } finally {
    folder.remove();
  }
}

async function kindTrial(number: number, trial: Trial): Promise<string[]> {
  const running = failuresWhileRunning(number % 7);
  const kind = number % kinds;
  if (kind < running.length) return runningTrial(running[kind] as (typeof running)[number], trial);
  const atStart = failuresAtStart[kind - running.length];
  const { folder, left, random, tally } = trial;
  tally.count('refused_starts');
  if (atStart) return listed(await startOnFailingDisk(atStart, left, folder));
  const bad = badFiles[kind - running.length - failuresAtStart.length] as (typeof badFiles)[number];
  return listed(await startOnBadFile(bad, left, folder, random));
}

function listed(problem: string | undefined): string[] {
  return problem === undefined ? [] : [problem];
}

async function runningTrial(failure: Parameters<typeof runOnFailingDisk>[0], trial: Trial): Promise<string[]> {
  const { folder, random, tally } = trial;
  const result = await runOnFailingDisk(failure, folder, random);
  tally.count('failing_disks');
  tally.count('acknowledged_around_failures', result.acknowledged);
  tally.count('answered_503', result.refused);
  tally.count('stored_though_answered_503', result.storedThoughRefused);
  tally.note('accepting_again_ms', result.recoveryMs);
  return result.problems.map((problem) => `${failure.name}: ${problem}`);
}

function flipTrial({ seed, random, folder, left, tally }: Trial): string[] {
  const path = left.copyTo(folder, seed % 3 === 0 ? 'closed' : 'killed');
  const where = flipBits(path, random);
  const outcome = openDamaged(path, left);
  tally.count(`flips_${outcome.kind}`);
  if (outcome.kind === 'end_of_log_lost') tally.note('commits_lost_with_the_end_of_the_log', outcome.commits);
  return outcome.kind === 'wrong' ? [`bits flipped in the ${where}: ${outcome.how}`] : [];
}
