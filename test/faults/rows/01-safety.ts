// Row 1: whole simulated worlds in which everything fails, and checkers that look for a broken promise.
import { missing } from '../../../internal/simulation/coverage.ts';
import { replayOf, stepsOf } from '../../simulation/seeds-report.ts';
import type { Piece, PieceResult, Row } from '../scorecard/row.ts';
import { simulatePiece, steps } from '../support/simulated/piece.ts';

/** A piece of so many seeds must have met every fault in every situation. */
const enoughSeeds = 500;

export const row: Row = {
  number: 1,
  fault: 'anything, safety',
  how: 'simulation',
  required: '0 violations',
  note:
    'A step is one thing that happens in the simulated world: a timer that fires, a call that leaves the program, a call ' +
    'that answers, an event that a watch delivers, an input that the engine takes, a commit. Each fault is counted by the ' +
    'situation in which it strikes, and a piece that missed one of them is a violation; so is a seed that is another world ' +
    'in another process. `make simulate SEEDS=1..500` does the same by hand.',
  small: { trials: 700 },
  large: { trials: 50_000, pieceSize: 500 },
  run,
};

async function run(piece: Piece): Promise<PieceResult> {
  const report = await simulatePiece(piece);
  const notMet = piece.trials >= enoughSeeds ? missing(report.coverage) : [];
  return {
    trials: report.seeds,
    violations: [
      ...report.failures.flatMap(({ seed, safety }) =>
        safety.map((sentence) => `seed ${seed}: ${sentence}; replay with ${replayOf(seed, steps)}`),
      ),
      ...report.unstable.map((seed) => `seed ${seed}: it is another world in another process`),
      ...notMet.map((fault) => `seeds ${piece.seed} and on: never met was ${fault}`),
    ],
    counts: {
      simulated_steps: stepsOf(report),
      simulated_jobs: report.jobs,
      simulated_hours: Math.round(report.simulatedMs / 3_600_000),
      faults_of_calls_and_watches: struck(report.coverage, (name) => !name.startsWith('crash:')),
      ends_of_the_program: struck(report.coverage, (name) => name.startsWith('crash:') && name.endsWith('@ any')),
      digests_compared: report.digestsCompared,
    },
  };
}

function struck(coverage: Record<string, number>, isMeant: (name: string) => boolean): number {
  const meant = Object.entries(coverage).filter(([name]) => isMeant(name));
  return meant.reduce((sum, [, times]) => sum + times, 0);
}
