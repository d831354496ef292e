// Until when the workload of an attempt must stay for the queue, from the attempt's row.
import { describe, expect, it } from 'vitest';
import { untilDeletion, wantsResult } from '../../../../internal/engine/result-needs.ts';
import { type Store, StoreFailure } from '../../../../internal/store/store.ts';
import type { Attempt } from '../../../../pkg/models/index.ts';
import { virtualClock } from '../../../support/virtual-clock.ts';

const now = 1_000_000;
const startedAt = 900_000;

function storeWith(reader: Partial<Store['reader']>): Pick<Store, 'reader'> {
  return { reader: reader as Store['reader'] };
}

function keptFor(attempt: Partial<Attempt> | undefined): number {
  const store = storeWith({ attempt: () => attempt as Attempt | undefined });
  return untilDeletion({ store, clock: virtualClock(now), startedAt }, 'job', 1);
}

const failing = (): never => {
  throw new StoreFailure('disk_full', 'the disk is full');
};

describe('the workload of an attempt', () => {
  it.each([
    ['that no row knows may go', undefined, 0],
    ['whose end is not written down is asked about again', {}, 1_000],
    ['whose end is written down may go', { finishedAt: 950_000 }, 0],
    ['whose create was lost stays until it cannot land any more', { finishedAt: 950_000, unknownAt: 940_000 }, 30_000],
    ['whose lost create is old may go', { finishedAt: 950_000, unknownAt: 901_000 }, 0],
    ['that ended before the start stays that long after the start', { finishedAt: 1, unknownAt: 1 }, 0],
    ['that ended by a clock that was ahead too', { finishedAt: 899_999, unknownAt: 999_999_999 }, 0],
  ])('%s', (_name, attempt, ms) => {
    expect(keptFor(attempt)).toBe(ms);
  });

  it('stays while the rows cannot be read', () => {
    const deps = { store: storeWith({ attempt: failing }), clock: virtualClock(now), startedAt };
    expect(untilDeletion(deps, 'job', 1)).toBe(1_000);
  });
});

it('a job wants a result when its row says so, and maybe while that cannot be read', () => {
  const jobs = (results?: boolean) =>
    storeWith({ jobs: () => [{ rules: results === undefined ? {} : { results } }] as never });
  expect([wantsResult(jobs(true), 'a'), wantsResult(jobs(false), 'a'), wantsResult(jobs(), 'a')]).toEqual([
    true,
    false,
    false,
  ]);
  expect(wantsResult(storeWith({ jobs: () => [] }), 'a')).toBe(false);
  expect(wantsResult(storeWith({ jobs: failing }), 'a')).toBe('unreadable');
});
