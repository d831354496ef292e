// The trials of row 10: a finished Job decided by the seed, and up to three deaths of the program that saves its result.
import { seededRandom } from '../../../../internal/platform/random.ts';
import type { Piece, PieceResult } from '../../scorecard/row.ts';
import { type Death, endings } from './mortal-cluster.ts';
import { playResults, type ResultsScene } from './results-world.ts';

/** One Job in so many has a log of several ConfigMaps: compressing it takes longer than a hundred small trials. */
const largeOneIn = 250;
/** More than the steps of any small result. */
const mostCalls = 16;

export async function run({ seed, trials }: Piece): Promise<PieceResult> {
  const violations: string[] = [];
  const counts: Record<string, number> = {};
  const add = (name: string): void => {
    counts[name] = (counts[name] ?? 0) + 1;
  };
  for (let index = 0; index < trials; index += 1) {
    const scene = sceneOf(seed + index);
    const { problems, diedAt } = await playResults(scene);
    for (const point of diedAt) add(`died_${point.replaceAll(' ', '_').toLowerCase()}`);
    if (scene.large) add('split_results');
    for (const problem of problems) violations.push(`seed ${scene.seed}: ${problem}; ${JSON.stringify(scene)}`);
  }
  return { trials, violations, counts };
}

function sceneOf(seed: number): ResultsScene {
  const random = seededRandom(seed);
  const chance = (rate: number): boolean => random.next() < rate;
  const below = (limit: number): number => Math.floor(random.next() * limit);
  const large = below(largeOneIn) === 0;
  const deaths = Array.from({ length: 1 + below(3) }, (): Death => {
    const ending = endings[below(endings.length)] ?? 'after';
    return { atCall: 1 + below(large ? mostCalls * 2 : mostCalls), ending };
  });
  return {
    seed,
    deaths,
    fails: chance(0.3),
    ...(large ? { large } : {}),
    ...(chance(0.2) ? { taken: chance(0.7) ? 'by an earlier Job' : 'by somebody else' } : {}),
    ...(chance(0.4) ? { recordedAfterMs: below(120_000) } : {}),
  };
}
