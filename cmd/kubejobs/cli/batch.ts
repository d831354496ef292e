// Many jobs in one request, streamed both ways, so that memory does not grow with their number. Answers are printed as they
// come; what was refused is told on stderr with the number of its document, and so is progress.
import {
  type BatchLineDocument,
  type Client,
  type JobDocument,
  ServerUnreachable,
  type SubmittedDocument,
} from '../../../pkg/client/index.ts';
import type { Invocation } from './command.ts';
import type { SourceDocument } from './documents.ts';
import { exitDone, exitFailed } from './exit-codes.ts';
import { problemLines } from './explain.ts';
import { sentenceOf, untilFinished } from './finish.ts';
import { type Io, note } from './io.ts';
import { jobView, submittedView } from './job-views.ts';
import { linePrinter, printList } from './output.ts';

const submittedWidths = [36, 24, 8];
const progressEveryMs = 200;

export async function submitBatch(
  invocation: Invocation<{ wait?: true; idempotencyKey?: string }>,
  jobs: AsyncIterable<SourceDocument>,
): Promise<number> {
  const { io, client, flags, format } = invocation;
  const print = flags.wait ? undefined : linePrinter(io, format, submittedView, submittedWidths);
  const progress = new Progress(io);
  const accepted: string[] = [];
  const key = flags.idempotencyKey ?? io.uuid();
  for await (const answer of answersOf(client, jobs, key, progress)) {
    if ('error' in answer) progress.refused(answer);
    else {
      progress.accepted();
      if (flags.wait) accepted.push(answer.job_id);
      await print?.(withoutLine(answer));
    }
  }
  progress.end();
  const failed = flags.wait ? await waitForAll(invocation, accepted) : 0;
  return progress.anyRefused || failed > 0 ? exitFailed : exitDone;
}

async function* answersOf(
  client: Client,
  jobs: AsyncIterable<SourceDocument>,
  idempotencyKey: string,
  progress: Progress,
): AsyncIterable<BatchLineDocument> {
  try {
    yield* client.submitStream(jobs, { idempotencyKey });
  } catch (error) {
    if (error instanceof ServerUnreachable) progress.brokeOff(idempotencyKey);
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
  #accepted = 0;
  #refused = 0;
  #shownAt = 0;

  constructor(io: Io) {
    this.#io = io;
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

  refused({ line, error }: { line: number; error: { detail: string; errors?: object[] } }): void {
    this.#refused += 1;
    const [first = '', ...more] = problemLines({ message: error.detail, errors: error.errors ?? [] } as never);
    for (const text of [`document ${line} is refused: ${first}`, ...more]) this.#line(text);
  }

  brokeOff(idempotencyKey: string): void {
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
