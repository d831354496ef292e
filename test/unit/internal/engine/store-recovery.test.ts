import { describe, expect, it } from 'vitest';
import { StoreRecovery } from '../../../../internal/engine/store-recovery.ts';
import { silentLogger } from '../../../../internal/platform/logger.ts';
import { type Store, StoreFailure } from '../../../../internal/store/store.ts';
import { recordingMetrics } from '../../../support/recorders.ts';
import { virtualClock } from '../../../support/virtual-clock.ts';

describe('a store that fails', () => {
  it('is measured: each failure by its code, and whether it takes writes', async () => {
    const clock = virtualClock(0);
    const metrics = recordingMetrics();
    const answers: Array<StoreFailure | undefined> = [new StoreFailure('io', 'broken'), undefined];
    const reopen = async (): Promise<void> => {
      const failure = answers.shift();
      if (failure) throw failure;
    };
    const store = { reopen } as unknown as Store;
    const engine = { rebuild: async () => {}, resume() {} };
    const recovery = new StoreRecovery({ store, clock, metrics, logger: silentLogger }, engine);
    recovery.begin(new StoreFailure('disk_full', 'full'));
    expect(recovery.available).toBe(false);
    await clock.advance(1_000);
    await clock.advance(2_000);
    expect(recovery.available).toBe(true);

    const available = metrics.measured.filter(({ name }) => name === 'kubejobs_store_available');
    expect(available.map(({ value }) => value)).toEqual([1, 0, 0, 1]);
    const failures = metrics.measured.filter(({ name }) => name === 'kubejobs_store_failures_total');
    expect(failures.map(({ labels }) => labels.code)).toEqual(['disk_full', 'io']);
  });
});
