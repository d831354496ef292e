// Many jobs in one request, streamed both ways, so that memory does not grow with their number. Answers are printed as they
// come; what was refused is told on stderr with the number of its document, and so is progress. When the connection breaks,
// the same documents are sent again with the same key: those that were accepted get their first answers.
import type { BatchLineDocument, JobDocument, ProblemDocument, SubmittedDocument } from '../../../pkg/client/index.ts';
import { pauseBeforeRetry } from '../../../pkg/client/retry.ts';
import type { Invocation } from './command.ts';
import type { SourceDocument } from './documents.ts';
import { exitDone, exitFailed } from './exit-codes.ts';
import { type FlagOf, problemLines } from './explain.ts';
import { sentenceOf, untilFinished } from './finish.ts';
import { type Io, note } from './io.ts';
import { jobView, submittedView } from './job-views.ts';
import { linePrinter, printList } from './output.ts';
import type { SubmissionFlags } from './submission.ts';
import { submissionFlagOf } from './submission-names.ts';

const submittedWidths = [36, 24, 8];
const progressEveryMs = 200;
/** Long enough for a server that starts again. */
const triesWithoutProgress = 10;

interface BatchFlags extends SubmissionFlags {
  wait?: true;
  idempotencyKey?: string;
}

type Source = () => AsyncIterable<SourceDocument>;

/** `repeatable`: the source can be read more than once. */
export async function submitBatch(
  invocation: Invocation<BatchFlags>,
  source: Source,
  repeatable: boolean,
): Promise<number> {
  const { io, flags, format } = invocation;
  const print = flags.wait ? undefined : linePrinter(io, format, submittedView, submittedWidths);
  const progress = new Progress(io, submissionFlagOf(flags));
  const accepted: string[] = [];
  const key = flags.idempotencyKey ?? io.uuid();
  try {
    for await (const answer of answersOf(invocation, source, key, repeatable ? triesWithoutProgress : 0)) {
      if ('error' in answer) progress.refused(answer);
      else {
        progress.accepted();
        if (flags.wait) accepted.push(answer.job_id);
        await print?.(withoutLine(answer));
      }
    }
  } catch (error) {
    progress.brokeOff(key);
    throw error;
  }
  progress.end();
  const failed = flags.wait ? await waitForAll(invocation, accepted) : 0;
  return progress.anyRefused || failed > 0 ? exitFailed : exitDone;
}

/** Each once, however often the connection breaks; at most `limit` tries after the first that bring nothing new. */
async function* answersOf(
  { io, client }: Invocation<object>,
  source: Source,
  idempotencyKey: string,
  limit: number,
): AsyncIterable<BatchLineDocument> {
  const retrying = { pause: io.pause, random: io.random, limit };
  let answered = 0;
  const sourceError: { error?: Error } = {};
  for (let tried = 0; ; tried++) {
    let line = 0;
    try {
      for await (const answer of client.submitStream(noting(source(), sourceError), { idempotencyKey })) {
        line += 1;
        if (line <= answered) continue;
        answered = line;
        tried = 0;
        yield answer;
      }
      return;
    } catch (error) {
      if (sourceError.error !== undefined) throw sourceError.error;
      await pauseBeforeRetry(retrying, error, tried);
    }
  }
}

/** fetch would take a mistake in the file for one of the connection. */
async function* noting<T>(values: AsyncIterable<T>, noted: { error?: Error }): AsyncIterable<T> {
  try {
    yield* values;
  } catch (error) {
    noted.error = error as Error;
    throw error;
  }
}

function withoutLine({ line: _line, ...submitted }: SubmittedDocument & { line: number }): SubmittedDocument {
  return submitted;
}

async function waitForAll({ io, client, format }: Invocation<object>, jobIds: readonly string[]): Promise<number> {
  const jobs: JobDocument[] = [];
  for (const jobId of jobIds) jobs.push(await untilFinished(io, client, jobId));
  await printList(io, format, jobView(io.now), jobs);
  const failed = jobs.filter(({ state }) => state !== 'succeeded');
  for (const job of failed) note(io, sentenceOf(job));
  return failed.length;
}

/** One line that a terminal shows in place; elsewhere only the last one. */
class Progress {
  readonly #io: Io;
  readonly #flagOf: FlagOf;
  #accepted = 0;
  #refused = 0;
  #shownAt = 0;

  constructor(io: Io, flagOf: FlagOf) {
    this.#io = io;
    this.#flagOf = flagOf;
  }

  get anyRefused(): boolean {
    return this.#refused > 0;
  }

  accepted(): void {
    this.#accepted += 1;
    const { stderr, stdout } = this.#io;
    // A table on the same terminal shows how far it is.
    if (!stderr.isTTY || stdout.isTTY || this.#io.now() - this.#shownAt < progressEveryMs) return;
    this.#shownAt = this.#io.now();
    stderr.write(`\r${this.#counts()}`);
  }

  refused({ line, error }: { line: number; error: ProblemDocument }): void {
    this.#refused += 1;
    const [first = '', ...more] = problemLines({ message: error.detail, errors: error.errors ?? [] }, this.#flagOf);
    for (const text of [`document ${line} is refused: ${first}`, ...more]) this.#line(text);
  }

  brokeOff(idempotencyKey: string): void {
    if (this.#accepted + this.#refused === 0) return;
    this.#line(`${this.#counts()} before the answers broke off; submit the same again with`);
    this.#line(`  --idempotency-key ${idempotencyKey}`);
    this.#line('and what was accepted is not submitted twice');
  }

  end(): void {
    this.#line(this.#counts());
  }

  #counts(): string {
    return `${this.#accepted} accepted, ${this.#refused} refused`;
  }

  #line(text: string): void {
    if (this.#shownAt > 0) this.#io.stderr.write('\r\x1b[K');
    note(this.#io, text);
  }
}
