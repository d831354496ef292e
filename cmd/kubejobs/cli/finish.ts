// Waiting for the end of a job, and what its end means for the exit code.
import { type Client, type JobDocument, Problem, ServerUnreachable } from '../../../pkg/client/index.ts';
import { isFinished } from '../../../pkg/models/index.ts';
import { type Io, note, oneLine } from './io.ts';
import type { Tell } from './telling.ts';

/** One question to the server; connections that are silent for longer are cut by some proxies. */
const longestQuestionSeconds = 30;
/** Between two answers that came too soon. */
const shortPauseMs = 500;

export interface WaitingOptions {
  timeoutMs?: number;
  /** Called with the job each time it is not finished yet. */
  tell?: Tell;
}

/** The finished job, or after `timeoutMs` the job as it is then. */
export async function untilFinished(
  io: Io,
  client: Client,
  jobId: string,
  { timeoutMs = Number.POSITIVE_INFINITY, tell = () => {} }: WaitingOptions = {},
): Promise<JobDocument> {
  const deadline = io.now() + timeoutMs;
  for (;;) {
    const asked = io.now();
    const left = Math.max(0, deadline - asked) / 1_000;
    const job = await client.wait(jobId, { timeoutSeconds: Math.ceil(Math.min(left, longestQuestionSeconds)) });
    const now = io.now();
    if (isFinished(job.state) || now >= deadline) return job;
    tell(job);
    if (now - asked < shortPauseMs) await io.pause(Math.min(shortPauseMs, deadline - now));
  }
}

/** The job’s own exit code; 1 for a job that did not succeed and has none. */
export function exitCodeOf({ state, exit_code: code }: JobDocument): number {
  if (state === 'succeeded') return 0;
  return code !== undefined && code > 0 && code < 256 ? code : 1;
}

/** What became of it, in one line. */
export function sentenceOf(job: JobDocument): string {
  const { name, job_id, state, reason, exit_code: code, message } = job;
  const facts = [reason, code === undefined || code === 0 ? undefined : `exit code ${code}`].filter(Boolean);
  const why = facts.length > 0 ? ` (${facts.join(', ')})` : '';
  return `${name} ${job_id} ${state === 'succeeded' || !isFinished(state) ? `is ${state}` : state}${why}${message ? `: ${message}` : ''}`;
}

const lastLines = 20;

/** On stderr, since stdout has the results. A job without logs is no reason to fail. */
export async function tellLastLines(io: Io, client: Client, jobId: string): Promise<void> {
  try {
    let text = '';
    for await (const piece of client.logs(jobId, { tail: lastLines })) text += piece;
    const lines = text.split('\n').filter((line) => line !== '');
    if (lines.length > 0) note(io, `its last log lines:`);
    for (const line of lines) io.stderr.write(`  ${oneLine(line)}\n`);
  } catch (error) {
    if (!(error instanceof Problem) && !(error instanceof ServerUnreachable)) throw error;
    note(io, `its logs cannot be shown: ${error.message}`);
  }
}
