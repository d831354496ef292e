// What the samples of a soak come to. Flat: after the warm-up a quantity rises by no more than its own noise explains,
// and in any case by no more than a fixed limit. The database grows by design, since finished jobs are kept: what must be
// flat there is its size per job.
import type { Sample } from './soaked-server.ts';
import { type Trend, trendOf } from './trend.ts';

export interface Judgement {
  violations: string[];
  worst: Record<string, number>;
}

export interface Quantity<S> {
  name: string;
  of(sample: S): number;
  /** A rise up to this is nothing. */
  negligible: number;
  /** However noisy: more than this is growth. */
  limit: number;
}

const mebibyte = 1_048_576;
const fewestSamples = 10;

const quantities: ReadonlyArray<Quantity<Sample>> = [
  { name: 'heap_mib', of: (sample) => sample.heapBytes / mebibyte, negligible: 1, limit: 3 },
  { name: 'external_mib', of: (sample) => sample.externalBytes / mebibyte, negligible: 1, limit: 3 },
  { name: 'resident_mib', of: (sample) => sample.residentBytes / mebibyte, negligible: 8, limit: 24 },
  { name: 'descriptors', of: (sample) => sample.descriptors, negligible: 1, limit: 3 },
  { name: 'write_ahead_log_mib', of: (sample) => sample.logBytes / mebibyte, negligible: 1, limit: 4 },
];

/** Of `warmUpMs` at the beginning nothing is asked: code is compiled, pools and caches fill. */
export function judge(samples: readonly Sample[], warmUpMs: number): Judgement {
  const { violations, worst } = judgeAll(quantities, samples, warmUpMs);
  const warm = samples.filter((sample) => sample.atMs >= warmUpMs);
  if (warm.length < fewestSamples) return { violations, worst };
  const database = judgeDatabase(warm);
  return { violations: [...violations, ...database.violations], worst: { ...worst, ...database.worst } };
}

/** The same of other samples and quantities. */
export function judgeAll<S extends { atMs: number }>(
  all: ReadonlyArray<Quantity<S>>,
  samples: readonly S[],
  warmUpMs: number,
): Judgement {
  const warm = samples.filter((sample) => sample.atMs >= warmUpMs);
  if (warm.length < fewestSamples) return { violations: [`only ${warm.length} samples after the warm-up`], worst: {} };
  const judged = all.map((quantity) => judgeQuantity(quantity, warm));
  return {
    violations: judged.flatMap((one) => one.violations),
    worst: Object.assign({}, ...judged.map((one) => one.worst)) as Record<string, number>,
  };
}

function judgeQuantity<S extends { atMs: number }>(
  { name, of, negligible, limit }: Quantity<S>,
  samples: readonly S[],
): Judgement {
  const trend = trendOf(samples.map((sample) => ({ at: sample.atMs, value: of(sample) })));
  const allowed = Math.min(limit, Math.max(negligible, 4 * trend.noise));
  const worst = { [name]: rounded(Math.max(...samples.map(of))), [riseOf(name)]: rounded(trend.rise) };
  return { violations: trend.rise > allowed ? [grows(name, trend, allowed)] : [], worst };
}

function riseOf(name: string): string {
  const [, stem, unit] = /^(.+?)(_mib)?$/.exec(name) ?? [];
  return `${stem}_rise${unit ?? ''}`;
}

function grows(name: string, { rise, noise }: Trend, allowed: number): string {
  return `${name} rose by ${rounded(rise)} after the warm-up, ${rounded(allowed)} is allowed (noise ${rounded(noise)})`;
}

/** Compares what a job costs in the first half and in the second. */
function judgeDatabase(samples: readonly Sample[]): Judgement {
  const middle = Math.floor(samples.length / 2);
  const [first, half, last] = [samples[0] as Sample, samples[middle] as Sample, samples.at(-1) as Sample];
  const before = bytesPerJob(first, half);
  const after = bytesPerJob(half, last);
  const worst = {
    database_mib: rounded(last.databaseBytes / mebibyte),
    database_bytes_per_job: Math.round(bytesPerJob(first, last)),
  };
  const violations =
    after > 1.2 * before ? [`a job came to cost ${Math.round(after)} bytes after ${Math.round(before)}`] : [];
  return { violations, worst };
}

function bytesPerJob(from: Sample, to: Sample): number {
  const jobs = to.jobs - from.jobs;
  return jobs === 0 ? 0 : (to.databaseBytes - from.databaseBytes) / jobs;
}

function rounded(value: number): number {
  return Math.round(value * 100) / 100;
}
