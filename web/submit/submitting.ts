// Sends submissions and keeps the server's words apart by field. A try after a lost answer submits nothing twice: what is sent
// again unchanged has the same key. What was accepted is sent again only after a question, so a second click makes no second job.
import { Problem, type SubmissionDocument, type SubmittedDocument } from '../../pkg/client/index.ts';
import { ask } from '../shared/dialog.tsx';
import { wordsOf } from '../shared/problem.tsx';
import { api, asksForToken } from '../shared/session.ts';
import type { Mistake } from './mistake.ts';

export type Accepted = SubmittedDocument;

export type Outcome = { jobs: readonly Accepted[] } | { mistakes: readonly Mistake[] };

type Submissions = SubmissionDocument | readonly SubmissionDocument[];

let lastSent = { text: '', key: '', isAccepted: false };

/** Does it at once, unless it is what was accepted last. */
export function askIfAgain(submissions: Submissions, submit: () => Promise<void>): void {
  const isAgain = lastSent.isAccepted && lastSent.text === JSON.stringify(submissions);
  if (!isAgain) void submit();
  else
    ask({
      title: 'Submit the same again?',
      consequence: 'It is accepted already, and nothing in it has changed since. This submits it once more.',
      confirm: 'Submit it again',
      act: submit,
    });
}

/** One submission, or all of several or none; the pointers of mistakes begin with the place in the list then. */
export async function send(submissions: Submissions): Promise<Outcome> {
  const idempotencyKey = keyOf(JSON.stringify(submissions));
  try {
    const jobs = isList(submissions)
      ? await api().submitAll(submissions, { idempotencyKey })
      : [await api().submit(submissions, { idempotencyKey })];
    lastSent.isAccepted = true;
    return { jobs };
  } catch (error) {
    if (asksForToken(error)) return { mistakes: [] };
    return { mistakes: mistakesOf(error) };
  }
}

function isList(submissions: Submissions): submissions is readonly SubmissionDocument[] {
  return Array.isArray(submissions);
}

function mistakesOf(error: unknown): Mistake[] {
  if (!(error instanceof Problem) || error.errors.length === 0) return [{ pointer: '', words: wordsOf(error) }];
  return error.errors.map((each) => ({ pointer: each.pointer ?? '', words: each.detail }));
}

function keyOf(text: string): string {
  if (lastSent.text === text && !lastSent.isAccepted) return lastSent.key;
  const key = `page-${[...crypto.getRandomValues(new Uint32Array(4))].map((part) => part.toString(36)).join('')}`;
  lastSent = { text, key, isAccepted: false };
  return key;
}
