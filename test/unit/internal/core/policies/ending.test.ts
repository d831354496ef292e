import { describe, expect, it } from 'vitest';
import { idOf } from '../../../../support/core-builders.ts';
import { play, reachableCore } from '../../../../support/core-scenario.ts';

const made = 't=0 submit a\nexpect dispatch a\nt=0 made a\nexpect nothing\n';

describe('a cancel of a running job', () => {
  it('deletes the workload and keeps the slot until it is gone', () => {
    play(
      { maxConcurrency: 1 },
      `${made}
      t=1 submit b
      t=2 cancel a
      expect a running cancelling, delete a
      expect row a cancelRequestedAt=2
      t=3 deleted a
      expect nothing
      expect running a
      t=4 missing a
      expect a cancelled by_user, dispatch b
      expect row a outcome=cancelled finishedAt=4 cleanupAt=-
      `,
    );
  });

  it('is only asked for once', () => {
    play({}, `${made} t=1 cancel a\nexpect a running cancelling, delete a\nt=2 cancel a\nexpect nothing`);
  });

  it('waits for the answer of a create that is in flight, and deletes then', () => {
    play(
      {},
      `
      t=0 submit a
      expect dispatch a
      t=1 cancel a
      expect a running cancelling
      t=2 made a
      expect delete a
      t=3 missing a
      expect a cancelled by_user
      `,
    );
  });

  it.each([
    ['refused', 3],
    ['quota', 3],
    ['unknown', 9_000],
    ['unread', 9_000],
  ])(
    'is not forgotten when the watch shows the workload before the create in flight is answered (%s)',
    (word, deletedAt) => {
      play(
        {},
        `
        t=0 submit a
        expect dispatch a
        t=1 cancel a
        expect a running cancelling
        t=2 runs a
        expect nothing
        t=3 ${word} a
        t=${deletedAt} tick
        expect delete a
        t=100000 missing a
        expect a cancelled by_user
        `,
      );
    },
  );

  it('while the create is unknown keeps the slot until the name was absent 90 s after the last try', () => {
    play(
      { maxConcurrency: 1 },
      `
      t=0      submit a
      t=0      submit b
      expect dispatch a
      t=10000  unknown a
      expect a running create_unknown
      t=10100  cancel a
      expect a running cancelling, delete a
      t=10200  delete-missing a
      t=20000  tick
      expect nothing
      expect wake 100000
      t=99999  tick
      expect nothing
      expect running a
      t=100000 tick
      expect delete a
      t=100001 delete-missing a
      expect a cancelled by_user, dispatch b
      `,
    );
  });

  it('deletes the workload of a lost create that lands late as soon as it is seen', () => {
    play(
      {},
      `
      t=0      submit a
      expect dispatch a
      t=10000  unknown a
      expect a running create_unknown
      t=10100  cancel a
      expect a running cancelling, delete a
      t=10200  delete-missing a
      t=50000  runs a
      expect delete a
      expect row a creation=made
      t=50001  deleted a
      t=50002  missing a
      expect nothing
      t=100000 tick
      expect delete a
      t=100001 delete-missing a
      expect a cancelled by_user
      `,
    );
  });

  it('ignores how the workload ends: what was cancelled is cancelled', () => {
    play({}, `${made} t=1 cancel a\nexpect a running cancelling, delete a\nt=2 succeeded a\nexpect nothing`);
  });

  it('waits for an unreachable cluster to come back', () => {
    play(
      {},
      `${made}
      t=1 down
      t=2 cancel a
      expect a running cancelling
      t=9 up
      expect delete a
      `,
    );
  });
});

describe('a deletion', () => {
  it('that failed is tried again after a growing backoff', () => {
    const core = reachableCore();
    play({ core }, `${made} t=1 cancel a\nexpect a running cancelling, delete a`);
    const waits: number[] = [];
    for (let at = 2, i = 0; i < 9; i += 1) {
      play({ core }, `t=${at} delete-failed a\nexpect nothing`);
      const again = core.state.timers.next() as number;
      waits.push(again - at);
      play({ core }, `t=${again} tick\nexpect delete a`);
      at = again + 1;
    }
    for (const [i, waitMs] of waits.entries()) {
      const full = Math.min(30_000, 500 * 2 ** i);
      expect(waitMs).toBeGreaterThanOrEqual(full * 0.75);
      expect(waitMs).toBeLessThanOrEqual(full);
    }
  });

  it('is not repeated before the Retry-After that came with a failure', () => {
    play(
      {},
      `${made}
      t=1     cancel a
      expect a running cancelling, delete a
      t=2     delete-failed a retry-after=40000
      expect wake 40002
      t=40001 tick
      expect nothing
      t=40002 tick
      expect delete a
      `,
    );
  });

  it('that was accepted is asked for again after 30 s without news', () => {
    play(
      {},
      `${made}
      t=1     cancel a
      expect a running cancelling, delete a
      t=2     deleted a
      expect wake 30002
      t=30002 tick
      expect delete a
      t=30003 missing a
      expect a cancelled by_user
      `,
    );
  });
});

describe('a workload that is missing', () => {
  it('was deleted by others when it had been made', () => {
    play(
      { maxConcurrency: 1 },
      `${made}
      t=1 submit b
      t=2 missing a
      expect a failed workload_deleted, dispatch b
      expect row a outcome=failed reason=workload_deleted cleanupAt=-
      `,
    );
  });

  it('proves nothing while its create is in flight or unknown', () => {
    play(
      {},
      `
      t=0 submit a
      expect dispatch a
      t=1 missing a
      expect nothing
      t=2 unknown a
      expect a running create_unknown
      t=3 missing a
      expect nothing
      expect running a
      `,
    );
  });

  it('keeps its slot for 90 s when a create of it was once lost, then makes sure', () => {
    play(
      {},
      `
      t=0     submit a
      expect dispatch a
      t=1000  unknown a
      expect a running create_unknown
      t=2000  runs a
      expect a running
      t=3000  missing a
      t=3000  missing a
      t=3000  tick
      expect nothing
      expect wake 91000
      t=91000 tick
      expect delete a
      t=91001 missing a
      expect a failed workload_deleted
      `,
    );
  });

  it('is not forgotten when a second create is in flight', () => {
    play(
      {},
      `
      t=0     submit a
      expect dispatch a
      t=1000  unknown a
      expect a running create_unknown
      t=2000  tick
      expect create a
      t=2100  runs a
      expect a running
      t=2200  missing a
      expect nothing
      t=2300  made a uid=uid-of-the-second
      expect delete a
      t=95000 missing a
      expect a failed workload_deleted
      `,
    );
  });

  it('reported many times adds no timer each time', () => {
    const core = reachableCore();
    play(
      { core },
      't=0 submit a\nexpect dispatch a\nt=1000 unknown a\nexpect a running create_unknown\nt=2000 runs a\nexpect a running',
    );
    const before = core.state.timers.sorted().length;
    for (let at = 3_000; at < 4_000; at += 1) play({ core }, `t=${at} missing a\nexpect nothing`);

    expect(core.state.timers.sorted().length).toBe(before + 1);
    expect(core.running(idOf('a'))).toBeDefined();
  });
});
