// The real server with its disk recorded: a client submits and cancels, and puts a mark into the disk log for each answer
// that it got. The server is killed and started again on the way, and at the end is stopped in order.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { seededRandom } from '../../../../internal/platform/random.ts';
import type { Snapshot, StoreReader } from '../../../../internal/store/store.ts';
import { type JobJson, type ServerProcess, startServer, submitJob } from '../../../support/server-process.ts';
import { type DiskRecord, markDiskLog, readDiskLog } from '../disk/disk-log.ts';
import { shimEnvironment } from '../disk/disk-shim.ts';
import type { Witness } from './power-cuts.ts';

interface Answered {
  jobId: string;
  name: string;
  priority: number;
  cancelled?: boolean;
}

/** `jobs` for each of two lives of the server. */
export async function recordServer(seed: number, jobs: number, folder: string): Promise<DiskRecord[]> {
  const disk = join(folder, 'disk');
  mkdirSync(disk);
  const log = join(folder, 'disk.log');
  const random = seededRandom(seed);
  for (const signal of ['SIGKILL', 'SIGTERM'] as const) {
    const pace = ['--settle-ms', '0', '--dry-run-duration', '1h', '--max-concurrency', '1'];
    const store = ['--store', `sqlite:${join(disk, 'jobs.db')}`];
    const server = await startServer([...pace, ...store], shimEnvironment({ folder: disk, log }));
    try {
      await useServer(server, jobs, () => random.next(), log);
    } finally {
      await server.kill(signal);
    }
  }
  return readDiskLog(log);
}

async function useServer(server: ServerProcess, jobs: number, chance: () => number, log: string): Promise<void> {
  const mark = (answered: Answered): void => markDiskLog(log, JSON.stringify(answered));
  const accepted: Answered[] = [];
  const submit = async (): Promise<void> => {
    const priority = Math.floor(chance() * 10);
    const response = await submitJob(server.url, { name: `job-${accepted.length}`, priority });
    if (response.status !== 201) throw new Error(`a submission was answered with ${response.status}`);
    const { job_id: jobId, name } = (await response.json()) as JobJson;
    accepted.push({ jobId, name, priority });
    mark({ jobId, name, priority });
  };
  const cancel = async (job: Answered): Promise<void> => {
    const response = await fetch(`${server.url}/jobs/${job.jobId}`, { method: 'DELETE' });
    if (!response.ok) throw new Error(`a cancellation was answered with ${response.status}`);
    mark({ ...job, cancelled: true });
  };
  while (accepted.length < jobs) {
    await Promise.all([submit(), submit()]);
    const last = accepted.at(-1);
    if (last && chance() < 0.4) await cancel(last);
  }
}

/** Every answered job is there as it was answered; what was never answered may be there too. */
export class AnswersWitness implements Witness {
  readonly #answered = new Map<string, Answered>();

  get acknowledged(): number {
    return this.#answered.size;
  }

  note(mark: string): void {
    const answered = JSON.parse(mark) as Answered;
    this.#answered.set(answered.jobId, answered);
  }

  readonly judge = (reader: StoreReader, _snapshot: Snapshot): string | undefined => {
    for (const answered of this.#answered.values()) {
      const problem = problemWith(reader, answered);
      if (problem) return `${this.#answered.size} jobs were answered; ${answered.name} (${answered.jobId}) ${problem}`;
    }
    return undefined;
  };
}

function problemWith(reader: StoreReader, { jobId, name, priority, cancelled }: Answered): string | undefined {
  const job = reader.job(jobId);
  if (!job) return 'is lost';
  if (job.name !== name || job.priority !== priority) return `is there as ${job.name} with priority ${job.priority}`;
  const isOver = job.state === 'cancelled' || (job.state === 'running' && job.reason === 'cancelling');
  return cancelled && !isOver ? `was cancelled and is ${job.state}` : undefined;
}
