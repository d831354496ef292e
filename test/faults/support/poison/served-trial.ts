// The same poison for the real server: it is started on the database, everything that is sound comes to its end, what is
// poisoned ends too or is named in the log, no call is answered with 5xx, and it stops as it should.
import { setTimeout as delay } from 'node:timers/promises';
import { seededRandom } from '../../../../internal/platform/random.ts';
import { type JobJson, type ServerProcess, startServer, submitJob } from '../../../support/server-process.ts';
import { idOf } from '../../../support/store-builders.ts';
import {
  applyPoisons,
  choosePoisons,
  hexOf,
  isOver,
  isReported,
  othersOf,
  poisonedJobs,
  type RowTrial,
  rowsOf,
} from './row-trial.ts';
import { allJobs, held, soundDatabase } from './sound-database.ts';

const flags = ['--max-concurrency', '3', '--settle-ms', '0', '--job-ttl', '1s', '--dry-run-duration', '50ms'];
const longestWaitMs = 30_000;

export async function servedTrial(seed: number, folder: string): Promise<RowTrial> {
  const sound = await soundDatabase(folder, { killedAtMs: Date.now(), pace: 0.01 });
  const path = sound.copyTo(folder);
  const poisons = choosePoisons(seededRandom(seed));
  applyPoisons(path, poisons);
  const poisoned = poisonedJobs(poisons);
  let server: ServerProcess;
  try {
    server = await startServer([...flags, '--store', `sqlite:${path}`]);
  } catch (error) {
    const { message } = error as Error;
    const problems = message.includes('it is damaged') ? [] : [`the real server did not start: ${message}`];
    return { poisons, outcome: 'refused_at_start', problems };
  }
  try {
    const problems = await live(server, poisoned);
    const { code } = await server.kill('SIGTERM');
    if (code !== 0) problems.push(`the real server ended with ${code}: ${server.stderr().slice(-500)}`);
    const rows = rowsOf(path);
    const left = [...poisoned].filter((job) => rows.jobs.has(hexOf(job)) && !isOver(rows.jobs.get(hexOf(job))));
    const silent = left.filter((job) => !isReported(job, rows.jobs.get(hexOf(job)) ?? {}, [server.stderr()]));
    problems.push(...othersOf(poisoned, rows));
    for (const job of silent)
      if (!waits(rows.jobs.get(hexOf(job))?.state)) problems.push(`nobody is told of job ${job}`);
    return { poisons, outcome: left.length > 0 ? 'set_aside' : 'ended', problems };
  } finally {
    await server.kill('SIGKILL');
  }
}

/** What stands there to be seen, and may do so for long. */
function waits(state: unknown): boolean {
  return state === 'held' || state === 'blocked' || state === 'scheduled';
}

async function live({ url }: ServerProcess, poisoned: ReadonlySet<number>): Promise<string[]> {
  const problems: string[] = [];
  const look = async (path: string): Promise<unknown> => {
    const response = await fetch(url + path);
    if (response.status >= 500) problems.push(`${path} was answered with ${response.status} by the real server`);
    return response.status === 200 && path.startsWith('/jobs') ? await response.json() : await response.text();
  };
  for (const path of ['/jobs', '/jobs/pending', '/jobs/running', '/jobs?state=pending', '/health', '/metrics'])
    await look(path);
  const answer = await submitJob(url, { name: 'newcomer' });
  if (answer.status !== 201) return [...problems, `a submission was answered with ${answer.status} by the real server`];
  const { job_id: newcomer } = (await answer.json()) as JobJson;
  if (!poisoned.has(held)) await fetch(`${url}/jobs/${idOf(held)}`, { method: 'DELETE' });
  const ids = [newcomer, ...allJobs.filter((job) => !poisoned.has(job)).map(idOf)];
  const deadline = performance.now() + longestWaitMs;
  for (const id of ids) {
    while (!isOver((await look(`/jobs/${id}`)) as { state: string }) && performance.now() < deadline) await delay(50);
  }
  const inTime = performance.now() < deadline;
  const late = performance.now();
  for (const job of poisoned) {
    const isOnItsWay = async (): Promise<boolean> => {
      const { state } = ((await look(`/jobs/${idOf(job)}`)) ?? {}) as { state?: string };
      return state === 'pending' || state === 'running';
    };
    while ((await isOnItsWay()) && performance.now() - late < longestWaitMs / 3) await delay(50);
  }
  await look('/jobs');
  return inTime ? problems : [...problems, 'not all had ended in time on the real server'];
}
