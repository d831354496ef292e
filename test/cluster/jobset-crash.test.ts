// kubejobs is killed at random moments while JobSets restart: each failed attempt counts once, none is skipped, and in the end
// the Jobs of the attempt are all there. A watch of the API server tells every version that the JobSets had meanwhile.
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { seededRandom } from '../../internal/platform/random.ts';
import { apiObject } from './harness/api-request.ts';
import { describeCluster } from './harness/shared-cluster.ts';
import { attemptOf, type JobDocument, simple } from './support/jobset-objects.ts';
import { JobSetWatch } from './support/jobset-watch.ts';
import { JobSetGround, type TestJobSet } from './support/jobsets.ts';
import { until } from './support/queue.ts';

const howMany = 20;
/** How often in each attempt: the second time while it picks up what the first left. */
const kills = [2, 1, 1];
const attempts = kills.length;
/** A pass over all the JobSets takes a few hundred milliseconds. */
const latestMs = 700;

describeCluster('JobSets that restart while kubejobs is killed', (cluster) => {
  let ground!: JobSetGround;
  beforeAll(async () => {
    ground = await JobSetGround.prepare(cluster);
  });
  afterAll(() => ground?.clear());

  const all = (sets: TestJobSet[], work: (set: TestJobSet) => Promise<unknown>): Promise<unknown> =>
    Promise.all(sets.map(work));

  /** Every JobSet has these Jobs, of this attempt. One look is one list, however many JobSets there are. */
  const jobsAre = async (sets: TestJobSet[], attempt: number, shorts: string[]): Promise<void> => {
    const path = `/apis/batch/v1/namespaces/${ground.namespace}/jobs`;
    let missing: string[] = [];
    const look = async (): Promise<boolean> => {
      const { items } = await apiObject<{ items: JobDocument[] }>(ground.access, 'GET', path);
      const there = new Set(
        items.filter((job) => attemptOf(job) === String(attempt)).map(({ metadata }) => metadata.name),
      );
      missing = sets
        .flatMap(({ name }) => shorts.map((short) => `${name}-${short}`))
        .filter((name) => !there.has(name));
      return missing.length === 0;
    };
    await until(look, 60_000, () => `attempt ${attempt} lacks ${missing.join()}`);
  };

  it('kill −9 at random moments: status.restarts never skips or doubles, and no Job is missing', async () => {
    const seed = Date.now() % 1_000_000;
    const random = seededRandom(seed);
    const watch = await JobSetWatch.open(ground.access, ground.namespace);
    const policy = { maxRestarts: attempts, restartStrategy: 'Recreate' } as const;
    const sets = await Promise.all(Array.from({ length: howMany }, () => ground.create(simple(policy))));
    for (const [attempt, times] of kills.entries()) {
      await jobsAre(sets, attempt, ['a-0']);
      const failing = all(sets, (set) => set.fail('a-0'));
      for (let kill = 0; kill < times; kill += 1) {
        await delay(random.next() * latestMs);
        await ground.queue.kill('SIGKILL');
        if (kill === 0) await failing;
        await ground.queue.restart();
      }
    }
    await jobsAre(sets, attempts, ['a-0', 'a-1', 'b-0']);
    await all(sets, (set) => set.jobsAre('a-0', 'a-1', 'b-0'));
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
