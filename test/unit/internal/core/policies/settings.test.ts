import { describe, expect, it } from 'vitest';
import { play } from '../../../../support/core-scenario.ts';

describe('the settings of a running queue', () => {
  it('a pause stops dispatch and nothing else', () => {
    play(
      { maxConcurrency: 2 },
      `
      t=0 submit a
      expect dispatch a
      t=1 pause
      expect settings {"paused":true}
      t=2 submit b
      expect nothing
      expect b waits: paused
      t=3 succeeded a
      expect a succeeded
      t=4 resume
      expect settings {"paused":false}, dispatch b
      `,
    );
  });

  it('a higher cap takes effect at once, a lower one only stops dispatch', () => {
    const core = play(
      { maxConcurrency: 1 },
      `
      t=0 submit a
      t=0 submit b
      t=0 submit c
      t=0 submit d
      expect dispatch a
      t=1 cap to=3
      expect settings {"maxConcurrency":3}, dispatch b, dispatch c
      t=2 cap to=1
      expect settings {"maxConcurrency":1}
      expect running a b c
      t=3 succeeded a
      t=3 succeeded b
      expect a succeeded, b succeeded
      t=4 succeeded c
      expect c succeeded, dispatch d
      `,
    );
    expect(core.state.settings.maxConcurrency).toBe(1);
  });
});
