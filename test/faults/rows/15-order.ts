// Row 15: seeded histories of the priority queue beside a sorted array, and of the core beside the order in plain words.
// Strict priority starves by design, so what is required is less than fairness and exact: the most important first, ties
// in order of acceptance, and everybody runs once nobody more important comes.
import type { PieceResult, Row } from '../scorecard/row.ts';
import { coreTrial } from '../support/order/core-trial.ts';
import { queueTrial } from '../support/order/queue-trial.ts';

export const row: Row = {
  number: 15,
  fault: 'order and starvation',
  how: 'property tests against a naive model',
  required: 'exact order',
  note:
    'Submits, bursts, cancels, new priorities, quota refusals, outages, drains and restarts from the rows; after each turn ' +
    'every dispatch, its number and every position is compared. A strict priority starves by design: a job is passed over ' +
    'as long as more important ones keep coming (`passed_over_by_more_important` is the most that one job saw). Within one ' +
    'priority nobody is: first accepted, first dispatched, also after a new priority, a refusal or a restart; only a job ' +
    'that a quota refused steps aside for the time of its backoff, and comes back to its old place. Once nothing new comes, ' +
    'every job runs.',
  small: { trials: 1_000 },
  large: { trials: 100_000, pieceSize: 10_000 },
  run: ({ seed, trials }) => Promise.resolve(runTrials(seed, trials)),
};

function runTrials(firstSeed: number, trials: number): PieceResult {
  const violations: string[] = [];
  const counts: Record<string, number> = {};
  const worst: Record<string, number> = {};
  for (let seed = firstSeed; seed < firstSeed + trials; seed += 1) {
    try {
      queueTrial(seed);
      const figures = coreTrial(seed);
      for (const [name, value] of Object.entries(figures.counts)) counts[name] = (counts[name] ?? 0) + value;
      for (const [name, value] of Object.entries(figures.worst)) worst[name] = Math.max(worst[name] ?? 0, value);
    } catch (error) {
      violations.push(`seed ${seed}: ${error instanceof Error ? error.message : String(error)}; ${replay(seed)}`);
    }
  }
  return { trials, violations, counts, worst };
}

function replay(seed: number): string {
  return `replay with KUBEJOBS_FAULT_SEED=${seed} npx vitest run test/faults/15-order.test.ts`;
}
