// The same call for several jobs: what the server refuses is told for each, and the others go on.
import { Problem } from '../../../pkg/client/index.ts';
import { problemLines } from './explain.ts';
import { type Io, note } from './io.ts';

export interface EachDone<T> {
  done: T[];
  failed: number;
}

/** In order; an unreachable server ends it. */
export async function forEachJob<T>(
  io: Io,
  jobIds: readonly string[],
  call: (jobId: string) => Promise<T>,
): Promise<EachDone<T>> {
  const done: T[] = [];
  for (const jobId of jobIds) {
    const answer = await call(jobId).catch((error: unknown) => refusal(io, jobId, error));
    if (answer !== undefined) done.push(answer);
  }
  return { done, failed: jobIds.length - done.length };
}

function refusal(io: Io, jobId: string, error: unknown): undefined {
  if (!(error instanceof Problem)) throw error;
  const [first = '', ...more] = problemLines(error);
  for (const line of [`kubejobs: ${jobId}: ${first}`, ...more]) note(io, line);
}
