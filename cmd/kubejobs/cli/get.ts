// `kubejobs get`: jobs by their ids; on a terminal one job is shown with all that is known of it.
import type { Command } from 'commander';
import type { JobDocument } from '../../../pkg/client/index.ts';
import { isFinished } from '../../../pkg/models/index.ts';
import { addClientCommand, type Invocation } from './command.ts';
import { forEach } from './each.ts';
import { exitDone, exitFailed } from './exit-codes.ts';
import { toggle } from './flags.ts';
import type { Io } from './io.ts';
import { jobDetails } from './job-details.ts';
import { jobView } from './job-views.ts';
import { printLines, printSome } from './output.ts';
import { watch } from './watch.ts';

interface GetFlags {
  watch?: true;
}

export function addGetCommand(program: Command, io: Io): void {
  addClientCommand<GetFlags>(program, io, {
    usage: 'get <JOB-ID...>',
    help: 'show jobs: state and why, attempts, history',
    flags: [toggle('-w, --watch', 'go on and show changes, until all are finished')],
    streams: true,
    run: get,
  });
}

async function get(invocation: Invocation<GetFlags>): Promise<number> {
  const { io, client, flags, operands, format } = invocation;
  if (flags.watch) return follow(invocation);
  const { done, failed } = await forEach(io, operands, (jobId) => client.get(jobId));
  const [only] = done;
  if (format === 'table' && operands.length === 1 && only !== undefined) await printLines(io, jobDetails(only));
  else await printSome(io, format, jobView(io.now), done, operands.length);
  return failed > 0 ? exitFailed : exitDone;
}

async function follow({ io, client, operands, format }: Invocation<GetFlags>): Promise<number> {
  const [only] = operands;
  const filter = operands.length === 1 ? { jobId: only } : {};
  await watch<JobDocument>({
    io,
    format,
    view: jobView(io.now),
    load: () => Promise.all(operands.map((jobId) => client.get(jobId))),
    events: (options) => client.events({ ...filter, ...options }),
    enough: (jobs) => jobs.every(({ state }) => isFinished(state)),
  });
  return exitDone;
}
