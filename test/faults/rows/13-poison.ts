// Row 13: values that no program would write, in the rows of a killed server and in the objects that the API server shows.
// Each is set aside and reported, or comes to its end with a reason; it never hides, stops or reorders the others.
import type { Piece, PieceResult, Row } from '../scorecard/row.ts';
import { objectTrial } from '../support/poison/object-trial.ts';
import { type RowTrial, rowTrial } from '../support/poison/row-trial.ts';
import { servedTrial } from '../support/poison/served-trial.ts';
import { type SoundDatabase, soundDatabase } from '../support/poison/sound-database.ts';
import { memoryFolder } from '../support/power/memory-folder.ts';
import { Tally } from '../support/trial/tally.ts';

/** One trial in so many is for the real server. */
const servedEvery = 40;
/** Of the others, one in so many poisons objects. */
const objectsEvery = 3;

export const row: Row = {
  number: 13,
  fault: 'a poisoned row or object (unknown state, absurd annotation)',
  how: 'mutations',
  required: 'set aside and reported; the others go on',
  note:
    'Most trials poison one to three rows of a killed server’s database (unknown states, absurd numbers and times, broken ' +
    'or nested JSON, long and hostile text, missing rows, values of another type) and run the store’s code, engine, ' +
    'controllers and API on a virtual clock for a quarter of an hour; one in three poisons what the API server shows of a ' +
    'workload or its pods (labels, annotations, names, uids, owners, statuses) for five minutes; one in forty has the real ' +
    'server as a process. All others must end in exact order, a new job too; no call is answered with 5xx; no slot is ' +
    'left; what has not ended is as it was and named in the log. A small database with values of another type is refused ' +
    'at the start as damaged.',
  small: { trials: 100 },
  large: { trials: 10_000, pieceSize: 1_000 },
  run,
};

async function run({ seed, trials }: Piece): Promise<PieceResult> {
  const folder = memoryFolder();
  const tally = new Tally();
  try {
    const sound = await soundDatabase(folder.path);
    for (let trial = seed; trial < seed + trials; trial += 1) await runTrial(trial, sound, tally);
  } finally {
    folder.remove();
  }
  return tally.result();
}

async function runTrial(seed: number, sound: SoundDatabase, tally: Tally): Promise<void> {
  const folder = memoryFolder();
  try {
    const { problems, where } = await oneTrial(seed, folder.path, sound, tally);
    const replay = `replay with KUBEJOBS_FAULT_SEED=${seed} npx vitest run test/faults/13-poison.test.ts`;
    tally.violations.push(...problems.map((problem) => `seed ${seed}: ${where}: ${problem}; ${replay}`));
    tally.trials += 1;
  } finally {
    folder.remove();
  }
}

async function oneTrial(
  seed: number,
  folder: string,
  sound: SoundDatabase,
  tally: Tally,
): Promise<{ problems: string[]; where: string }> {
  if (seed % servedEvery === 0) {
    tally.count('real_servers');
    return ofRows(await servedTrial(seed, folder), tally);
  }
  if (seed % objectsEvery !== 0) return ofRows(await rowTrial(seed, folder, sound), tally);
  const { problems, poison, shown } = await objectTrial(seed, folder, sound);
  tally.count('objects_poisoned');
  tally.count('poisoned_objects_shown', shown);
  return { problems, where: poison };
}

function ofRows({ poisons, outcome, problems }: RowTrial, tally: Tally): { problems: string[]; where: string } {
  tally.count('rows_poisoned', poisons.length);
  tally.count(`trials_${outcome}`);
  return { problems, where: poisons.map(({ mutation, job }) => `${mutation.name} of job ${job ?? 'none'}`).join(', ') };
}
