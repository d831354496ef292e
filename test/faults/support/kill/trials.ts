// Trials of row 4: load, kill, perhaps a second kill while the server starts, start, wait until everything is finished,
// and the black-box checker over all that clients were answered and the API server saw since the database was empty.
// Two lanes, each with a queue of its own, share the machine: while one starts a server the other waits for its jobs.
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { inject } from 'vitest';
import { seededRandom } from '../../../../internal/platform/random.ts';
import type { Piece, PieceResult } from '../../scorecard/row.ts';
import { faultCluster } from '../cluster-side/fault-cluster.ts';
import { checkHistory } from '../history/check-history.ts';
import { callsOf } from '../history/history.ts';
import { startLoad } from '../trial/load.ts';
import { Tally } from '../trial/tally.ts';
import { type TrialCluster, TrialQueue } from '../trial/trial-queue.ts';
import type { CrashPoint } from './crash-points.ts';
import { type KillPlan, killPlan, wordsOf } from './kill-plan.ts';

const lanes = 2;
const maxConcurrency = 6;
const drainLimitMs = 60_000;
/** A create that was cut off keeps the slot of a cancelled job for 90 s. */
const heldLimitMs = 130_000;
/** So many slots may be held before the next trial takes another queue. */
const mostHeld = 2;
const pointLimitMs = 120_000;
const entry = fileURLToPath(new URL('crashing-server.ts', import.meta.url));

export async function run(piece: Piece): Promise<PieceResult> {
  const cluster = faultCluster(inject('cluster'));
  const tally = new Tally();
  const work = Array.from({ length: lanes }, (_, lane) => new Lane(cluster, tally, piece).run(lane));
  const ended = await Promise.allSettled(work);
  const broken = ended.find((one) => one.status === 'rejected');
  if (broken) throw broken.reason;
  return tally.result();
}

class Lane {
  readonly #cluster: TrialCluster;
  readonly #tally: Tally;
  readonly #piece: Piece;
  #queue: TrialQueue | undefined;
  /** What was reported of this queue: a defect stays in its history and belongs to the trial that showed it first. */
  #told = new Set<string>();
  #held = 0;
  #last: KillPlan | undefined;

  constructor(cluster: TrialCluster, tally: Tally, piece: Piece) {
    this.#cluster = cluster;
    this.#tally = tally;
    this.#piece = piece;
  }

  /** Every second trial of the piece, one after the other. */
  async run(lane: number): Promise<void> {
    const { seed, trials } = this.#piece;
    try {
      for (let index = lane; index < trials; index += lanes) await this.#trial(killPlan(seed + index));
      await this.#leave();
    } finally {
      await this.#queue?.close();
    }
  }

  async #trial(plan: KillPlan): Promise<void> {
    const queue = await this.#queueFor(plan);
    this.#tally.trials += 1;
    await this.#killUnderLoad(queue, plan);
    await this.#killDuringStart(queue, plan);
    const killedAt = performance.now();
    await queue.start();
    this.#tally.note('start_ms', performance.now() - killedAt);
    await this.#drain(queue, plan, drainLimitMs);
    this.#tally.note('drained_after_start_ms', performance.now() - killedAt);
  }

  /** That of the trial before, unless the plan wants a fresh one or too many slots are held. */
  async #queueFor(plan: KillPlan): Promise<TrialQueue> {
    this.#last = plan;
    if (this.#queue && !plan.fresh && this.#held <= mostHeld) return this.#queue;
    await this.#leave();
    const queue = await TrialQueue.open(this.#cluster, { maxConcurrency, entry, flags: ['--job-ttl', '1s'] });
    this.#queue = queue;
    await queue.start();
    return queue;
  }

  /** In the large column nothing is left held: every slot has to come back. */
  async #leave(): Promise<void> {
    const queue = this.#queue;
    if (!queue) return;
    if (this.#held > 0 && this.#last && this.#piece.column === 'large') {
      await this.#drain(queue, this.#last, heldLimitMs, false);
    }
    this.#count(queue);
    this.#queue = undefined;
    this.#told = new Set();
    this.#held = 0;
    await queue.close();
  }

  async #killUnderLoad(queue: TrialQueue, { seed, kill }: KillPlan): Promise<void> {
    if ('point' in kill) await queue.arm(kill);
    const { url, recorder } = queue;
    const random = seededRandom(seed);
    const load = startLoad({ url, recorder, random, prefix: `s${seed}`, clients: 4, mostUnfinished: 14 });
    if ('point' in kill) await this.#crashed(queue, kill.point);
    else {
      await delay(kill.afterMs);
      await queue.kill();
      this.#tally.count('kills_at_random_moments');
    }
    await load.stop();
  }

  async #killDuringStart(queue: TrialQueue, { duringStart }: KillPlan): Promise<void> {
    if (!duringStart) return;
    if ('point' in duringStart) {
      queue.launch(duringStart);
      await this.#crashed(queue, duringStart.point);
      return;
    }
    queue.launch();
    await delay(duringStart.afterMs);
    await queue.kill();
    this.#tally.count('kills_at_random_moments_of_a_start');
  }

  /** Whoever does not reach its point, or ends elsewhere, shows nothing: the harness is broken then. */
  async #crashed(queue: TrialQueue, point: CrashPoint): Promise<void> {
    const limit = new AbortController();
    const late = delay(pointLimitMs, undefined, { signal: limit.signal }).catch(() => undefined);
    await Promise.race([queue.program.ended, late]);
    limit.abort();
    if (queue.crashedAt === point) this.#tally.count(`kills_at_${point}`);
    else throw new Error(`the point ${point} was not reached: ${queue.program.stderr()}`);
  }

  async #drain(queue: TrialQueue, plan: KillPlan, limitMs: number, heldIsDone = true): Promise<void> {
    this.#held = await queue.drain(limitMs, heldIsDone);
    const findings = checkHistory(queue.history).filter(({ sentence }) => !this.#told.has(sentence));
    for (const { defect, sentence } of findings) {
      this.#told.add(sentence);
      this.#tally.violations.push(
        `${wordsOf(plan)}: ${defect}: ${sentence}; again with KUBEJOBS_FAULT_SEED=${plan.seed}`,
      );
    }
    // A queue with a defect would only repeat it.
    if (findings.length > 0) this.#held = Number.POSITIVE_INFINITY;
  }

  #count({ history }: TrialQueue): void {
    const submissions = callsOf(history, 'submit');
    this.#tally.count('databases');
    this.#tally.count('jobs_accepted', submissions.filter((call) => call.jobId !== undefined).length);
    this.#tally.count('submissions_without_an_answer', submissions.filter((call) => !call.answeredAt).length);
    this.#tally.count('cancels', callsOf(history, 'cancel').filter((call) => call.status === 200).length);
    this.#tally.count('workloads', new Set(history.events.map((event) => event.uid)).size);
  }
}
