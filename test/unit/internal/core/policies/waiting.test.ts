import { describe, it } from 'vitest';
import { play } from '../../../../support/core-scenario.ts';

describe('a scheduled job', () => {
  it('is pending from its time on', () => {
    play(
      { maxConcurrency: 1 },
      `
      t=0 submit a start=5000
      expect a is scheduled
      expect wake 5000
      t=4999 tick
      expect nothing
      t=5000 tick
      expect a pending, dispatch a
      `,
    );
  });

  it('is pending at once when its time has passed already', () => {
    play({}, 't=100 submit a start=100\nexpect dispatch a');
  });

  it('that is held when its time comes is pending as soon as it is released', () => {
    play(
      {},
      `
      t=0 submit a start=1000 hold=yes
      expect a is held
      t=1000 tick
      expect nothing
      t=2000 release a
      expect a pending, dispatch a
      `,
    );
  });

  it('that is released before its time goes on waiting for it', () => {
    play(
      {},
      `
      t=0 submit a start=1000 hold=yes
      t=500 release a
      expect a scheduled start_after
      t=1000 tick
      expect a pending, dispatch a
      `,
    );
  });

  it('names the first of its reasons: held, then blocked, then scheduled', () => {
    play(
      { maxConcurrency: 1 },
      `
      t=0 submit first
      expect dispatch first
      t=0 submit a hold=yes after=first:success start=9000
      expect a is held
      t=1 release a
      expect a blocked waiting_for_jobs
      t=2 succeeded first
      expect first succeeded, a scheduled start_after
      t=9000 tick
      expect a pending, dispatch a
      `,
    );
  });

  it('can be cancelled, and its time then means nothing', () => {
    play(
      {},
      `
      t=0 submit a start=1000
      t=1 cancel a
      expect a cancelled by_user
      t=1000 tick
      expect nothing
      `,
    );
  });
});
