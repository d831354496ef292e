// The trials of row 6. A trial is a job; a piece runs its trials on one server through the proxy, 20 at once, and deletes
// finished Jobs as early as it may, so that a create that lands late would find its name free if anything had gone wrong.
import { inject } from 'vitest';
import { waitFor } from '../../../cluster/harness/wait.ts';
import type { JobDocument } from '../../../cluster/support/queue.ts';
import type { Piece, PieceResult } from '../../scorecard/row.ts';
import { countBy } from '../cluster-side/count-by.ts';
import { faultCluster } from '../cluster-side/fault-cluster.ts';
import { type ProxiedQueue, proxiedQueue, shortJob } from '../cluster-side/proxied-queue.ts';
import type { FaultProxy } from '../proxy/fault-proxy.ts';
import { LostAnswers, trialName } from './lost-answers.ts';

const cap = 20;

export async function run(piece: Piece): Promise<PieceResult> {
  const flags = ['--max-concurrency', String(cap), '--job-ttl', '1s'];
  const world = await proxiedQueue(faultCluster(inject('cluster')), { flags, tls: true });
  return world.during(() => trials(world, piece));
}

async function trials({ queue, proxy, witness }: ProxiedQueue, piece: Piece): Promise<PieceResult> {
  const lost = new LostAnswers();
  proxy.script = lost.script;
  const blinking = blink(proxy);
  const seeds = Array.from({ length: piece.trials }, (_, index) => piece.seed + index);
  const jobIds = new Map<number, string>();
  for (const seed of seeds) jobIds.set(seed, await queue.submit(shortJob(trialName(seed))));
  const startedAt = proxy.now();
  const jobs = new Map<number, JobDocument>();
  for (const [seed, jobId] of jobIds)
    jobs.set(seed, await queue.finished(jobId, 240_000).catch(() => queue.job(jobId)));
  blinking.stop();
  const drainedMs = Math.round(proxy.now() - startedAt);
  await proxy.lateOnesAreDone();
  await waitFor('the witness to see the end', async () => witness.unfinished() === 0).catch(() => undefined);
  const running = await queue.names('running');

  const violations = seeds.flatMap((seed) => {
    const job = jobs.get(seed) as JobDocument;
    const made = witness.of(job.job_id);
    const wrong = judge(
      job,
      made.map(({ uid }) => uid),
    );
    if (!lost.done.has(seed)) wrong.push('its fault was not exercised');
    const how = (lost.done.get(seed) ?? []).map(({ kind }) => kind).join(', ');
    return wrong.map((what) => `seed ${seed} (${how}): ${what}; KUBEJOBS_FAULT_SEED=${seed} runs it again`);
  });
  if (witness.mostUnfinished > cap) violations.push(`${witness.mostUnfinished} workloads at once, ${cap} are allowed`);
  if (running.length > 0) violations.push(`slots are still held by ${running.join(', ')}`);
  violations.push(...witness.doubled());
  const faults = [...lost.done.values()].flat().map(({ kind }) => kind);
  return {
    trials: jobs.size,
    violations,
    counts: countBy(faults, (kind) => kind),
    worst: { drain_ms: drainedMs, workloads_at_once: witness.mostUnfinished },
  };
}

/** The watches come in gulps, or they would tell at once what the lost answer did not. */
function blink(proxy: FaultProxy): { stop(): void } {
  const timer = setInterval(() => {
    for (const stream of proxy.streams()) stream.release();
    for (const stream of proxy.streams()) stream.hold();
  }, 2_500);
  return {
    stop() {
      clearInterval(timer);
      for (const stream of proxy.streams()) stream.release();
    },
  };
}

/** `made`: the uids of all that the API server ever had of this job. */
function judge(job: JobDocument, made: string[]): string[] {
  const wrong: string[] = [];
  if (job.state !== 'succeeded') wrong.push(`it is ${job.state} (${job.reason ?? 'no reason'}: ${job.message ?? ''})`);
  if (job.attempts.length !== 1) wrong.push(`it has ${job.attempts.length} attempts`);
  if (made.length !== 1) wrong.push(`the API server had ${made.length} workloads of it`);
  if (made.length === 1 && job.workload?.uid !== made[0]) wrong.push(`its workload is not the one that was made`);
  return wrong;
}
