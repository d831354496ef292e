// The commands that change jobs one by one: cancel, hold, release, priority.
import type { Command } from 'commander';
import type { Client, JobDocument } from '../../../pkg/client/index.ts';
import { isFinished } from '../../../pkg/models/index.ts';
import { addClientCommand, type Invocation } from './command.ts';
import { forEach } from './each.ts';
import { exitDone, exitFailed } from './exit-codes.ts';
import { notAllowed, priority, priorityAllowed } from './flags.ts';
import { type Io, note } from './io.ts';
import { jobView } from './job-views.ts';
import { printSome } from './output.ts';

interface Change {
  help: string;
  call(client: Client, jobId: string): Promise<JobDocument>;
  /** Says what the document alone does not. */
  tell?(io: Io, job: JobDocument): void;
}

const changes: Record<string, Change> = {
  cancel: {
    help: 'cancel jobs; a running one is cancelled once its workload is gone',
    call: (client, jobId) => client.cancel(jobId),
    tell: (io, job) => {
      if (isFinished(job.state) && job.state !== 'cancelled') {
        note(io, `${job.name} ${job.job_id} had already ended: ${job.state}; nothing is cancelled`);
      }
    },
  },
  hold: { help: 'keep waiting jobs from being dispatched', call: (client, jobId) => client.hold(jobId) },
  release: { help: 'let held jobs go on', call: (client, jobId) => client.release(jobId) },
};

export function addChangeCommands(program: Command, io: Io): void {
  for (const [name, { help, call, tell }] of Object.entries(changes)) {
    addClientCommand(program, io, {
      usage: `${name} <JOB-ID...>`,
      help,
      run: (invocation) => change(invocation, invocation.operands, (jobId) => call(invocation.client, jobId), tell),
    });
  }
  addClientCommand(program, io, {
    usage: 'priority <JOB-ID> <NUMBER>',
    help: 'change the priority of a waiting job; it keeps its age',
    run: async (invocation) => {
      const [jobId = '', given = ''] = invocation.operands;
      const number = priority(given);
      if (typeof number !== 'number') throw notAllowed('the priority', given, priorityAllowed);
      return change(invocation, [jobId], () => invocation.client.reprioritise(jobId, number));
    },
  });
}

async function change(
  { io, format }: Invocation<object>,
  jobIds: readonly string[],
  call: (jobId: string) => Promise<JobDocument>,
  tell?: Change['tell'],
): Promise<number> {
  const { done, failed } = await forEach(io, jobIds, call);
  await printSome(io, format, jobView(io.now), done, jobIds.length);
  for (const job of done) tell?.(io, job);
  return failed > 0 ? exitFailed : exitDone;
}
