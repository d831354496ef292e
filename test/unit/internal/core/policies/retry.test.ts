import { describe, expect, it } from 'vitest';
import { play } from '../../../../support/core-scenario.ts';

describe('a failed attempt', () => {
  it('is followed by the next one after a backoff, as often as the rules say', () => {
    const core = play(
      { maxConcurrency: 1 },
      `
      t=0 submit a retries=2 backoff=1000
      expect dispatch a
      t=1 made a
      t=10 failed a
      expect a scheduled retry_backoff
      expect row a outcome=failed reason=exit_code exitCode=7
      t=1010 tick
      expect a pending, dispatch a
      expect row a creation=requested
      t=1011 made a/2
      t=1020 failed a/2
      expect a scheduled retry_backoff
      t=3020 tick
      expect a pending, dispatch a
      t=3021 made a/3
      t=3030 failed a/3
      expect a failed exit_code
      `,
    );
    expect(core.state.attempts.size).toBe(0);
  });

  it('gives its slot to others while it waits, and keeps its place among its peers', () => {
    play(
      { maxConcurrency: 1 },
      `
      t=0 submit a retries=1 backoff=100
      t=0 submit b
      t=0 submit c
      expect dispatch a
      t=1 failed a
      expect a scheduled retry_backoff, dispatch b
      t=200 tick
      expect a pending
      expect pending a c
      `,
    );
  });

  it.each([
    ['exit:7', 'failed a exit=7', true],
    ['exit:7', 'failed a exit=8', false],
    ['failed', 'failed a exit=8', true],
    ['timeout', 'failed a', false],
    ['create_refused', 'refused a', true],
    ['failed', 'refused a', false],
  ])('is retried on %s when “%s”: %s', (on, event, isRetried) => {
    const end = event.startsWith('refused') ? 'a failed create_refused' : 'a failed exit_code';
    play(
      {},
      `
      t=0 submit a retries=1 on=${on}
      expect dispatch a
      t=1 ${event}
      expect ${isRetried ? 'a scheduled retry_backoff' : end}
      `,
    );
  });

  it('by others who deleted its workload is retried when the rules say so', () => {
    play(
      {},
      `
      t=0 submit a retries=1 backoff=0 on=deleted
      expect dispatch a
      t=1 made a
      t=2 missing a
      expect a pending, dispatch a
      t=3 made a/2
      t=4 missing a/2
      expect a failed workload_deleted
      `,
    );
  });

  it('is not retried when a person cancels it', () => {
    play(
      {},
      `
      t=0 submit a retries=5 on=failed,deleted
      expect dispatch a
      t=1 made a
      t=2 cancel a
      expect delete a, a running cancelling
      t=3 deleted a
      t=4 missing a
      expect a cancelled by_user
      `,
    );
  });

  it('can be held and released while it waits', () => {
    play(
      {},
      `
      t=0 submit a retries=1 backoff=1000
      expect dispatch a
      t=1 failed a
      expect a scheduled retry_backoff
      t=2 hold a
      expect a held held_by_user
      t=3 release a
      expect a scheduled retry_backoff
      t=1001 tick
      expect a pending, dispatch a
      `,
    );
  });

  it('has the number of the attempt before when a quota refuses the next', () => {
    const core = play(
      {},
      `
      t=0 submit a retries=1 backoff=0
      expect dispatch a
      t=1 failed a
      expect a pending, dispatch a
      t=2 quota a/2
      expect a pending quota_refused
      t=9000 tick
      expect dispatch a
      t=9001 made a/2
      `,
    );
    expect(core.runningInOrder()[0]?.attempt).toBe(2);
  });
});

describe('a finished job that a person has run again', () => {
  it('runs as the next attempt with its old number, and has its retries anew', () => {
    play(
      { maxConcurrency: 1 },
      `
      t=0 submit a retries=1 backoff=0 before=2
      t=0 submit b
      expect dispatch a
      t=1 failed a
      expect a pending, dispatch a
      t=2 failed a/2
      expect a pending, dispatch a
      t=3 failed a/3
      expect a pending, dispatch a
      t=4 failed a/4
      expect a failed exit_code, dispatch b
      t=5 retry a seq=1 attempts=4
      expect a pending
      expect pending a
      t=6 succeeded b
      expect b succeeded, dispatch a
      t=7 succeeded a/5
      expect a succeeded
      `,
    );
  });

  it('is refused while it is not finished', () => {
    const core = play({}, 't=0 submit a\nexpect dispatch a');
    const jobId = core.runningInOrder()[0]?.jobId ?? '';
    expect(core.apply({ kind: 'retry_requested', at: 1, jobId, priority: 0, sequence: 1, attempts: 1 })).toEqual({
      ok: false,
      code: 'job_not_finished',
    });
  });
});
