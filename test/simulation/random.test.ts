// Random worlds. To replay a seed alone: SEED=<n> npx vitest run test/simulation/random.test.ts
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { crashPoints } from '../../internal/simulation/crash.ts';
import { callFaults, watchFaults } from '../../internal/simulation/fault-plan.ts';
import { type RunReport, randomRun } from '../../internal/simulation/random-run.ts';
import { virtualClock } from '../support/virtual-clock.ts';

const startMs = Date.UTC(2030, 0, 1);
const steps = Number(process.env.STEPS ?? 120);
/** For a loaded machine; a run of 100 seeds takes about 20 s on an idle one. */
const timeout = 600_000;
const seeds = process.env.SEED
  ? [Number(process.env.SEED)]
  : Array.from({ length: Number(process.env.SEEDS ?? 100) }, (_, index) => index + 1);

/** Lines of `seed steps why`. */
const regressions = readFileSync(join(import.meta.dirname, 'regressions', 'seeds.txt'), 'utf8')
  .split('\n')
  .map((line) => /^(\d+)\s+(\d+)\s+(.+)$/.exec(line))
  .flatMap((match) => (match ? [{ seed: Number(match[1]), length: Number(match[2]), why: match[3] }] : []));

function run(seed: number, length = steps): Promise<RunReport> {
  return randomRun({ seed, steps: length, clock: virtualClock(startMs) });
}

function expectNoViolation({ seed, violations }: RunReport, length = steps): void {
  const replay = `replay with: SEED=${seed} STEPS=${length} npx vitest run test/simulation/random.test.ts`;
  expect(violations, replay).toEqual([]);
}

describe('random worlds', () => {
  test('no promise is broken while everything fails, and everything ends well afterwards', { timeout }, async () => {
    const coverage: Record<string, number> = {};
    for (const seed of seeds) {
      const report = await run(seed);
      expectNoViolation(report);
      for (const [name, count] of Object.entries(report.coverage)) coverage[name] = (coverage[name] ?? 0) + count;
    }
    if (seeds.length >= 100) expectEverythingWasMet(coverage);
  });

  test('the same seed is the same world, another seed another one', async () => {
    const [first, again, other] = [await run(12345), await run(12345), await run(54321)];
    expect(again).toEqual(first);
    expect(other.digest).not.toBe(first.digest);
  });

  test.each(regressions)('seed $seed stays right: $why', async ({ seed, length }) => {
    expectNoViolation(await run(seed, length), length);
  });
});

/** A run that met too little proves nothing. */
function expectEverythingWasMet(coverage: Record<string, number>): void {
  for (const point of [...crashPoints, 'any_moment']) expect(coverage[`crash:${point}`], point).toBeGreaterThan(0);
  for (const fault of callFaults) expect(coverage[`create:${fault}`], fault).toBeGreaterThan(0);
  for (const fault of watchFaults) expect(coverage[`watch:${fault}`], fault).toBeGreaterThan(0);
  for (const kind of ['commit_failed', 'reopen_failed']) expect(coverage[kind], kind).toBeGreaterThan(0);
}
