// Submissions that come one to a line: each is a request of its own, with its own answer, in the order of the lines. Those
// of a chunk share their commits, and the next chunk is read while they are on their way to the disk; nothing more is read
// while the client does not take the answers.
import { createHash } from 'node:crypto';
import { type Answer, errorCatalogue, type JobSubmission, type Refusal } from '../models/index.ts';
import { type Line, linesOf } from './json-lines.ts';
import type { JsonBody } from './json-parser.ts';
import { judgeBody } from './judge-body.ts';
import { invalid, problemDocumentOf } from './problems.ts';
import type { IdempotencyKey, JobService, Submitted } from './service.ts';
import { submittedDocumentOf } from './wire.ts';

export interface BatchLinesDeps {
  service: Pick<JobService, 'submitEach'>;
  parse(bytes: Buffer): JsonBody;
  longestLine: number;
  /** What each line becomes before it is submitted. */
  dress(submission: JobSubmission): JobSubmission;
}

/** The answers, as text, line by line. `key`: of the whole request; each line has a key of its own under it. */
export async function* answerLines(
  deps: BatchLinesDeps,
  chunks: AsyncIterable<Buffer>,
  key: string | undefined,
): AsyncGenerator<string> {
  let before: Promise<string> | undefined;
  for await (const lines of linesOf(chunks, deps.longestLine)) {
    const read = lines.map((line) => readLine(deps, line, key));
    const answers = submitLines(deps, read);
    if (before) yield await before;
    before = answers;
    // The cluster is asked about these, and what comes after must not overtake them.
    if (read.some(({ submission }) => submission?.workload.template || submission?.workload.manifest)) await answers;
  }
  if (before) yield await before;
}

interface ReadLine {
  number: number;
  submission?: JobSubmission;
  key?: IdempotencyKey;
  refusal?: Refusal;
}

function readLine({ parse, longestLine, dress }: BatchLinesDeps, line: Line, key: string | undefined): ReadLine {
  const { number, bytes } = line;
  if (!bytes) return { number, refusal: { code: 'body_too_large', detail: `The line is over ${longestLine} bytes.` } };
  const body = parse(bytes);
  if (!body.ok) return { number, refusal: { code: 'invalid_json', detail: body.message } };
  const judged = judgeBody(body.value);
  if (!judged.ok) return { number, refusal: invalid(judged.errors) };
  const submission = dress(judged.submission);
  return key === undefined ? { number, submission } : { number, submission, key: keyOfLine(key, number, bytes) };
}

function keyOfLine(key: string, number: number, bytes: Buffer): IdempotencyKey {
  const fingerprint = createHash('sha256').update('line ').update(bytes).digest('base64url');
  return { key: `${key}#${number}`, fingerprint };
}

/** Never rejects. */
async function submitLines({ service }: BatchLinesDeps, lines: readonly ReadLine[]): Promise<string> {
  const entries = lines.flatMap(({ submission, key }) =>
    submission ? [key ? { submission, key } : { submission }] : [],
  );
  const answers = await service.submitEach(entries).catch(() => entries.map(() => broken));
  let next = 0;
  let text = '';
  for (const { number, refusal } of lines) {
    const answer = refusal ? { ok: false as const, refusal } : (answers[next++] ?? broken);
    text += `${JSON.stringify(documentOf(number, answer))}\n`;
  }
  return text;
}

const broken: Answer<never> = { ok: false, refusal: { code: 'internal', detail: errorCatalogue.internal.when } };

function documentOf(line: number, answer: Answer<Submitted>): object {
  return answer.ok
    ? { line, ...submittedDocumentOf(answer.value) }
    : { line, error: problemDocumentOf(answer.refusal) };
}
