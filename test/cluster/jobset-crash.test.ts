// kubejobs is killed at random moments while JobSets restart: each failed attempt counts once, none is skipped, and in the end
// the Jobs of the attempt are all there. A watch of the API server tells every version that the JobSets had meanwhile.
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { seededRandom } from '../../internal/platform/random.ts';
import { describeCluster } from './harness/shared-cluster.ts';
import { JobSetWatch } from './support/jobset-watch.ts';
import { attemptOf, JobSetGround, simple, type TestJobSet } from './support/jobsets.ts';

const howMany = 20;
const attempts = 3;
/** In each attempt. A pass over all the JobSets takes a few hundred milliseconds. */
const kills = 2;
const latestMs = 700;

describeCluster('JobSets that restart while kubejobs is killed', (cluster) => {
  let ground!: JobSetGround;
  beforeAll(async () => {
    ground = await JobSetGround.prepare(cluster);
  });
  afterAll(() => ground?.clear());

  const all = (sets: TestJobSet[], work: (set: TestJobSet) => Promise<unknown>): Promise<unknown> =>
    Promise.all(sets.map(work));

  it('kill −9 at random moments: status.restarts never skips or doubles, and no Job is missing', async () => {
    const seed = Date.now() % 1_000_000;
    const random = seededRandom(seed);
    const watch = await JobSetWatch.open(ground.access, ground.namespace);
    const policy = { maxRestarts: attempts, restartStrategy: 'Recreate' } as const;
    const sets = await Promise.all(Array.from({ length: howMany }, () => ground.create(simple(policy))));
    for (let attempt = 0; attempt < attempts; attempt += 1) {
      await all(sets, (set) => set.jobWhen('a-0', (job) => attemptOf(job) === String(attempt)));
      const failing = all(sets, (set) => set.fail('a-0'));
      for (let kill = 0; kill < kills; kill += 1) {
        await delay(random.next() * latestMs);
        await ground.queue.kill('SIGKILL');
        if (kill === 0) await failing;
        await ground.queue.restart();
      }
    }
    await all(sets, async (set) => {
      for (const job of ['a-0', 'a-1', 'b-0']) await set.jobWhen(job, (each) => attemptOf(each) === String(attempts));
      await set.jobsAre('a-0', 'a-1', 'b-0');
    });
    watch.close();
    for (const set of sets) {
      const seen = watch.of(set.name).map(({ status }) => status?.restarts ?? 0);
      const steps = seen.filter((restarts, index) => index === 0 || restarts !== seen[index - 1]);
      expect(steps, `seed ${seed}`).toEqual(Array.from({ length: attempts + 1 }, (_, restarts) => restarts));
      const { restarts, restartsCountTowardsMax, terminalState } = await set.status();
      expect([restarts, restartsCountTowardsMax, terminalState ?? '']).toEqual([attempts, attempts, '']);
    }
  });
});
