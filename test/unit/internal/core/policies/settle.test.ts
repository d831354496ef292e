import { describe, it } from 'vitest';
import { play } from '../../../../support/core-scenario.ts';

describe('the settle window', () => {
  it('holds an idle queue back, so that a burst is ordered by priority', () => {
    play(
      { maxConcurrency: 1, settleMs: 100 },
      `
      t=0   submit low prio=1
      expect nothing
      expect low waits: settling
      expect wake 100
      t=60  submit high prio=9
      expect nothing
      expect wake 100
      t=100 tick
      expect dispatch high
      expect running high
      `,
    );
  });

  it('is never extended by jobs that come while it is open', () => {
    play(
      { maxConcurrency: 4, settleMs: 100 },
      `
      t=0   submit a
      t=50  submit b
      t=99  submit c
      expect nothing
      expect wake 100
      t=100 tick
      expect dispatch a, dispatch b, dispatch c
      `,
    );
  });

  it('is not extended either when the job that opened it has been cancelled', () => {
    play(
      { maxConcurrency: 1, settleMs: 100 },
      `
      t=0   submit a
      expect nothing
      t=40  cancel a
      expect a cancelled by_user
      expect no wake
      t=60  submit b
      expect wake 100
      t=100 tick
      expect dispatch b
      `,
    );
  });

  it('opens anew once it has closed and the queue is idle again', () => {
    play(
      { maxConcurrency: 4, settleMs: 100 },
      `
      t=0    submit a
      t=100  tick
      expect dispatch a
      t=1000 submit b
      expect nothing
      expect wake 1100
      t=1100 tick
      expect dispatch b
      `,
    );
  });

  it('does not open while all slots are taken: a slot that gets free is filled at once', () => {
    play(
      { maxConcurrency: 1, settleMs: 100 },
      `
      t=0   submit a
      t=100 tick
      expect dispatch a
      t=200 submit b
      expect no wake
      expect b waits: waiting_for_slot
      t=300 succeeded a
      expect a succeeded, dispatch b
      `,
    );
  });

  it('is none with a length of 0', () => {
    play({ settleMs: 0 }, 't=0 submit a\nexpect dispatch a');
  });

  it('also holds back a job whose quota refusal is over and that finds the queue idle', () => {
    play(
      { maxConcurrency: 2, settleMs: 100 },
      `
      t=0     submit a
      t=100   tick
      expect dispatch a
      t=200   quota a
      expect a pending quota_refused
      t=60000 tick
      expect nothing
      expect wake 60100
      t=60100 tick
      expect dispatch a
      `,
    );
  });
});
