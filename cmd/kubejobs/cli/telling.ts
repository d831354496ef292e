// Says on stderr what a job is and why, for as long as a command waits for it: once at the start and once for each change.
// The server's events only ring the bell; what is told is read from the job, which knows the reason of the moment. Nothing
// here makes the command fail: that a server is lost shows in the waiting itself.
import type { Client, JobDocument } from '../../../pkg/client/index.ts';
import { isFinished } from '../../../pkg/models/index.ts';
import { type Io, note } from './io.ts';

export type Tell = (job: JobDocument) => void;

/** What `work` answers; it may tell what it learns of the job by itself. */
export async function whileTelling<T>(
  io: Io,
  client: Client,
  jobId: string,
  work: (tell: Tell) => Promise<T>,
): Promise<T> {
  const stop = new AbortController();
  const tell = eachOnce(io, stop.signal);
  void follow(client, jobId, tell, stop.signal).catch(() => {});
  try {
    return await work(tell);
  } finally {
    stop.abort();
  }
}

/** How a job ends is told by the command itself. */
function eachOnce(io: Io, signal: AbortSignal): Tell {
  let last = '';
  return (job) => {
    const now = standing(job);
    if (signal.aborted || isFinished(job.state) || now === last) return;
    last = now;
    note(io, now);
  };
}

function standing({ name, job_id, state, reason, message, attempts }: JobDocument): string {
  const restarts = state === 'running' ? attempts?.at(-1)?.restarts : undefined;
  const why = `${reason ? ` (${reason})` : ''}${message ? `: ${message}` : ''}`;
  return `${name}: ${state}${restarts ? `, restart ${restarts}` : ''}${why}${state === 'held' ? `; kubejobs release ${job_id} lets it go on` : ''}`;
}

/** One look at a time, so that an older answer is never told after a newer one. */
async function follow(client: Client, jobId: string, tell: Tell, signal: AbortSignal): Promise<void> {
  let looking = Promise.resolve();
  const look = (): void => {
    looking = looking
      .then(async () => signal.aborted || tell(await client.get(jobId)))
      .then(
        () => {},
        () => {},
      );
  };
  for await (const _event of client.events({ jobId, signal, onOpen: look })) look();
}
