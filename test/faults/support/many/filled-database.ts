// A database with very many waiting jobs, made by the store itself in large commits: as a server would have left it that
// took them in over a day, only sooner. Its priorities come from a seed, so the exact order is known without asking.
import { type Random, seededRandom } from '../../../../internal/platform/random.ts';
import { openSqliteStore } from '../../../../internal/store/sqlite/sqlite-store.ts';
import { emptyCommit } from '../../../../internal/store/store.ts';
import type { Job } from '../../../../pkg/models/index.ts';

const jobsPerCommit = 5_000;
const priorities = 1_000;
const firstAcceptedAt = Date.UTC(2027, 0, 1);

/** Jobs in the order in which they have to run; ids are kept for a few of them only. */
export interface Filled {
  count: number;
  /** The name of the job at a place of the order, 0 for the first. */
  nameAt(place: number): string;
}

export async function fillDatabase(path: string, count: number, seed: number): Promise<Filled> {
  const random = seededRandom(seed);
  const queueId = random.uuid(firstAcceptedAt);
  const store = await openSqliteStore({ path, newId: () => queueId, cluster: 'simulated' });
  const priorityOf = new Int32Array(count);
  for (let from = 0; from < count; from += jobsPerCommit) {
    const jobs = Math.min(jobsPerCommit, count - from);
    const inserts = Array.from({ length: jobs }, (_, index) => job(from + index, random));
    for (const { sequence, priority } of inserts) priorityOf[sequence - 1] = priority;
    await store.commit({ ...emptyCommit(), inserts });
  }
  await store.close();
  const order = Uint32Array.from({ length: count }, (_, index) => index);
  order.sort((a, b) => (priorityOf[b] as number) - (priorityOf[a] as number) || a - b);
  return { count, nameAt: (place) => nameOf(order[place] as number) };
}

function job(index: number, random: Random): Job {
  const createdAt = firstAcceptedAt + index;
  return {
    jobId: random.uuid(createdAt),
    sequence: index + 1,
    name: nameOf(index),
    priority: Math.floor(random.next() * priorities),
    queue: 'default',
    labels: { team: `team-${index % 20}` },
    workload: { image: 'registry.example.com/batch/worker:1.4.2', args: ['--shard', String(index)] },
    state: 'pending',
    attempt: 0,
    createdAt,
  };
}

function nameOf(index: number): string {
  return `job-${index}`;
}
