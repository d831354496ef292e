// Submissions that come one to a line: each is a request of its own, with its own answer, in the order of the lines. Those
// of a chunk share their commits, and the next chunk is read while they are on their way to the disk; nothing more is read
// while the client does not take the answers.
import { createHash } from 'node:crypto';
import { errorCatalogue, type JobSubmission, type Refusal } from '../models/index.ts';
import { type Line, linesOf } from './json-lines.ts';
import type { JsonBody } from './json-parser.ts';
import { type BodyJudgement, judgeBody } from './judge-body.ts';
import { invalid, problemDocumentOf } from './problems.ts';
import type { IdempotencyKey, JobService } from './service.ts';
import { submittedDocumentOf } from './wire.ts';

export interface BatchLinesDeps {
  service: Pick<JobService, 'submit'>;
  parse(bytes: Buffer): JsonBody;
  longestLine: number;
}

/** The answers, as text, line by line. `key`: of the whole request; each line has a key of its own under it. */
export async function* answerLines(
  deps: BatchLinesDeps,
  chunks: AsyncIterable<Buffer>,
  key: string | undefined,
): AsyncGenerator<string> {
  let before: Promise<string> | undefined;
  for await (const lines of linesOf(chunks, deps.longestLine)) {
    const answers = submitLines(deps, lines, key);
    if (before) yield await before;
    before = answers;
  }
  if (before) yield await before;
}

/** Never rejects. */
async function submitLines(deps: BatchLinesDeps, lines: Line[], key: string | undefined): Promise<string> {
  const answers: Array<Promise<string>> = [];
  for (const line of lines) {
    const { submission, answer } = submitLine(deps, line, key);
    answers.push(answer);
    // The cluster is asked about these, and what comes after must not overtake them.
    if (submission?.workload.template || submission?.workload.manifest) await answer;
  }
  return (await Promise.all(answers)).join('');
}

function submitLine(
  { service, parse, longestLine }: BatchLinesDeps,
  { number, bytes }: Line,
  key: string | undefined,
): { submission?: JobSubmission; answer: Promise<string> } {
  const refused = (refusal: Refusal) => ({ answer: Promise.resolve(refusalText(number, refusal)) });
  if (!bytes) return refused({ code: 'body_too_large', detail: `The line is over ${longestLine} bytes.` });
  const body = parse(bytes);
  if (!body.ok) return refused({ code: 'invalid_json', detail: body.message });
  const judged: BodyJudgement = judgeBody(body.value);
  if (!judged.ok) return refused(invalid(judged.errors));
  const { submission } = judged;
  const answer = service
    .submit(submission, key === undefined ? undefined : keyOfLine(key, number, bytes))
    .then((taken) =>
      taken.ok ? textOf({ line: number, ...submittedDocumentOf(taken.value) }) : refusalText(number, taken.refusal),
    )
    .catch(() => refusalText(number, { code: 'internal', detail: errorCatalogue.internal.when }));
  return { submission, answer };
}

function keyOfLine(key: string, number: number, bytes: Buffer): IdempotencyKey {
  return {
    key: `${key}#${number}`,
    fingerprint: createHash('sha256').update('line ').update(bytes).digest('base64url'),
  };
}

function refusalText(line: number, refusal: Refusal): string {
  return textOf({ line, error: problemDocumentOf(refusal) });
}

function textOf(document: object): string {
  return `${JSON.stringify(document)}\n`;
}
