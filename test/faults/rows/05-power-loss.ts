// Row 5: the power goes. Recordings of the real store below SQLite, and of the real server with its client, are cut after
// each change of the disk; what a disk may hold then is opened by the store, and must have all that was acknowledged.
import type { Piece, PieceResult, Row } from '../scorecard/row.ts';
import { expectedContents } from '../support/power/expected.ts';
import { memoryFolder } from '../support/power/memory-folder.ts';
import { cutPowerEverywhere, type PowerCutResult } from '../support/power/power-cuts.ts';
import { AnswersWitness, recordServer } from '../support/power/server-session.ts';
import { type PartPlan, runSession } from '../support/power/session.ts';
import { sessionCommits } from '../support/power/session-commits.ts';
import { SessionWitness } from '../support/power/session-witness.ts';
import { Tally } from '../support/trial/tally.ts';

export const row: Row = {
  number: 5,
  fault: 'power loss',
  how:
    'recorded below the real SQLite (preloaded write and fsync): at every write, what was not fsynced is dropped, kept, ' +
    'or kept in torn parts, folder entries too; a trial is a recording, cut at each of its moments',
  required: '0 accepted lost, every disk opens as it is',
  small: { trials: 2 },
  large: { trials: 400, pieceSize: 10 },
  run: runPowerLoss,
};

async function runPowerLoss({ column, seed, trials }: Piece): Promise<PieceResult> {
  const tally = new Tally();
  for (let trial = seed; trial < seed + trials; trial += 1) {
    const { problems, counts } = await powerTrial(trial, column);
    for (const [name, count] of Object.entries(counts)) tally.count(name, count);
    tally.violations.push(...problems.slice(0, 20).map((problem) => `seed ${trial}: ${problem}`));
    tally.trials += 1;
  }
  return tally.result();
}

type Trial = Omit<PowerCutResult, 'counts'> & { counts: Record<string, number> };

/** Odd seeds record the store, even ones the server. */
export async function powerTrial(seed: number, column: Piece['column']): Promise<Trial> {
  const folder = memoryFolder();
  try {
    return seed % 2
      ? await storeTrial(seed, partsOf(column), column, folder.path)
      : await serverTrial(seed, column, folder.path);
  } finally {
    folder.remove();
  }
}

/** A small log makes checkpoints come within a few commits. */
const checkpointEvery = 24;
const nextVersion = ['CREATE TABLE later (a TEXT); ALTER TABLE jobs ADD COLUMN later TEXT'];

/** First start, changes, checkpoints, an orderly end, a kill, and the first start of a version with another schema. */
function partsOf(column: Piece['column']): PartPlan[] {
  const [first, second, third] = column === 'small' ? [7, 6, 3] : [40, 40, 20];
  return [
    { commits: first, end: 'close', patches: { checkpointEvery } },
    { commits: second, end: 'kill', patches: { checkpointEvery } },
    { commits: third, end: 'close', patches: { checkpointEvery, migrations: nextVersion } },
  ] as PartPlan[];
}

export async function storeTrial(
  seed: number,
  parts: readonly PartPlan[],
  column: Piece['column'],
  folder: string,
): Promise<Trial> {
  const records = await runSession(seed, parts, folder);
  const commits = parts.reduce((sum, part) => sum + part.commits, 0);
  const witness = new SessionWitness(await expectedContents(sessionCommits(seed, commits)));
  const migrations = parts.at(-1)?.patches?.migrations ?? [];
  const { problems, counts } = await cutPowerEverywhere(records, witness, {
    ...optionsOf(seed, column, folder),
    migrations,
  });
  return { problems, counts: { ...counts, acknowledged_commits: witness.acknowledged } };
}

async function serverTrial(seed: number, column: Piece['column'], folder: string): Promise<Trial> {
  const records = await recordServer(seed, column === 'small' ? 4 : 25, folder);
  const witness = new AnswersWitness();
  const { problems, counts } = await cutPowerEverywhere(records, witness, optionsOf(seed, column, folder));
  return { problems, counts: { ...counts, answered_jobs: witness.acknowledged } };
}

function optionsOf(seed: number, column: Piece['column'], folder: string) {
  return { seed, folder, randomImages: column === 'small' ? 1 : 3, wholeStartEvery: column === 'small' ? 200 : 100 };
}
