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

  it('that had come to its own end, which is told before or after that was noticed, has that end', () => {
    play(
      { maxConcurrency: 2 },
      `
      t=0 submit a timeout=5000 retries=1 on=timeout
      t=0 submit b timeout=5000 retries=1 on=timeout
      expect dispatch a, dispatch b
      t=0 made a
      t=0 made b
      t=15000 tick
      expect a running cancelling, b running cancelling, delete a, delete b
      t=15001 succeeded a
      expect nothing
      t=15002 delete-finished a
      expect a succeeded
      t=15002 delete-finished b
      t=15003 failed b
      expect b failed exit_code
      `,
    );
  });

  it('that was cancelled meanwhile is deleted though it had come to its own end', () => {
    play(
      {},
      `
      t=0 submit a timeout=5000
      expect dispatch a
      t=0 made a
      t=15000 tick
      expect a running cancelling, delete a
      t=15001 cancel a
      expect a running cancelling
      t=15002 delete-finished a
      expect delete a
      t=15003 missing a
      expect a cancelled by_user
      `,
    );
  });

  it('whose workload is gone when its timeout has passed, deleted for that before a restart, has failed with `deadline`', () => {
    play(
      {},
      `
      t=0 submit a timeout=5000
      expect dispatch a
      t=0 made a
      t=15000 missing a
      expect a failed deadline
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
