// Sends submissions and keeps the server's words apart by field. A second click, or a try after a lost answer, submits nothing
// twice: what is sent again unchanged has the same key.
import { Problem, type SubmissionDocument, type SubmittedDocument } from '../../pkg/client/index.ts';
import { wordsOf } from '../shared/problem.tsx';
import { api, asksForToken } from '../shared/session.ts';
import type { Mistake } from './mistake.ts';

export type Accepted = SubmittedDocument;

export type Outcome = { jobs: readonly Accepted[] } | { mistakes: readonly Mistake[] };

let lastSent = { text: '', key: '' };

/** One submission, or all of several or none; the pointers of mistakes begin with the place in the list then. */
export async function send(submissions: SubmissionDocument | readonly SubmissionDocument[]): Promise<Outcome> {
  const idempotencyKey = keyOf(JSON.stringify(submissions));
  try {
    if (isList(submissions)) return { jobs: await api().submitAll(submissions, { idempotencyKey }) };
    const job = await api().submit(submissions, { idempotencyKey });
    lastSent = { text: '', key: '' };
    return { jobs: [job] };
  } catch (error) {
    if (asksForToken(error)) return { mistakes: [] };
    return { mistakes: mistakesOf(error) };
  }
}

function isList(
  submissions: SubmissionDocument | readonly SubmissionDocument[],
): submissions is readonly SubmissionDocument[] {
  return Array.isArray(submissions);
}

function mistakesOf(error: unknown): Mistake[] {
  if (!(error instanceof Problem) || error.errors.length === 0) return [{ pointer: '', words: wordsOf(error) }];
  return error.errors.map((each) => ({ pointer: each.pointer ?? '', words: each.detail }));
}

function keyOf(text: string): string {
  if (lastSent.text === text) return lastSent.key;
  const key = `page-${[...crypto.getRandomValues(new Uint32Array(4))].map((part) => part.toString(36)).join('')}`;
  lastSent = { text, key };
  return key;
}
