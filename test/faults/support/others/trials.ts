// The trials of row 9: a case of the matrix each. A piece has a few lanes, each a kubejobs with a proxy of its own, that
// take the cases one after the other; the slow ones come first in the matrix. The proxy counts what the program asks the
// API server meanwhile, so that no case can turn it into a hot loop.
import { inject } from 'vitest';
import type { JobDocument } from '../../../cluster/support/queue.ts';
import type { Piece, PieceResult } from '../../scorecard/row.ts';
import { countBy } from '../cluster-side/count-by.ts';
import { faultCluster } from '../cluster-side/fault-cluster.ts';
import { endlessJob, type FaultCluster, type ProxiedQueue, proxiedQueue } from '../cluster-side/proxied-queue.ts';
import type { Arrival } from '../proxy/faults.ts';
import { mostWithin } from '../proxy/pauses.ts';
import { deletions, type Play } from './deletions.ts';
import { interference } from './interference.ts';
import { type CaseName, caseOf } from './matrix.ts';
import { OtherHands } from './other-hands.ts';
import { refusals } from './refusals.ts';
import { Scene, words } from './scene.ts';
import { scopedCases } from './scoped-namespace.ts';

const lanes = 4;
/** Of one kind for one path. Up to three watches share a path, and each tries again with a growing pause when it was cut. */
const requestsInOneSecond = 12;
const requestsInTenSeconds = 24;

interface TrialResult extends Requests {
  name: CaseName;
  violations: string[];
}

interface Requests {
  requestsInOneSecond: number;
  requestsInTenSeconds: number;
}

type ScopedName = keyof typeof scopedCases;

const cases: Record<Exclude<CaseName, ScopedName>, Play> = { ...deletions, ...interference, ...refusals };

export async function run(piece: Piece): Promise<PieceResult> {
  const left = Array.from({ length: piece.trials }, (_, index) => piece.seed + index);
  const scoped = left.filter((seed) => isScoped(caseOf(seed)));
  const others = left.filter((seed) => !scoped.includes(seed));
  const work = Array.from({ length: Math.min(lanes, others.length) }, () => lane(others));
  if (scoped.length > 0) work.push(scopedLane(scoped, others));
  const results = (await Promise.all(work)).flat();
  const worst = mostOf(results);
  return {
    trials: results.length,
    violations: results.flatMap(({ violations }) => violations),
    counts: countBy(results, ({ name }) => name),
    worst: { requests_in_1_s: worst.requestsInOneSecond, requests_in_10_s: worst.requestsInTenSeconds },
  };
}

/** Takes cases from `left` until there are none. */
async function lane(left: number[]): Promise<TrialResult[]> {
  const cluster = faultCluster(inject('cluster'));
  const world = await proxiedQueue(cluster, { flags: ['--max-concurrency', '2', '--namespaces', '*'] });
  return world.during(async () => {
    const companion = await startCompanion(world);
    const results: TrialResult[] = [];
    for (let seed = left.shift(); seed !== undefined; seed = left.shift()) {
      results.push(await trial({ world, cluster, companion, seed, play: playOf(seed) }));
    }
    return results;
  });
}

function isScoped(name: CaseName): name is ScopedName {
  return name in scopedCases;
}

function playOf(seed: number, namespace = ''): Play {
  const name = caseOf(seed);
  return isScoped(name) ? (scene) => scopedCases[name](scene, namespace) : cases[name];
}

/** Jobs may go only where somebody gave the rights: into the queue's own namespace and into one more for each case. Then
 *  it helps the other lanes, from the end of the matrix, where the cases need no namespace but the queue's. */
async function scopedLane(seeds: number[], left: number[]): Promise<TrialResult[]> {
  const cluster = faultCluster(inject('cluster'));
  const hands = new OtherHands(cluster);
  const namespaces = await Promise.all(seeds.map(() => hands.makeNamespace()));
  const flags = ['--max-concurrency', '2', '--namespaces', namespaces.join(',')];
  const world = await proxiedQueue(cluster, { flags });
  return world.during(async () => {
    const companion = await startCompanion(world);
    const results: TrialResult[] = [];
    for (const [index, seed] of seeds.entries()) {
      results.push(await trial({ world, cluster, companion, seed, play: playOf(seed, namespaces[index]) }));
    }
    for (let seed = ownNamespaceIsEnough(left.at(-1)); seed !== undefined; seed = ownNamespaceIsEnough(left.at(-1))) {
      left.pop();
      results.push(await trial({ world, cluster, companion, seed, play: playOf(seed) }));
    }
    return results;
  });
}

function ownNamespaceIsEnough(seed: number | undefined): number | undefined {
  return seed !== undefined && caseOf(seed) in refusals ? undefined : seed;
}

interface Trial {
  world: ProxiedQueue;
  cluster: FaultCluster;
  companion: JobDocument;
  seed: number;
  play: Play;
}

async function trial({ world, cluster, companion, seed, play }: Trial): Promise<TrialResult> {
  const { queue, proxy } = world;
  const name = caseOf(seed);
  const from = proxy.now();
  const scene = new Scene({ queue, proxy, hands: new OtherHands(cluster) }, `case-${seed}`);
  await play(scene).catch((error: unknown) => scene.wrong.push(`the case came to no end: ${String(error)}`));
  await scene.nextRuns();
  const now = await queue.job(companion.job_id);
  const same = now.state === 'running' && now.workload?.uid === companion.workload?.uid && !now.reason;
  if (!same) scene.wrong.push(`the job beside it is ${words(now)}`);
  const arrivals = proxy.arrivals.filter(({ at }) => at >= from);
  const figures = new Map([...byPath(arrivals)].map(([path, those]) => [path, requests(those)]));
  for (const [path, { requestsInOneSecond: second, requestsInTenSeconds: ten }] of figures) {
    const isHot = second > requestsInOneSecond || ten > requestsInTenSeconds;
    if (isHot) scene.wrong.push(`${path}: ${second} requests within a second, ${ten} within ten`);
  }
  const told = (what: string): string => `seed ${seed} (${name}): ${what}; KUBEJOBS_FAULT_SEED=${seed} runs it again`;
  return { name, violations: scene.wrong.map(told), ...mostOf([...figures.values()]) };
}

async function startCompanion({ queue }: ProxiedQueue): Promise<JobDocument> {
  const jobId = await queue.submit({ ...endlessJob('companion'), priority: 10 });
  return await queue.jobWhen(jobId, (job) => job.workload?.uid !== undefined && job.reason === undefined);
}

function byPath(arrivals: readonly Arrival[]): Map<string, Arrival[]> {
  const paths = new Map<string, Arrival[]>();
  for (const arrival of arrivals) {
    const key = `${arrival.verb} ${arrival.path}`;
    paths.set(key, [...(paths.get(key) ?? []), arrival]);
  }
  return paths;
}

function requests(arrivals: readonly Arrival[]): Requests {
  return { requestsInOneSecond: mostWithin(1_000, arrivals), requestsInTenSeconds: mostWithin(10_000, arrivals) };
}

function mostOf(figures: readonly Requests[]): Requests {
  return {
    requestsInOneSecond: Math.max(0, ...figures.map((one) => one.requestsInOneSecond)),
    requestsInTenSeconds: Math.max(0, ...figures.map((one) => one.requestsInTenSeconds)),
  };
}
