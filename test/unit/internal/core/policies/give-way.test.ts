import { describe, expect, it } from 'vitest';
import { backoffMs } from '../../../../../internal/core/policies/backoff.ts';
import { giveWayBackoff } from '../../../../../internal/core/policies/give-way.ts';
import { idOf } from '../../../../support/core-builders.ts';
import { play } from '../../../../support/core-scenario.ts';

const made = 't=0 submit a\nexpect dispatch a\nt=0 made a\nexpect nothing\n';
const asked = `${made} t=1 give-way a message=for-the-others\nexpect a running cancelling, delete a\n`;
/** From when its workload is gone until it may run again, the n-th time. */
const backAfter = (times: number): number => backoffMs(giveWayBackoff, idOf('a'), times);

describe('a running job that is asked to give way', () => {
  it('keeps its slot until its workload is gone, then waits and runs again, with its number and its place', () => {
    const backAt = 5 + backAfter(1);
    const core = play(
      { maxConcurrency: 1 },
      `
      t=0 submit a
      t=0 submit b
      t=0 submit c
      expect dispatch a
      t=1 made a
      t=2 give-way a message=for-the-others
      expect a running cancelling, delete a
      expect row a giveWay=for-the-others
      t=3 deleted a
      expect nothing
      expect running a
      t=5 missing a
      expect a scheduled retry_backoff, dispatch b
      expect row a outcome=gave_way finishedAt=5 message=for-the-others cleanupAt=- giveWay=-
      expect a is scheduled
      t=${backAt - 1} tick
      expect nothing
      t=${backAt} tick
      expect a pending
      expect pending a c
      t=${backAt + 1} succeeded b
      expect b succeeded, dispatch a
      t=${backAt + 2} made a/2
      t=${backAt + 3} succeeded a/2
      expect a succeeded, dispatch c
      `,
    );
    expect(core.state.attempts.size).toBe(0);
  });

  it('waits longer each time it has given way', () => {
    const first = 3 + backAfter(1);
    const second = first + 4;
    play(
      {},
      `${asked}
      t=3 missing a
      expect a scheduled retry_backoff
      t=${first} tick
      expect a pending, dispatch a
      t=${first + 1} made a/2
      t=${first + 2} give-way a/2
      expect a running cancelling, delete a
      t=${second} delete-missing a/2
      expect a scheduled retry_backoff
      expect wake ${second + backAfter(2)}
      `,
    );
    expect(backAfter(1)).toBeGreaterThanOrEqual(7_500);
    expect(backAfter(1)).toBeLessThanOrEqual(10_000);
    expect(backAfter(2)).toBeGreaterThanOrEqual(15_000);
    expect(backAfter(30)).toBeLessThanOrEqual(600_000);
  });

  it('neither takes one of its retries for that nor needs one', () => {
    const again = 3 + backAfter(1);
    play(
      {},
      `
      t=0 submit a retries=1 backoff=0
      expect dispatch a
      t=1 made a
      t=2 give-way a
      expect a running cancelling, delete a
      t=3 missing a
      expect a scheduled retry_backoff
      t=${again} tick
      expect a pending, dispatch a
      t=${again + 1} failed a/2
      expect a pending, dispatch a
      t=${again + 2} failed a/3
      expect a failed exit_code
      `,
    );
  });

  it('knows how often it gave way also when it starts in the very turn in which it did', () => {
    const late = 3 + backAfter(1);
    const core = play({ maxConcurrency: 1 }, asked);
    core.apply({ kind: 'workload_missing', at: 3, jobId: idOf('a'), attempt: 1 });
    core.apply({ kind: 'timer_fired', at: late });
    core.plan(late);
    expect(core.running(idOf('a'))).toMatchObject({ attempt: 2, rules: { gaveWayTimes: 1 } });
  });

  it('is cancelled when somebody cancels it meanwhile', () => {
    play(
      {},
      `${asked}
      t=2 cancel a
      expect a running cancelling
      expect row a cancelRequestedAt=2 giveWay=-
      t=3 delete-finished a
      expect delete a
      t=4 missing a
      expect a cancelled by_user
      `,
    );
  });

  it.each([
    ['succeeded', 'a succeeded'],
    ['failed', 'a failed exit_code'],
  ])('ended by itself when its workload had before the deletion (%s), told before or after', (word, end) => {
    play(
      {},
      `${asked} t=2 ${word} a\nexpect nothing\nt=3 delete-finished a\nexpect a running, ${end}\nexpect row a giveWay=-`,
    );
    play({}, `${asked} t=2 delete-finished a\nexpect a running\nexpect row a giveWay=-\nt=3 ${word} a\nexpect ${end}`);
  });

  it('does not end by what its workload does while it is deleted', () => {
    play({}, `${asked} t=2 deleted a\nt=3 failed a\nexpect nothing\nt=4 missing a\nexpect a scheduled retry_backoff`);
  });

  it('is not ended by a timeout that passes while its workload goes', () => {
    play(
      {},
      `
      t=0 submit a timeout=1000
      expect dispatch a
      t=1 made a
      t=2 give-way a
      expect a running cancelling, delete a
      t=3 deleted a
      t=20000 tick
      expect nothing
      t=20001 missing a
      expect a scheduled retry_backoff
      `,
    );
  });

  it('waits for the answer of a create that is in flight, and for 90 s after one that was lost', () => {
    play(
      { maxConcurrency: 1 },
      `
      t=0 submit a
      t=0 submit b
      expect dispatch a
      t=1 give-way a
      expect a running cancelling
      t=10000 unknown a
      t=11000 tick
      expect delete a
      t=11001 delete-missing a
      expect nothing
      expect running a
      t=100000 tick
      expect delete a
      t=100001 delete-missing a
      expect a scheduled retry_backoff, dispatch b
      `,
    );
  });

  it('asks for its create again when a workload that was not known to be made had finished', () => {
    play(
      {},
      `
      t=0 submit a
      expect dispatch a
      t=1 unknown a
      expect a running create_unknown
      t=2 give-way a
      expect a running cancelling, delete a
      t=3 delete-finished a
      expect a running, create a
      t=4 made a
      t=5 succeeded a
      expect a succeeded
      `,
    );
  });

  it('ends, or waits, as a create that is refused says', () => {
    const before = 't=0 submit a\nexpect dispatch a\nt=1 give-way a\nexpect a running cancelling\n';
    play({}, `${before} t=2 refused a\nexpect a running, a failed create_refused`);
    play({}, `${before} t=2 quota a\nexpect a running, a pending quota_refused`);
  });

  it('expires when it never had a workload and its time is over', () => {
    play(
      {},
      `
      t=0 submit a expires=50000
      expect dispatch a
      t=1 unknown a
      expect a running create_unknown
      t=2 give-way a
      expect a running cancelling, delete a
      t=100000 delete-missing a
      expect a scheduled retry_backoff, a expired queue_timeout
      `,
    );
  });
});

describe('a request to give way', () => {
  it.each([
    ['of another attempt', `${made} t=1 give-way a/2\nexpect nothing`],
    ['of a job that waits', 't=0 submit a\nt=0 submit b\nexpect dispatch a\nt=1 give-way b\nexpect nothing'],
    ['of a job that is over', `${made} t=1 succeeded a\nexpect a succeeded\nt=2 give-way a\nexpect nothing`],
    ['of a job that nobody knows', 't=0 give-way x\nexpect nothing'],
    ['made twice', `${asked} t=2 give-way a message=again\nexpect nothing\nexpect row a giveWay=for-the-others`],
    [
      'of a job that is being cancelled',
      `${made} t=1 cancel a\nexpect a running cancelling, delete a\nt=2 give-way a\nexpect nothing`,
    ],
  ])('%s is nothing', (_what, script) => {
    play({ maxConcurrency: 1 }, script);
  });
});
