// `kubejobs retry`: runs finished jobs again, by their ids or all that a filter finds (a redrive).
import type { Command, Option } from 'commander';
import { ConfigurationError } from '../../../internal/platform/configuration.ts';
import type { JobDocument } from '../../../pkg/client/index.ts';
import { finishedStates, isFinished, type JobState } from '../../../pkg/models/index.ts';
import { addClientCommand, type Invocation } from './command.ts';
import { forEach } from './each.ts';
import { exitDone, exitFailed } from './exit-codes.ts';
import { duration, durationAllowed, flag, toggle } from './flags.ts';
import { type Io, note } from './io.ts';
import { jobView } from './job-views.ts';
import { everyJob, type FilterFlags, filterFlags, queryOf } from './list.ts';
import { printList, printSome } from './output.ts';

interface RetryFlags extends FilterFlags {
  all?: true;
  /** Milliseconds. */
  since?: number;
  dryRun?: true;
}

export function addRetryCommand(program: Command, io: Io): void {
  addClientCommand<RetryFlags>(program, io, {
    usage: 'retry [JOB-ID...]',
    help: 'run finished jobs again; with --all every one that the filters find',
    flags: retryFlags(),
    run: retry,
  });
}

function retryFlags(): Option[] {
  return [
    toggle('--all', 'all jobs that the filters find (--state failed unless it is given)'),
    ...filterFlags(),
    flag('--since <DURATION>', 'only jobs that finished so long ago or later', durationAllowed, duration),
    toggle('--dry-run', 'list them only'),
  ];
}

async function retry(invocation: Invocation<RetryFlags>): Promise<number> {
  const { io, client, flags, operands, format } = invocation;
  checkFlags(flags, operands);
  const found = flags.all ? await redriven(invocation) : undefined;
  if (found !== undefined && flags.dryRun) {
    await printList(io, format, jobView(io.now), found, true);
    return exitDone;
  }
  const jobIds = found?.map(({ job_id }) => job_id) ?? operands;
  const { done, failed } = await forEach(io, jobIds, (jobId) => client.retry(jobId));
  // What was found is a list, also when it is one.
  await printSome(io, format, jobView(io.now), done, found === undefined ? jobIds.length : 0);
  if (found !== undefined) note(io, `${done.length} run again, ${failed} refused`);
  return failed > 0 ? exitFailed : exitDone;
}

function checkFlags({ all, state, since, dryRun, queue, name, label }: RetryFlags, operands: readonly string[]): void {
  if (all && operands.length > 0) throw new ConfigurationError('--all and a job id exclude each other');
  if (!all && operands.length === 0) throw new ConfigurationError('a job id is missing, or --all');
  const filtered = [state, since, dryRun, queue, name, label].some((value) => value !== undefined);
  if (!all && filtered) throw new ConfigurationError('--all is missing: filters and --dry-run are for it');
  const open = state?.find((each) => !isFinished(each));
  if (open === undefined) return;
  throw new ConfigurationError(`--state is ${JSON.stringify(open)}; allowed is ${finishedStates.join(', ')}`);
}

/** Those of before are asked for first, so that none is run twice by this. */
async function redriven({ io, client, flags }: Invocation<RetryFlags>): Promise<JobDocument[]> {
  const { since = Number.POSITIVE_INFINITY, state = ['failed'] satisfies JobState[] } = flags;
  const earliest = io.now() - since;
  const jobs: JobDocument[] = [];
  for await (const job of everyJob(client, queryOf({ ...flags, state }))) {
    if (job.finished_at !== undefined && Date.parse(job.finished_at) >= earliest) jobs.push(job);
  }
  return jobs;
}
