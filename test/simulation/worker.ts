// A process that works for another one: it is asked to run seeds or to look for a planted bug, and answers what came of
// it, until it is disconnected.
import { type BugQuestion, lookForBug } from './bug-hunt.ts';
import { runSeeds, type SeedsToRun } from './run-seeds.ts';

export type Question = { run: SeedsToRun } | { bug: BugQuestion };

process.on('message', (question: Question) => {
  void answerOf(question).then((answer) => process.send?.(answer));
});

function answerOf(question: Question): Promise<object> {
  return 'run' in question ? runSeeds(question.run) : lookForBug(question.bug);
}
