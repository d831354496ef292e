import { describe, expect, it } from 'vitest';
import { Retention } from '../../../../internal/engine/retention.ts';
import { type Prune, type Pruned, StoreFailure } from '../../../../internal/store/store.ts';
import { virtualClock } from '../../../support/virtual-clock.ts';

const dayMs = 86_400_000;
const nothing: Pruned = { keys: 0, jobs: {} };

function aRetention(keepFinishedMs: number | undefined, results: Array<Pruned | Error> = []) {
  const clock = virtualClock(100 * dayMs);
  const asked: Prune[] = [];
  const told: Pruned[] = [];
  const prune = async (what: Prune): Promise<Pruned> => {
    asked.push(what);
    const result = results.shift() ?? nothing;
    if (result instanceof Error) throw result;
    return result;
  };
  const retention = new Retention({ store: { prune }, clock, keepFinishedMs, pruned: (what) => told.push(what) });
  retention.start();
  return { asked, clock, retention, told };
}

describe('retention', () => {
  it('asks each minute for what is too old to go, in batches', async () => {
    const { asked, clock } = aRetention(30 * dayMs);
    await clock.advance(60_000);
    const now = 100 * dayMs + 60_000;
    expect(asked).toEqual([{ keysBefore: now - dayMs, finishedBefore: now - 30 * dayMs, limit: 500 }]);
    await clock.advance(120_000);
    expect(asked).toHaveLength(3);
  });

  it('keeps jobs for ever when it is told to, but no keys', async () => {
    const { asked, clock } = aRetention(undefined);
    await clock.advance(60_000);
    expect(asked[0]).not.toHaveProperty('finishedBefore');
    expect(asked[0]).toHaveProperty('keysBefore');
  });

  it.each([
    ['jobs', { keys: 0, jobs: { succeeded: 300, failed: 200 } }],
    ['keys', { keys: 500, jobs: {} }],
  ])('goes on at once while there are more %s, and tells of each batch', async (_what, full) => {
    const { asked, clock, told } = aRetention(dayMs, [full, full, nothing]);
    await clock.advance(61_000);
    expect(asked).toHaveLength(3);
    expect(told).toEqual([full, full, nothing]);
  });

  it('comes back after the store failed', async () => {
    const { asked, clock } = aRetention(dayMs, [new StoreFailure('disk_full', 'full')]);
    await clock.advance(120_000);
    expect(asked).toHaveLength(2);
  });

  it('asks no more after it was stopped', async () => {
    const { asked, clock, retention } = aRetention(dayMs);
    await retention.stop();
    await clock.advance(300_000);
    expect(asked).toEqual([]);
  });
});
