// Looks for a planted bug: runs seeds with it until one shows it. And where it is said to need a crash or a reordering, the
// same seeds without those, in which nothing may show.
import { type RunReport, randomRun } from '../../internal/simulation/random-run.ts';
import type { Calm } from '../../internal/simulation/weather.ts';
import { virtualClock } from '../support/virtual-clock.ts';
import { type PlantedBug, plantedBugs } from './planted-bugs.ts';
import { startMs } from './run-seeds.ts';

export interface BugQuestion {
  /** Of the list. */
  index: number;
  firstSeed: number;
  /** How many seeds are tried before the bug counts as missed. */
  mostSeeds: number;
  steps: number;
}

export interface BugAnswer {
  name: string;
  /** The seed that shows it, and how. */
  caught?: { seed: number; how: string };
  /** What showed though there were no crashes and no reorderings, when the bug was said to need them. */
  shownInCalm?: { seed: number; how: string };
  seedsTried: number;
}

const calm: Calm = { crashes: true, reorderings: true };
/** Without what a bug needs, so many seeds more than it took to find it. */
const calmSeeds = 10;

export async function lookForBug({ index, firstSeed, mostSeeds, steps }: BugQuestion): Promise<BugAnswer> {
  const bug = plantedBugs[index];
  if (!bug) throw new Error(`there is no planted bug number ${index}`);
  const caught = await firstShown(bug, { firstSeed, mostSeeds, steps });
  const seedsTried = caught ? caught.seed - firstSeed + 1 : mostSeeds;
  const answer: BugAnswer = { name: bug.name, seedsTried, ...(caught && { caught }) };
  if (!bug.onlyAfter) return answer;
  const shownInCalm = await firstShown(bug, { firstSeed, mostSeeds: seedsTried + calmSeeds, steps, calm });
  return { ...answer, ...(shownInCalm && { shownInCalm }) };
}

interface Hunt {
  firstSeed: number;
  mostSeeds: number;
  steps: number;
  calm?: Calm;
}

async function firstShown(bug: PlantedBug, hunt: Hunt): Promise<BugAnswer['caught']> {
  for (let seed = hunt.firstSeed; seed < hunt.firstSeed + hunt.mostSeeds; seed += 1) {
    const how = await shown(bug, seed, hunt);
    if (how !== undefined) return { seed, how };
  }
  return undefined;
}

/** A bug may show as a broken promise, and as a program that throws. */
async function shown(bug: PlantedBug, seed: number, { steps, calm = {} }: Hunt): Promise<string | undefined> {
  const thrown: string[] = [];
  const note = (error: unknown): void => void thrown.push(`the program threw: ${String(error)}`);
  process.on('unhandledRejection', note);
  try {
    const run = { seed, steps, calm, clock: virtualClock(startMs), tampering: bug.plant() };
    const { safety, liveness }: RunReport = await randomRun(run);
    return safety[0] ?? thrown[0] ?? liveness[0];
  } catch (error) {
    return `the world broke: ${String(error)}`;
  } finally {
    process.off('unhandledRejection', note);
  }
}
