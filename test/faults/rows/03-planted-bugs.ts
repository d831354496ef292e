// Row 3: does the harness notice anything? Each planted bug is put into the program in memory, and must be caught. One that
// needs a crash or a reordering must not show in worlds without them, or it would prove nothing about those.
import type { BugAnswer, BugQuestion } from '../../simulation/bug-hunt.ts';
import { plantedBugs } from '../../simulation/planted-bugs.ts';
import { ask, startProcess } from '../../simulation/processes.ts';
import type { Piece, PieceResult, Row } from '../scorecard/row.ts';

const mostSeeds = 150;
const steps = 2_000;
const processes = 2;

export const row: Row = {
  number: 3,
  fault: 'harness power',
  how: 'planted bugs',
  required: 'every one caught',
  note:
    `Runs of ${steps} steps with the bug, seed after seed, ${mostSeeds} at most. \`only_after_a_crash_or_reordering\` counts ` +
    'the bugs that show nothing in as many seeds and ten more without crashes and reorderings.',
  small: { trials: plantedBugs.length },
  large: { trials: plantedBugs.length },
  run,
};

/** Trial i is bug i; its search begins at the seed 1. */
async function run({ seed, trials }: Piece): Promise<PieceResult> {
  const questions = Array.from({ length: trials }, (_, index) => ({
    ...{ index: (seed - 1 + index) % plantedBugs.length, firstSeed: 1, mostSeeds, steps },
  }));
  const answers = await askAll(questions);
  return {
    trials: answers.length,
    violations: answers.flatMap(violationsOf),
    counts: {
      caught: answers.filter(({ caught }) => caught).length,
      only_after_a_crash_or_reordering: answers.filter(isOnlyAfter).length,
      seeds_tried: answers.reduce((sum, { seedsTried }) => sum + seedsTried, 0),
    },
    worst: { seeds_to_catch_one: Math.max(...answers.map(({ seedsTried }) => seedsTried)) },
  };
}

async function askAll(questions: BugQuestion[]): Promise<BugAnswer[]> {
  const answers: BugAnswer[] = [];
  const takeQuestions = async (): Promise<void> => {
    const child = startProcess();
    try {
      for (let bug = questions.shift(); bug; bug = questions.shift())
        answers.push(await ask<BugAnswer>(child, { bug }));
    } finally {
      child.disconnect();
    }
  };
  await Promise.all(Array.from({ length: processes }, takeQuestions));
  return answers;
}

function violationsOf({ name, caught, shownInCalm, seedsTried }: BugAnswer): string[] {
  if (!caught) return [`seeds 1 to ${seedsTried}: nobody noticed that ${name}`];
  if (!shownInCalm) return [];
  const { seed, how } = shownInCalm;
  return [`seed ${seed}: “${name}” shows without a crash and without a reordering: ${how}`];
}

function isOnlyAfter({ name, caught, shownInCalm }: BugAnswer): boolean {
  const needs = plantedBugs.find((bug) => bug.name === name)?.onlyAfter;
  return needs !== undefined && caught !== undefined && shownInCalm === undefined;
}
