import { describe, expect, it } from 'vitest';
import { play } from '../../../../support/core-scenario.ts';

describe('a job with a queue timeout', () => {
  it.each([
    ['pending', '', ''],
    ['held', 'hold=yes', ''],
    ['scheduled', 'start=900', ''],
    ['blocked', 'after=first:success', ''],
  ])('expires while it is %s', (_state, options) => {
    const core = play(
      { maxConcurrency: 1 },
      `
      t=0 submit first
      expect dispatch first
      t=0 submit a expires=500 ${options}
      expect wake 500
      t=499 tick
      expect nothing
      t=500 tick
      expect a expired queue_timeout
      t=900 tick
      expect nothing
      `,
    );
    expect(core.state.expiries.size).toBe(0);
  });

  it('is left alone once it has a workload', () => {
    play(
      {},
      `
      t=0 submit a expires=500
      expect dispatch a
      t=10 made a
      t=500 tick
      expect nothing
      t=600 succeeded a
      expect a succeeded
      `,
    );
  });

  it('whose create is under way is left alone, but expires when a quota refuses it then', () => {
    play(
      {},
      `
      t=0 submit a expires=500
      expect dispatch a
      t=500 tick
      expect nothing
      t=501 quota a
      expect a pending quota_refused, a expired queue_timeout
      `,
    );
  });

  it('expires while it waits for a quota', () => {
    play(
      {},
      `
      t=0 submit a expires=500
      expect dispatch a
      t=1 quota a
      expect a pending quota_refused
      t=500 tick
      expect a expired queue_timeout
      t=90000 tick
      expect nothing
      `,
    );
  });
});
