// Random worlds. To replay a seed alone: SEED=<n> npx vitest run test/simulation/random.test.ts
import { describe, expect, test } from 'vitest';
import { crashPoints } from '../../internal/simulation/crash.ts';
import { callFaults, watchFaults } from '../../internal/simulation/fault-plan.ts';
import { type RunReport, randomRun } from '../../internal/simulation/random-run.ts';
import { virtualClock } from '../support/virtual-clock.ts';

const startMs = Date.UTC(2030, 0, 1);
const steps = Number(process.env.STEPS ?? 120);
const seeds = process.env.SEED
  ? [Number(process.env.SEED)]
  : Array.from({ length: Number(process.env.SEEDS ?? 100) }, (_, index) => index + 1);

function run(seed: number): Promise<RunReport> {
  return randomRun({ seed, steps, clock: virtualClock(startMs) });
}

describe('random worlds', () => {
  test('no promise is broken while everything fails, and everything ends well afterwards', {
    timeout: 300_000,
  }, async () => {
    const coverage: Record<string, number> = {};
    for (const seed of seeds) {
      const report = await run(seed);
      const replay = `replay with: SEED=${seed} STEPS=${steps} npx vitest run test/simulation/random.test.ts`;
      expect(report.violations, replay).toEqual([]);
      for (const [name, count] of Object.entries(report.coverage)) coverage[name] = (coverage[name] ?? 0) + count;
    }
    if (seeds.length > 1) expectEverythingWasMet(coverage);
  });

  test('the same seed is the same world, another seed another one', async () => {
    const [first, again, other] = [await run(12345), await run(12345), await run(54321)];
    expect(again).toEqual(first);
    expect(other.digest).not.toBe(first.digest);
  });
});

/** A run that met too little proves nothing. */
function expectEverythingWasMet(coverage: Record<string, number>): void {
  for (const point of [...crashPoints, 'any_moment']) expect(coverage[`crash:${point}`], point).toBeGreaterThan(0);
  for (const fault of callFaults) expect(coverage[`create:${fault}`], fault).toBeGreaterThan(0);
  for (const fault of watchFaults) expect(coverage[`watch:${fault}`], fault).toBeGreaterThan(0);
  for (const kind of ['commit_failed', 'reopen_failed']) expect(coverage[kind], kind).toBeGreaterThan(0);
}
