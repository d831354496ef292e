// The trials of row 8. A piece has a few lanes, each a kubejobs with a proxy of its own, that take its trials one after
// the other; those with a silent stream first, since each waits for the watchdog. The real compactions come with a
// cluster of their own, beside the lanes.
import { inject } from 'vitest';
import { startCluster, type TestCluster } from '../../../cluster/harness/index.ts';
import { waitFor } from '../../../cluster/harness/wait.ts';
import type { Piece, PieceResult } from '../../scorecard/row.ts';
import { countBy } from '../cluster-side/count-by.ts';
import { faultCluster } from '../cluster-side/fault-cluster.ts';
import { type FaultCluster, type ProxiedQueue, proxiedQueue } from '../cluster-side/proxied-queue.ts';
import { compactEtcd } from './compaction.ts';
import { type DisturbanceName, disturbance, disturbanceOf, isSilent } from './disturbances.ts';
import { ThreeJobs } from './three-jobs.ts';

const lanes = 5;
/** A fault meets the first watch of each path, and that has to be the queue's own: nobody else may watch. */
const flags = ['--max-concurrency', '3', '--controllers', 'none'];
/** Reconnecting has pauses of up to 10 s, and a busy machine its own. */
const rightWithinMs = 30_000;
/** The watchdog of a watch barks after 75 s. */
const watchdogMs = 75_000;

interface TrialResult {
  name: DisturbanceName;
  violations: string[];
  knownMs: number;
}

export async function run(piece: Piece): Promise<PieceResult> {
  const seeds = Array.from({ length: piece.trials }, (_, index) => piece.seed + index);
  const compacted = seeds.filter((seed) => disturbanceOf(seed) === 'compacted');
  const others = seeds.filter((seed) => !compacted.includes(seed));
  others.sort((a, b) => Number(isSilent(disturbanceOf(b))) - Number(isSilent(disturbanceOf(a))));
  const work = Array.from({ length: Math.min(lanes, others.length) }, () => lane(others));
  if (compacted.length > 0) work.push(compactions(compacted));
  const results = (await Promise.all(work)).flat();
  const slowest = (of: TrialResult[]): number => Math.max(0, ...of.map(({ knownMs }) => knownMs));
  return {
    trials: results.length,
    violations: results.flatMap(({ violations }) => violations),
    counts: countBy(results, ({ name }) => name),
    worst: {
      right_again_ms: slowest(results.filter(({ name }) => !isSilent(name))),
      right_again_after_silence_ms: slowest(results.filter(({ name }) => isSilent(name))),
    },
  };
}

/** Takes trials from `left` until there are none. */
async function lane(left: number[]): Promise<TrialResult[]> {
  const cluster = faultCluster(inject('cluster'));
  const world = await proxiedQueue(cluster, { flags });
  return world.during(async () => {
    const results: TrialResult[] = [];
    for (let seed = left.shift(); seed !== undefined; seed = left.shift()) {
      results.push(await trial(world, cluster, seed));
    }
    return results;
  });
}

async function trial({ queue, proxy }: ProxiedQueue, cluster: FaultCluster, seed: number): Promise<TrialResult> {
  const name = disturbanceOf(seed) as Exclude<DisturbanceName, 'compacted'>;
  const jobs = await ThreeJobs.start(queue, cluster, `t${seed}`);
  const disturbed = disturbance(name, proxy, seed % 3 === 0 ? '/jobs' : '');
  disturbed.begin();
  const beganAt = proxy.now();
  await jobs.change();
  disturbed.after?.();
  const limitMs = (isSilent(name) ? watchdogMs : 0) + rightWithinMs;
  const knownMs = await untilKnown(jobs, limitMs, () => proxy.now() - beganAt);
  const wrong = await jobs.judge(limitMs);
  proxy.script = () => undefined;
  return { name, knownMs, violations: wrong.map((what) => sentence(seed, name, what)) };
}

async function compactions(seeds: number[]): Promise<TrialResult[]> {
  const own = await startCluster({ kwokNodes: 1 });
  try {
    const world = await proxiedQueue(own, { flags });
    return await world.during(async () => {
      const results: TrialResult[] = [];
      for (const seed of seeds) results.push(await compaction(world, own, seed));
      return results;
    });
  } finally {
    await own.stop();
  }
}

/** While no watch can be opened, things change, what the program knew is compacted away, and the API server, which
 *  remembers some of it in memory, starts anew. */
async function compaction({ queue, proxy }: ProxiedQueue, own: TestCluster, seed: number): Promise<TrialResult> {
  const jobs = await ThreeJobs.start(queue, own, `t${seed}`);
  const expiredBefore = proxy.expired;
  proxy.script = ({ verb }) => (verb === 'watch' ? { kind: 'hang_before' } : undefined);
  for (const stream of proxy.streams()) stream.cut();
  await jobs.change();
  await compactEtcd(own.etcdUrl);
  await own.stopApiServer('SIGKILL');
  await own.startApiServer();
  proxy.script = () => undefined;
  const backAt = proxy.now();
  const knownMs = await untilKnown(jobs, rightWithinMs, () => proxy.now() - backAt);
  const wrong = await jobs.judge(2 * rightWithinMs);
  if (proxy.expired === expiredBefore) wrong.push('no watch was too old: the trial did not show anything');
  return { name: 'compacted', knownMs, violations: wrong.map((what) => sentence(seed, 'compacted', what)) };
}

async function untilKnown(jobs: ThreeJobs, limitMs: number, elapsedMs: () => number): Promise<number> {
  await waitFor('the program to know', () => jobs.known(), { timeoutMs: limitMs }).catch(() => undefined);
  return Math.round(elapsedMs());
}

function sentence(seed: number, name: DisturbanceName, what: string): string {
  return `seed ${seed} (${name}): ${what}; KUBEJOBS_FAULT_SEED=${seed} runs it again`;
}
