import { describe, it } from 'vitest';
import { play } from '../../../support/core-scenario.ts';

describe('the effects of one turn', () => {
  it('do not create the workload of a job that a later event of the same turn ended', () => {
    play(
      { maxConcurrency: 1, settleMs: 0 },
      `
      t=0 submit a
      expect dispatch a
      t=10000 unknown a
      expect a running create_unknown
      t=20000 tick
      t=20000 succeeded a
      expect a running, a succeeded
      `,
    );
  });
});
