// Row 17: does anything grow that should not? In the large column an odd seed is half an hour of the real server under
// steady load and an even one thirty days of the simulated one; the small column has half a simulated day.
import type { Piece, PieceResult, Row } from '../scorecard/row.ts';
import { realSoak } from '../support/soak/real-soak.ts';
import { simulatedSoak } from '../support/soak/simulated-soak.ts';

/** These shorten it while one works on it; the figures say how long it was. */
const minutes = Number(process.env.KUBEJOBS_SOAK_MINUTES ?? '30');
const days = Number(process.env.KUBEJOBS_SOAK_DAYS ?? '30');
const daysOfSmallColumn = 0.5;

export const row: Row = {
  number: 17,
  fault: 'soak',
  how: 'simulated 30 days; real 30 min',
  required: 'heap and descriptors flat',
  note:
    'The real half hour: a dry run on SQLite, 50 requests a second, `--job-ttl 2s`; sampled every 10 s, the heap after a ' +
    'forced garbage collection. The simulated days (half a day in the small column): one life of the program on a virtual ' +
    'clock, a job or another wish of a caller each half minute, a cluster that fails a little all the time and is gone ' +
    'for 5 minutes now and then; sampled 72 times are the heap without the rows, unfinished jobs, open timers and ' +
    'workloads, and an hour after the end none of those may be left over. Flat means that after the warm-up (a sixth of ' +
    'the time) the median slope is within the noise and a fixed limit. Finished jobs are kept in the database for ever, ' +
    'so it grows by design: what must be flat there is the size per job.',
  small: { trials: 1 },
  large: { trials: 2, pieceSize: 1 },
  run: async ({ column, seed, trials }) => {
    const seeds = Array.from({ length: trials }, (_, index) => seed + index);
    return addUp(await Promise.all(seeds.map((one) => soak(column, one))));
  },
};

async function soak(column: Piece['column'], seed: number): Promise<Omit<PieceResult, 'trials'>> {
  const isReal = column === 'large' && seed % 2 === 1;
  const { violations, ...figures } = await (isReal ? soakReally(seed) : soakSimulated(column, seed));
  return {
    ...figures,
    violations: violations.map((violation) => `seed ${seed}: ${violation}; ${replay(column, seed)}`),
  };
}

const samplesPath = process.env.KUBEJOBS_SOAK_SAMPLES;

function soakReally(seed: number): Promise<Omit<PieceResult, 'trials'>> {
  return realSoak({ seed, durationMs: minutes * 60_000, sampleEveryMs: minutes * 333, perSecond: 50, samplesPath });
}

function soakSimulated(column: Piece['column'], seed: number): Promise<Omit<PieceResult, 'trials'>> {
  return simulatedSoak(seed, column === 'large' ? days : daysOfSmallColumn, samplesPath);
}

function replay(column: Piece['column'], seed: number): string {
  const large = column === 'large' ? 'KUBEJOBS_SCORECARD=large KUBEJOBS_SCORECARD_PIECES=1 ' : '';
  return `replay with ${large}KUBEJOBS_FAULT_SEED=${seed} npx vitest run test/faults/17-soak.test.ts`;
}

function addUp(results: ReadonlyArray<Omit<PieceResult, 'trials'>>): PieceResult {
  return {
    trials: results.length,
    violations: results.flatMap((result) => result.violations),
    counts: Object.assign({}, ...results.map((result) => result.counts)) as Record<string, number>,
    worst: Object.assign({}, ...results.map((result) => result.worst)) as Record<string, number>,
  };
}
