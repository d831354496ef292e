// Row 16: very many jobs that wait. The real server is started on a database that holds them, killed and started again;
// the small column does it with a tenth of them and records times without judging them.
import type { Piece, PieceResult, Row } from '../scorecard/row.ts';
import { trialOfMany } from '../support/many/trial.ts';
import { Tally } from '../support/trial/tally.ts';

/** Other numbers while one works on it; the figures say how many there were. */
const jobsOfColumn = { small: 100_000, large: Number(process.env.KUBEJOBS_MANY_JOBS ?? '1000000') };

export const row: Row = {
  number: 16,
  fault: 'one million pending',
  how: 'load, restart',
  required: 'start ≤ 1.5 s from a snapshot, else ≤ 10 s; ≤ 200 MiB above the empty server',
  note:
    'The jobs come into the database by the store itself, with priorities by chance. A start is counted from the start of ' +
    'the process until `/readyz` says yes, with the compilation of the TypeScript sources, which `empty_start_ms` shows ' +
    'for a server without jobs. There are no snapshots: every start reads the rows, so 10 s is what is judged, and only ' +
    'in the large column (the small one has 100,000 jobs). Memory is the resident set two seconds after the restart. The ' +
    'order is compared at its head, and whatever is not running has to wait.',
  small: { trials: 1 },
  large: { trials: 1 },
  run,
};

async function run({ column, seed, trials }: Piece): Promise<PieceResult> {
  const tally = new Tally();
  for (let trial = seed; trial < seed + trials; trial += 1) {
    const options = { seed: trial, jobs: jobsOfColumn[column], judgesTime: column === 'large', tally };
    const problems = await trialOfMany(options);
    tally.violations.push(...problems.map((problem) => `seed ${trial}: ${problem}; ${replay(column, trial)}`));
    tally.trials += 1;
  }
  return tally.result();
}

function replay(column: Piece['column'], seed: number): string {
  const large = column === 'large' ? 'KUBEJOBS_SCORECARD=large ' : '';
  return `replay with ${large}KUBEJOBS_FAULT_SEED=${seed} npx vitest run test/faults/16-one-million.test.ts`;
}
