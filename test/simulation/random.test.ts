// Random worlds: a few on each run of the fast tests; the scorecard runs many (test/faults/rows/01-safety.ts).
// To see a seed: make simulate SEEDS=<n> TRACE=1
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { missing } from '../../internal/simulation/coverage.ts';
import { type RunReport, randomRun } from '../../internal/simulation/random-run.ts';
import { virtualClock } from '../support/virtual-clock.ts';
import { runSeedsInProcesses } from './processes.ts';
import { startMs } from './run-seeds.ts';
import { replayOf } from './seeds-report.ts';

/** Lines of `seed steps why`. */
const regressions = readFileSync(join(import.meta.dirname, 'regressions', 'seeds.txt'), 'utf8')
  .split('\n')
  .map((line) => /^(\d+)\s+(\d+)\s+(.+)$/.exec(line))
  .flatMap((match) => (match ? [{ seed: Number(match[1]), steps: Number(match[2]), why: match[3] }] : []));

/** Far above what they need, for a machine on which much else runs. */
const timeout = 300_000;

function run(seed: number, steps: number, onLine?: (line: string) => void): Promise<RunReport> {
  return randomRun({ seed, steps, clock: virtualClock(startMs), onLine });
}

function expectNothingBroken({ seed, safety, liveness }: RunReport, steps: number): void {
  expect([...safety, ...liveness], replayOf(seed, steps)).toEqual([]);
}

describe('random worlds', { timeout }, () => {
  test('break no promise while everything fails, and end well afterwards', async () => {
    for (let seed = 1; seed <= 10; seed += 1) expectNothingBroken(await run(seed, 2_000), 2_000);
  });

  test('are the same for the same seed, told line by line or not, and others for another', async () => {
    const lines: string[] = [];
    const first = await run(12_345, 3_000);
    const again = await run(12_345, 3_000, (line) => lines.push(line));
    const other = await run(54_321, 3_000);
    expect(again).toEqual(first);
    expect(other.digest).not.toBe(first.digest);
    expect(lines.length).toBeGreaterThan(500);
  });

  test('are the same in another process', async () => {
    const seeds = [12_345, 7];
    const { digests } = await runSeedsInProcesses({ seeds, steps: 1_000, processes: 1 });
    for (const seed of seeds) expect((await run(seed, 1_000)).digest).toBe(digests[seed]);
  });

  test('that met too little say what they missed', async () => {
    const { coverage } = await run(1, 300);
    expect(missing(coverage)).toContain('reopen:store_hangs_then_fails @ any');
    expect(missing({})).toContain('create:executed_late @ unknown');
  });

  test.each(regressions)('seed $seed stays right: $why', async ({ seed, steps }) => {
    expectNothingBroken(await run(seed, steps), steps);
  });
});
