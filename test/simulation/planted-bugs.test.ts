import { describe, expect, test } from 'vitest';
import { randomRun } from '../../internal/simulation/random-run.ts';
import { virtualClock } from '../support/virtual-clock.ts';
import { type PlantedBug, plantedBugs } from './planted-bugs.ts';

const mostSeeds = 60;

/** The seed that shows the bug, and how it shows; undefined when none does. */
async function caught({ tampering }: PlantedBug): Promise<{ seed: number; how: string } | undefined> {
  for (let seed = 1; seed <= mostSeeds; seed += 1) {
    const how = await randomRun({ seed, steps: 120, clock: virtualClock(0), tampering }).then(
      ({ violations }) => violations[0],
      (error: Error) => error.message,
    );
    if (how) return { seed, how };
  }
  return undefined;
}

describe('a planted bug is noticed', () => {
  test.each(plantedBugs)('$name', { timeout: 300_000 }, async (bug) => {
    expect(await caught(bug)).toBeDefined();
  });

  test('there are at least twenty, five of which show only after a crash', () => {
    expect(plantedBugs.length).toBeGreaterThanOrEqual(20);
    expect(plantedBugs.filter(({ onlyAfter }) => onlyAfter === 'a crash').length).toBeGreaterThanOrEqual(5);
  });
});
