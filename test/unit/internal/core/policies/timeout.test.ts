import { describe, it } from 'vitest';
import { play } from '../../../../support/core-scenario.ts';

describe('an attempt with a timeout', () => {
  it('is deleted ten seconds after it, counted from the making of its workload, and has failed when it is gone', () => {
    play(
      {},
      `
      t=0 submit a timeout=5000
      expect dispatch a
      t=3000 made a
      expect wake 18000
      t=17999 tick
      expect nothing
      t=18000 tick
      expect a running cancelling, delete a
      t=18001 deleted a
      t=18500 missing a
      expect a failed deadline
      `,
    );
  });

  it('that Kubernetes ended in time is not touched', () => {
    play(
      {},
      `
      t=0 submit a timeout=5000
      expect dispatch a
      t=10 made a
      t=5020 failed a
      expect a failed exit_code
      t=15010 tick
      expect nothing
      `,
    );
  });

  it('is retried on `timeout`', () => {
    play(
      {},
      `
      t=0 submit a timeout=5000 retries=1 backoff=0 on=timeout
      expect dispatch a
      t=0 made a
      t=15000 tick
      expect a running cancelling, delete a
      t=15001 missing a
      expect a pending, dispatch a
      `,
    );
  });

  it('is ended as cancelled when a person cancels it meanwhile', () => {
    play(
      {},
      `
      t=0 submit a timeout=5000 retries=1 on=timeout
      expect dispatch a
      t=0 made a
      t=15000 tick
      expect a running cancelling, delete a
      t=15001 cancel a
      expect a running cancelling
      t=15002 missing a
      expect a cancelled by_user
      `,
    );
  });

  it('is deleted when the cluster is back, if it was gone at that time', () => {
    play(
      {},
      `
      t=0 submit a timeout=5000
      expect dispatch a
      t=0 made a
      t=100 down
      t=15000 tick
      expect a running cancelling
      t=20000 up
      expect delete a
      `,
    );
  });
});
