import { describe, expect, it } from 'vitest';
import { seededRandom, systemRandom } from '../../../../internal/platform/random.ts';

describe.each([
  ['the system’s', systemRandom],
  ['the seeded', () => seededRandom(1)],
])('an id of %s random source', (_name, make) => {
  it('is a UUIDv7 of the given time', () => {
    const id = make().uuid(0x0199_1234_5678);
    expect(id).toMatch(/^01991234-5678-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });

  it('grows, also within one millisecond', () => {
    const random = make();
    const ids = Array.from({ length: 10_000 }, (_, i) => random.uuid(1_700_000_000_000 + Math.floor(i / 1_000)));
    expect(ids).toEqual([...ids].sort());
  });

  it('is never given twice, and ends in digits of its own: workloads are named by them', () => {
    const random = make();
    const ids = Array.from({ length: 10_000 }, () => random.uuid(1_700_000_000_000));
    expect(new Set(ids).size).toBe(10_000);
    expect(new Set(ids.map((id) => id.slice(-12))).size).toBe(10_000);
  });
});

describe('the system’s random source', () => {
  it('gives growing ids even when the clock stands still or goes back', () => {
    const random = systemRandom();
    const ids = [5_000, 5_000, 4_000, 5_001].map((at) => random.uuid(at));
    expect(ids).toEqual([...ids].sort());
  });

  it('makes different ids for two sources', () => {
    expect(systemRandom().uuid(1)).not.toBe(systemRandom().uuid(1));
  });
});
