// Row 17: does anything grow that should not? An odd seed is half an hour of the real server under steady load, an even
// one thirty days of the simulated one. Not part of the small column.
import type { PieceResult, Row } from '../scorecard/row.ts';
import { realSoak } from '../support/soak/real-soak.ts';

/** `KUBEJOBS_SOAK_MINUTES` shortens it while one works on it; the figures say how long it was. */
const minutes = Number(process.env.KUBEJOBS_SOAK_MINUTES ?? '30');

export const row: Row = {
  number: 17,
  fault: 'soak',
  how: 'simulated 30 days; real 30 min',
  required: 'heap and descriptors flat',
  note:
    'The real half hour: a dry run on SQLite, 50 requests a second, `--job-ttl 2s`; sampled every 10 s, the heap after a ' +
    'forced garbage collection. Flat means that after the warm-up (a sixth of the time) the median slope is within the ' +
    'noise and a fixed limit. Finished jobs are kept in the database for ever, so it grows by design: what must be flat ' +
    'there is the size per job.',
  small: { trials: 0 },
  large: { trials: 1, pieceSize: 1 },
  run: async ({ seed, trials }) => {
    const soaks = Array.from({ length: trials }, (_, index) => seed + index).map(soak);
    return addUp(await Promise.all(soaks));
  },
};

async function soak(seed: number): Promise<Omit<PieceResult, 'trials'>> {
  const samplesPath = process.env.KUBEJOBS_SOAK_SAMPLES;
  const load = { seed, durationMs: minutes * 60_000, sampleEveryMs: minutes * 333, perSecond: 50, samplesPath };
  const { violations, ...figures } = await realSoak(load);
  return { ...figures, violations: violations.map((violation) => `seed ${seed}: ${violation}`) };
}

function addUp(results: ReadonlyArray<Omit<PieceResult, 'trials'>>): PieceResult {
  return {
    trials: results.length,
    violations: results.flatMap((result) => result.violations),
    counts: Object.assign({}, ...results.map((result) => result.counts)) as Record<string, number>,
    worst: Object.assign({}, ...results.map((result) => result.worst)) as Record<string, number>,
  };
}
