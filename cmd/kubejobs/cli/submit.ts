// `kubejobs submit`: one job by POST /jobs, with a key of its own so that a lost answer does not make two of it; several
// by a streamed batch, an answer for each. With --wait or --logs the exit code tells whether the job succeeded.
import type { Command } from 'commander';
import { ConfigurationError } from '../../../internal/platform/configuration.ts';
import type { SubmissionDocument, SubmittedDocument } from '../../../pkg/client/index.ts';
import { submitBatch } from './batch.ts';
import { addClientCommand, type Invocation } from './command.ts';
import { readDocuments, type SourceDocument } from './documents.ts';
import { exitDone, exitFailed } from './exit-codes.ts';
import { sentenceOf, tellLastLines, untilFinished } from './finish.ts';
import { flag, text, toggle } from './flags.ts';
import { type Io, note, write } from './io.ts';
import { jobView, submittedView } from './job-views.ts';
import { printOne } from './output.ts';
import { checkCommand, type SubmissionFlags, submissionFlags, submissionOf } from './submission.ts';
import { submissionFlagOf } from './submission-names.ts';
import { whileTelling } from './telling.ts';

export interface SubmitFlags extends SubmissionFlags {
  wait?: true;
  logs?: true;
  idempotencyKey?: string;
}

export function addSubmitCommand(program: Command, io: Io): void {
  addClientCommand<SubmitFlags>(program, io, {
    usage: 'submit [COMMAND...]',
    help: 'submit jobs: of a file (-f), or of an image and the command behind --',
    flags: [
      flag('-f, --filename <FILE>', 'jobs as YAML, JSON or NDJSON; - is stdin', 'the path of a file, or -', text),
      flag('--name <NAME>', 'the job’s name', 'a name', text),
      ...submissionFlags(),
      toggle('--wait', 'until it is finished; exits with 0 when it succeeded, else with 1'),
      toggle('--logs', 'print its logs as they come; exits as --wait does'),
      flag('--idempotency-key <KEY>', 'the same one again submits nothing twice (default a new one)', 'a text', text),
    ],
    streams: true,
    flagOf: submissionFlagOf,
    run: submit,
  });
}

async function submit(invocation: Invocation<SubmitFlags>): Promise<number> {
  const { flags, operands } = invocation;
  checkCommand(flags, operands);
  const jobs = submissions(invocation)[Symbol.asyncIterator]();
  const first = await jobs.next();
  if (first.done) return exitDone;
  const second = await jobs.next();
  if (second.done) return submitOne(invocation, first.value);
  if (flags.logs) throw new ConfigurationError(`--logs follows one job, and ${flags.filename} has several`);
  if (flags.filename !== '-') {
    await jobs.return?.();
    return submitBatch(invocation, () => submissions(invocation), true);
  }
  const rest = async function* (): AsyncIterable<SourceDocument> {
    yield first.value;
    yield second.value;
    yield* { [Symbol.asyncIterator]: () => jobs };
  };
  return submitBatch(invocation, rest, false);
}

async function* submissions({
  io,
  flags,
  operands,
  namespace,
}: Invocation<SubmitFlags>): AsyncIterable<SourceDocument> {
  if (flags.filename === undefined && flags.name === undefined) {
    throw new ConfigurationError('--name is missing, or -f with a file of jobs');
  }
  const documents = flags.filename === undefined ? [{}] : readDocuments(io, flags.filename);
  for await (const document of documents) yield submissionOf(document, flags, operands, namespace);
}

async function submitOne(invocation: Invocation<SubmitFlags>, job: SourceDocument): Promise<number> {
  const { io, client, flags, format } = invocation;
  // The server judges it.
  const submission = job as unknown as SubmissionDocument;
  const submitted = await client.submit(submission, { idempotencyKey: flags.idempotencyKey ?? io.uuid() });
  if (flags.wait || flags.logs) return follow(invocation, submitted);
  await printOne(io, format, submittedView, submitted);
  return exitDone;
}

async function follow(invocation: Invocation<SubmitFlags>, { name, job_id }: SubmittedDocument): Promise<number> {
  const { io, client, flags, format } = invocation;
  note(io, `submitted ${name} ${job_id}`);
  const job = await whileTelling(io, client, job_id, async (tell) => {
    if (flags.logs) for await (const piece of client.logs(job_id, { follow: true })) await write(io, piece);
    return untilFinished(io, client, job_id, { tell });
  });
  if (!flags.logs) await printOne(io, format, jobView(io.now), job);
  if (job.state === 'succeeded') return exitDone;
  note(io, sentenceOf(job));
  if (!flags.logs) await tellLastLines(io, client, job_id);
  return exitFailed;
}
