// The trials of row 7. Each has a kubejobs and a proxy of its own; those of a piece run at once, so that their minutes
// overlap, and those that need the API server itself stopped share one cluster and one stop.
import { setTimeout as delay } from 'node:timers/promises';
import { inject } from 'vitest';
import { startCluster, type TestCluster } from '../../../cluster/harness/index.ts';
import { waitFor } from '../../../cluster/harness/wait.ts';
import type { Piece, PieceResult } from '../../scorecard/row.ts';
import { faultCluster } from '../cluster-side/fault-cluster.ts';
import { type ProxiedQueue, proxiedQueue, shortJob } from '../cluster-side/proxied-queue.ts';
import { mostWithin, tooEarly } from '../proxy/pauses.ts';
import { kindOf, type Outage, type OutageKind, outage } from './kinds.ts';
import { Submitter } from './submissions.ts';

/** Above all that is submitted meanwhile, so that nothing but the program keeps it from being dispatched. */
const cap = 250;
/** From the beginning of a fault until it must be told: a quiet connection is asked about every 15 s. */
const toldWithinMs = 30_000;
const submittedWithinMs = 3_000;
const drainedWithinMs = 30_000;
/** Creates, lists and questions together, once the fault has lasted for a while. */
const callsPerTenSeconds = 50;

interface TrialResult {
  kind: OutageKind['name'];
  submissions: number;
  violations: string[];
  worst: Record<string, number>;
}

export async function run(piece: Piece): Promise<PieceResult> {
  const seeds = Array.from({ length: piece.trials }, (_, index) => piece.seed + index);
  const own = seeds.some((seed) => kindOf(seed, piece.column).ownCluster)
    ? await startCluster({ kwokNodes: 2 })
    : undefined;
  const stop = shared(seeds.filter((seed) => kindOf(seed, piece.column).ownCluster).length);
  try {
    const results = await Promise.all(seeds.map((seed) => trial(kindOf(seed, piece.column), seed, own, stop)));
    return {
      trials: results.length,
      violations: results.flatMap(({ violations }) => violations),
      counts: Object.fromEntries([
        ...results.map(({ kind }) => [kind, results.filter((other) => other.kind === kind).length]),
        ['submissions', results.reduce((sum, { submissions }) => sum + submissions, 0)],
      ]),
      worst: largest(results.map(({ worst }) => worst)),
    };
  } finally {
    await own?.stop();
  }
}

async function trial(
  kind: OutageKind,
  seed: number,
  own: TestCluster | undefined,
  stop: Together,
): Promise<TrialResult> {
  const cluster = kind.ownCluster && own ? own : faultCluster(inject('cluster'));
  const world = await proxiedQueue(cluster, { flags: ['--max-concurrency', String(cap)], tls: true });
  return world.during(async () => {
    const fault = outage(kind, seed, world.proxy, own);
    const result = await live(world, kind, kind.ownCluster ? stop(fault) : fault);
    const told = (what: string): string =>
      `seed ${seed} (${kind.name}): ${what}; KUBEJOBS_FAULT_SEED=${seed} runs it again`;
    return { ...result, violations: result.violations.map(told) };
  });
}

async function live({ queue, proxy, witness }: ProxiedQueue, kind: OutageKind, fault: Outage): Promise<TrialResult> {
  const before = await Promise.all([0, 1, 2].map((index) => queue.submit(shortJob(`before-${index}`, '5s'))));
  await Promise.all(before.map((jobId) => queue.jobWhen(jobId, (job) => job.workload?.uid !== undefined)));

  const submitter = new Submitter(queue);
  await fault.begin();
  const beganAt = proxy.now();
  submitter.start(kind.durationMs > 100_000 ? 2_000 : 1_000);
  await delay(kind.durationMs);
  await submitter.stop();
  const endedAt = proxy.now();
  await fault.end();
  const backAt = proxy.now();

  const all = [...before, ...submitter.jobIds];
  const dispatchMs = await since(proxy, backAt, async () => (await queue.names('pending')).length === 0);
  const cluster = async (): Promise<boolean> => witness.seen.size >= all.length && witness.unfinished() === 0;
  const clusterMs = await since(proxy, backAt, cluster);
  const drainedMs = await since(proxy, backAt, async () => (await queue.names('running')).length === 0);
  // The controllers and the nodes were without an API server too, and have pauses of their own: what they take, from the
  // last create to the last end, is not the program's.
  const drainMs = dispatchMs + Math.max(0, drainedMs - clusterMs);

  const violations = judge(kind, submitter);
  violations.push(...tooEarly(proxy.arrivals), ...witness.doubled());
  const meanwhile = proxy.arrivals.filter(({ at }) => at > beganAt + 20_000 && at < endedAt);
  const calls = mostWithin(10_000, meanwhile);
  if (calls > callsPerTenSeconds) violations.push(`${calls} calls within 10 s of the outage`);
  if (drainMs > drainedWithinMs) violations.push(`drained ${drainMs} ms after the return`);
  for (const jobId of all) {
    const { state, reason, attempts } = await queue.job(jobId);
    const made = witness.of(jobId).length;
    if (state !== 'succeeded') violations.push(`job ${jobId} is ${state} (${reason})`);
    if (attempts.length !== 1 || made !== 1)
      violations.push(`job ${jobId}: ${attempts.length} attempts, ${made} workloads`);
  }
  if (witness.mostUnfinished > cap) violations.push(`${witness.mostUnfinished} workloads at once, ${cap} are allowed`);
  return {
    kind: kind.name,
    submissions: submitter.submissions.length,
    violations,
    worst: {
      [`submit_while_${kind.name}_ms`]: Math.max(...submitter.submissions.map(({ tookMs }) => tookMs)),
      [`dispatch_after_${kind.name}_ms`]: dispatchMs,
      [`drain_after_${kind.name}_ms`]: drainMs,
      [`calls_in_10_s_while_${kind.name}`]: calls,
    },
  };
}

/** What the answers to submissions and to looks at the health say against the server. */
function judge(kind: OutageKind, { submissions, looks }: Submitter): string[] {
  const violations: string[] = [];
  const refused = submissions.filter(({ status }) => status !== 201);
  if (refused.length > 0)
    violations.push(`${refused.length} submissions not accepted, the first with ${refused[0]?.status}`);
  const slow = submissions.filter(({ tookMs }) => tookMs > submittedWithinMs);
  if (slow.length > 0) violations.push(`${slow.length} submissions took long, the first ${slow[0]?.tookMs} ms`);
  const unwell = looks.find(({ status }) => status !== 200);
  if (unwell) violations.push(`${unwell.path} answered ${unwell.status}`);
  const untold = kind.unreachable && looks.find(({ at, cluster }) => at > toldWithinMs && cluster !== 'unreachable');
  if (untold) violations.push(`${untold.path} said "${untold.cluster}" after ${Math.round(untold.at)} ms`);
  return violations;
}

async function since(proxy: ProxiedQueue['proxy'], at: number, condition: () => Promise<boolean>): Promise<number> {
  await waitFor('the queue to go on', condition, { timeoutMs: 120_000 }).catch(() => undefined);
  return Math.round(proxy.now() - at);
}

function largest(figures: Array<Record<string, number>>): Record<string, number> {
  const result: Record<string, number> = {};
  for (const [name, value] of figures.flatMap((one) => Object.entries(one))) {
    result[name] = Math.max(result[name] ?? 0, value);
  }
  return result;
}

type Together = (fault: Outage) => Outage;

/** One begin and one end for all that share a cluster: the first to come waits for the last. */
function shared(parties: number): Together {
  const meet = (): ((act: () => Promise<void>) => Promise<void>) => {
    let come = 0;
    let resolve: (done: Promise<void>) => void = () => undefined;
    const all = new Promise<void>((done) => {
      resolve = done;
    });
    return (act) => {
      come += 1;
      if (come === parties) resolve(act());
      return all;
    };
  };
  const begin = meet();
  const end = meet();
  return (fault) => ({ begin: () => begin(fault.begin), end: () => end(fault.end) });
}
