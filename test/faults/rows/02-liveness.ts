// Row 2: the worlds of row 1 after the last fault. Everything must end well, and soon.
import { replayOf } from '../../simulation/seeds-report.ts';
import type { Piece, PieceResult, Row } from '../scorecard/row.ts';
import { simulatePiece, steps } from '../support/simulated/piece.ts';

export const row: Row = {
  number: 2,
  fault: 'liveness',
  how: 'simulation, then faults off',
  required: 'all finished within 10 simulated minutes',
  note:
    'The second phase of the runs of row 1. When the faults end up to 25 jobs a slot are unfinished, of six seconds on ' +
    'average, and what is lost may still land for a minute. A slot has to be free within 200 s of the end of its workload.',
  small: { trials: 700 },
  large: { trials: 50_000, pieceSize: 500 },
  run,
};

async function run(piece: Piece): Promise<PieceResult> {
  const report = await simulatePiece(piece);
  return {
    trials: report.seeds,
    violations: report.failures.flatMap(({ seed, liveness }) =>
      liveness.map((sentence) => `seed ${seed}: ${sentence}; replay with ${replayOf(seed, steps)}`),
    ),
    counts: { simulated_jobs: report.jobs },
    worst: { recovery_seconds: Math.round(report.longestRecoveryMs / 1_000) },
  };
}
