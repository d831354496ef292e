// A soak that cannot fail shows nothing: planted leaks must be seen, and ordinary noise must not.
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../../internal/platform/random.ts';
import { judge } from './judge.ts';
import type { Sample } from './soaked-server.ts';
import { trendOf } from './trend.ts';

const mebibyte = 1_048_576;
const minuteMs = 60_000;

/** Half an hour at 50 jobs a second with a sawtooth of 10 MiB in the heap, as bounded buffers make it. */
function samples(change: (sample: Sample, minutes: number) => Partial<Sample> = () => ({})): Sample[] {
  const random = seededRandom(1);
  return Array.from({ length: 180 }, (_, index) => {
    const atMs = index * 10_000;
    const sample: Sample = {
      atMs,
      jobs: atMs / 20,
      heapBytes: (40 + ((index * 10_000) % 37_000) / 3_700 + random.next()) * mebibyte,
      externalBytes: 4 * mebibyte,
      residentBytes: (180 + 10 * random.next()) * mebibyte,
      descriptors: 40 + Math.floor(random.next() * 3),
      databaseBytes: (atMs / 20) * 450,
      logBytes: 16 * mebibyte,
    };
    return { ...sample, ...change(sample, atMs / minuteMs) };
  });
}

describe('a soak', () => {
  it('holds when everything moves about and nothing grows', () => {
    expect(judge(samples(), 5 * minuteMs).violations).toEqual([]);
  });

  it('holds when the growth ends with the warm-up', () => {
    const warming = samples(({ heapBytes }, minutes) => ({
      heapBytes: heapBytes + Math.min(minutes, 5) * 8 * mebibyte,
    }));
    expect(judge(warming, 5 * minuteMs).violations).toEqual([]);
  });

  it('tells the size of the database apart from what a job costs there', () => {
    const { violations, worst } = judge(samples(), 5 * minuteMs);
    expect(violations).toEqual([]);
    expect(worst.database_bytes_per_job).toBe(450);
  });

  const leaks: Array<[string, string, (sample: Sample, minutes: number) => Partial<Sample>]> = [
    ['100 bytes a job', 'heap_mib', ({ heapBytes, jobs }) => ({ heapBytes: heapBytes + 100 * jobs })],
    ['a descriptor every five minutes', 'descriptors', (sample, minutes) => grownDescriptors(sample, minutes / 5)],
    ['two MiB a minute', 'resident_mib', (sample, m) => ({ residentBytes: sample.residentBytes + 2 * m * mebibyte })],
    ['a buffer a minute', 'external_mib', (sample, m) => ({ externalBytes: sample.externalBytes + m * 100_000 })],
    ['a log that is never cut', 'write_ahead_log_mib', ({ jobs }) => ({ logBytes: jobs * 4_000 })],
    ['rows that come to cost more', 'a job came to cost', ({ jobs }) => ({ databaseBytes: jobs ** 2 / 200 })],
  ];
  it.each(leaks)('does not hold with a leak of %s', (_leak, name, leak) => {
    expect(judge(samples(leak), 5 * minuteMs).violations.join()).toContain(name);
  });

  it('of a few samples shows nothing', () => {
    expect(judge(samples().slice(0, 9), 0).violations).toEqual(['only 9 samples after the warm-up']);
  });
});

describe('a trend', () => {
  it('is that of a line, and outliers do not move it', () => {
    const points = Array.from({ length: 101 }, (_, at) => ({ at, value: at % 20 === 7 ? 1_000 : 3 * at }));
    expect(trendOf(points).rise).toBeCloseTo(300, 5);
  });
});

function grownDescriptors({ descriptors }: Sample, by: number): Partial<Sample> {
  return { descriptors: descriptors + Math.floor(by) };
}
