import { describe, expect, it } from 'vitest';
import type { Effect } from '../../../../internal/core/decisions.ts';
import { Cleanup } from '../../../../internal/engine/cleanup.ts';
import { StoreFailure } from '../../../../internal/store/store.ts';
import { anEngine, engineStartMs } from '../../../support/engine-builders.ts';

const ttlMs = 10_000;

/** So many jobs have succeeded, all at the start. */
async function afterSuccess(jobs: number) {
  const test = await anEngine({ maxConcurrency: jobs, jobTtlMs: ttlMs });
  const names = Array.from({ length: jobs }, (_, i) => `j${i}`);
  for (const name of names) {
    await test.submit(name);
    test.news('made', name);
    test.news('succeeded', name);
  }
  await test.clock.settle();
  const asked: Effect[] = [];
  const state: { ready: boolean; awaited: boolean | Set<string> } = { ready: true, awaited: false };
  const cleanup = new Cleanup({
    store: test.store,
    clock: test.clock,
    ready: () => state.ready,
    release: (effects) => asked.push(...effects),
    results: {
      awaited: (jobId) => state.awaited === true || (state.awaited !== false && state.awaited.has(jobId)),
      ...{ jobTtlMs: ttlMs, emit: (event) => test.engine.report(event), logger: test.logger },
    },
  });
  cleanup.start();
  const namesAsked = () =>
    asked.map((effect) => (effect.kind === 'delete_workload' ? effect.attempt.workload.name : '?'));
  return { ...test, cleanup, asked, namesAsked, state, names };
}

describe('the clean-up', () => {
  it('deletes finished workloads in the background when their time to live is over, not before', async () => {
    const test = await afterSuccess(2);
    await test.clock.advance(ttlMs - 1);
    expect(test.asked).toEqual([]);
    await test.clock.advance(1_001);
    expect(test.namesAsked().sort()).toEqual(['j0-1', 'j1-1']);
    expect(test.asked[0]).toMatchObject({
      propagation: 'background',
      attempt: { workload: { uid: expect.any(String) } },
    });
  });

  it('leaves what somebody awaits for a day after its time, and says so when it gives up', async () => {
    const test = await afterSuccess(1);
    test.state.awaited = true;
    await test.clock.advance(24 * 3_600_000);
    expect(test.asked).toEqual([]);
    const warnings = () => test.logger.lines.filter(({ message }) => message.includes('could not be saved'));
    expect(warnings()).toEqual([]);
    await test.clock.advance(ttlMs + 61_000);
    expect(test.asked.length).toBeGreaterThan(0);
    expect(warnings()[0]).toMatchObject({ level: 'warn', fields: { jobId: test.idOf('j0'), attempt: 1 } });
  });

  it('deletes what was awaited within a minute of its result', async () => {
    const test = await afterSuccess(1);
    test.state.awaited = true;
    await test.clock.advance(3_600_000);
    test.state.awaited = false;
    await test.clock.advance(61_000);
    expect(test.asked).toHaveLength(1);
  });

  it('does not let awaited workloads keep the others from it', async () => {
    const test = await afterSuccess(250);
    const stuck = test.store.reader.dueCleanups(test.clock.now() + ttlMs, 200).map(({ jobId }) => jobId);
    test.state.awaited = new Set(stuck);
    await test.clock.advance(ttlMs + 2_000);
    expect(test.asked).toHaveLength(50);
  });

  it('asks once, and again only when no answer came for a minute', async () => {
    const test = await afterSuccess(1);
    await test.clock.advance(ttlMs + 59_000);
    expect(test.asked).toHaveLength(1);
    await test.clock.advance(3_000);
    expect(test.asked).toHaveLength(2);
  });

  it('is over for a workload whose deletion was taken', async () => {
    const test = await afterSuccess(1);
    await test.clock.advance(ttlMs + 1_000);
    test.news('deleted', 'j0');
    await test.clock.advance(600_000);
    expect(test.asked).toHaveLength(1);
    expect(test.store.reader.dueCleanups(test.clock.now(), 10)).toEqual([]);
  });

  it('does not let workloads that cannot be deleted keep the others from it', async () => {
    const test = await afterSuccess(250);
    await test.clock.advance(ttlMs + 1_000);
    expect(test.asked).toHaveLength(200);
    await test.clock.advance(1_000);
    expect(test.asked).toHaveLength(200);

    for (const name of test.namesAsked()) test.news('delete-failed', name.replace(/-1$/, ''));
    await test.clock.advance(1_000);
    expect(new Set(test.namesAsked()).size).toBe(250);
  });

  it('waits while calls to the cluster make no sense', async () => {
    const test = await afterSuccess(1);
    test.state.ready = false;
    await test.clock.advance(ttlMs + 60_000);
    expect(test.asked).toEqual([]);
    test.state.ready = true;
    await test.clock.advance(1_000);
    expect(test.asked).toHaveLength(1);
  });

  it('leaves what an earlier program finished alone for 90 s, whatever the rows’ times say', async () => {
    const test = await afterSuccess(1);
    test.cleanup.stop();
    await test.clock.advance(ttlMs);
    test.cleanup.start();
    await test.clock.advance(89_000);
    expect(test.asked).toEqual([]);
    await test.clock.advance(2_000);
    expect(test.asked).toHaveLength(1);
  });

  it('ends when it is stopped', async () => {
    const test = await afterSuccess(1);
    test.cleanup.stop();
    await test.clock.advance(ttlMs + 60_000);
    expect(test.asked).toEqual([]);
    expect(test.clock.now()).toBeGreaterThan(engineStartMs);
  });

  it('goes on at the next sweep when the rows could not be read, and hides no bug', async () => {
    const test = await afterSuccess(1);
    await test.clock.advance(ttlMs - 1);
    test.store.nextReadError = new StoreFailure('io', 'its disk is gone');
    await test.clock.advance(1);
    expect(test.store.nextReadError).toBeUndefined();
    expect(test.asked).toEqual([]);
    await test.clock.advance(1_000);
    expect(test.asked).toHaveLength(1);
    test.store.nextReadError = new TypeError('a bug');
    expect(() => test.cleanup.sweep()).toThrow('a bug');
  });
});
