import { describe, expect, it } from 'vitest';
import { backoffMs } from '../../../../../internal/core/policies/backoff.ts';

const settings = { firstMs: 1_000, longestMs: 60_000 };

describe('the backoff', () => {
  it('doubles with each failure up to its longest, less at most a quarter', () => {
    for (let failures = 1; failures < 200; failures += 1) {
      const full = Math.min(60_000, 1_000 * 2 ** (failures - 1));
      const waitMs = backoffMs(settings, 'a', failures);
      expect(waitMs).toBeGreaterThanOrEqual(full * 0.75);
      expect(waitMs).toBeLessThanOrEqual(full);
      expect(Number.isInteger(waitMs)).toBe(true);
    }
  });

  it('is the same for the same history, and spreads different jobs', () => {
    const waits = Array.from({ length: 100 }, (_, i) => backoffMs(settings, `job-${i}`, 3));
    expect(waits).toEqual(Array.from({ length: 100 }, (_, i) => backoffMs(settings, `job-${i}`, 3)));
    expect(new Set(waits).size).toBeGreaterThan(50);
  });
});
