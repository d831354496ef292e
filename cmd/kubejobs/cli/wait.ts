// `kubejobs wait`: until jobs are finished. The exit code is the job’s own; of several, that of the first that failed.
import type { Command } from 'commander';
import type { JobDocument } from '../../../pkg/client/index.ts';
import { isFinished } from '../../../pkg/models/index.ts';
import { addClientCommand, type Invocation } from './command.ts';
import { exitFailed } from './exit-codes.ts';
import { exitCodeOf, sentenceOf, untilFinished } from './finish.ts';
import { duration, durationAllowed, flag } from './flags.ts';
import { type Io, note } from './io.ts';
import { jobView } from './job-views.ts';
import { printSome } from './output.ts';
import { type Tell, whileTelling } from './telling.ts';

interface WaitFlags {
  /** Milliseconds. */
  timeout?: number;
}

export function addWaitCommand(program: Command, io: Io): void {
  addClientCommand<WaitFlags>(program, io, {
    usage: 'wait <JOB-ID...>',
    help: 'wait until jobs are finished; exits with the job’s own exit code, 1 when it failed without one',
    flags: [flag('--timeout <DURATION>', 'give up after so long, with exit code 1', durationAllowed, duration)],
    streams: true,
    run: wait,
  });
}

async function wait({ io, client, flags, operands, format }: Invocation<WaitFlags>): Promise<number> {
  const deadline = io.now() + (flags.timeout ?? Number.POSITIVE_INFINITY);
  const jobs: JobDocument[] = [];
  for (const jobId of operands) {
    const timeoutMs = deadline - io.now();
    const finished = (tell: Tell) => untilFinished(io, client, jobId, { timeoutMs, tell });
    jobs.push(await whileTelling(io, client, jobId, finished));
  }
  await printSome(io, format, jobView(io.now), jobs, operands.length);
  for (const job of jobs.filter(({ state }) => state !== 'succeeded')) note(io, sentenceOf(job));
  return jobs.map(codeOf).find((code) => code !== 0) ?? 0;
}

/** A job that is not finished yet may have the code of an earlier attempt. */
function codeOf(job: JobDocument): number {
  return isFinished(job.state) ? exitCodeOf(job) : exitFailed;
}
