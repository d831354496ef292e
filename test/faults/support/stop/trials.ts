// Trials of row 18: the server is asked to stop while clients submit, cancel and look, while others hold connections open
// without using them, and, in some, while its calls to the API server are not answered. It has to end by itself with 0,
// within 10 s; a second server on its database must have every job that was acknowledged, and finish it.
import { setTimeout as delay } from 'node:timers/promises';
import { inject } from 'vitest';
import { seededRandom } from '../../../../internal/platform/random.ts';
import { type TcpProxy, tcpProxy } from '../../../cluster/support/tcp-proxy.ts';
import { writeKubeconfig } from '../../../support/kubeconfig.ts';
import { type TemporaryFolder, temporaryFolder } from '../../../support/temporary-folder.ts';
import type { Piece, PieceResult } from '../../scorecard/row.ts';
import { faultCluster } from '../cluster-side/fault-cluster.ts';
import { checkHistory } from '../history/check-history.ts';
import { startLoad } from '../trial/load.ts';
import { Tally } from '../trial/tally.ts';
import { type TrialCluster, TrialQueue } from '../trial/trial-queue.ts';
import { startDawdlers } from './dawdlers.ts';
import { type LateAnswers, startLateSubmitters } from './late-submitters.ts';
import { type StopPlan, signalOf, stopPlan, wordsOf } from './stop-plan.ts';

const maxConcurrency = 20;
const exitLimitMs = 10_000;
/** So that late submitters are at it when the signal comes. */
const lateFirstMs = 20;
const drainLimitMs = 130_000;

export async function run(piece: Piece): Promise<PieceResult> {
  const trials = await StopTrials.open(faultCluster(inject('cluster')));
  try {
    await trials.start();
    for (let seed = piece.seed; seed < piece.seed + piece.trials; seed += 1) await trials.trial(stopPlan(seed));
  } finally {
    await trials.close();
  }
  return trials.result();
}

class StopTrials {
  readonly #tally = new Tally();
  readonly #queue: TrialQueue;
  readonly #proxy: TcpProxy;
  readonly #folder: TemporaryFolder;
  readonly #told = new Set<string>();
  #usualStartMs = 0;

  static async open(cluster: TrialCluster): Promise<StopTrials> {
    const folder = temporaryFolder();
    const proxy = await tcpProxy(Number(new URL(cluster.server).port));
    const server = `https://127.0.0.1:${proxy.port}`;
    const kubeconfigPath = writeKubeconfig(folder.path, {
      server,
      cluster: { 'certificate-authority': cluster.caPath },
    });
    const queue = await TrialQueue.open(cluster, { maxConcurrency, kubeconfigPath });
    return new StopTrials(queue, proxy, folder);
  }

  private constructor(queue: TrialQueue, proxy: TcpProxy, folder: TemporaryFolder) {
    this.#queue = queue;
    this.#proxy = proxy;
    this.#folder = folder;
  }

  async close(): Promise<void> {
    await this.#queue.close();
    await this.#proxy.close();
    this.#folder.remove();
  }

  /** Behind a frozen API server a stop takes long enough for somebody to come too late. */
  result(): PieceResult {
    const { counts, violations } = this.#tally;
    const slow = counts.stops_by_sigterm_behind_a_frozen_api_server ?? 0;
    if (slow > 0 && !counts.late_submissions_refused_with_retry_after)
      violations.push('nothing was refused as too late');
    return this.#tally.result();
  }

  async trial(plan: StopPlan): Promise<void> {
    this.#tally.trials += 1;
    this.#tally.count(`stops_by_${plan.kind}`);
    await this.#stopUnderLoad(plan);
    if (plan.kind === 'sigterm_at_start') await this.#stopAtStart(plan);
    await this.start();
    await this.#queue.drain(drainLimitMs, true);
    for (const { defect, sentence } of checkHistory(this.#queue.history)) {
      if (!this.#told.has(sentence)) this.#violation(plan, `${defect}: ${sentence}`);
      this.#told.add(sentence);
    }
  }

  async start(): Promise<void> {
    const started = performance.now();
    await this.#queue.start();
    this.#usualStartMs = performance.now() - started;
  }

  async #stopUnderLoad(plan: StopPlan): Promise<void> {
    const { url, recorder } = this.#queue;
    const prefix = `s${plan.seed}`;
    const random = seededRandom(plan.seed);
    const dawdlers = await startDawdlers(url, 3);
    const load = startLoad({ url, recorder, random, prefix, clients: 4, mostUnfinished: 14 });
    const unfreeze = plan.kind === 'sigterm_behind_a_frozen_api_server' ? this.#freeze() : () => undefined;
    await delay(plan.afterMs);
    const late = startLateSubmitters(url, recorder, prefix, 4);
    await delay(lateFirstMs);
    await this.#stop(plan);
    unfreeze();
    await load.stop();
    this.#judgeAnswers(plan, await late.ended);
    dawdlers.end();
  }

  /** New connections, too, carry nothing after a moment, until the returned function is called. */
  #freeze(): () => void {
    this.#proxy.freeze();
    const again = setInterval(() => this.#proxy.freeze(), 20);
    return () => clearInterval(again);
  }

  async #stop(plan: StopPlan): Promise<void> {
    const signal = signalOf(plan);
    const signalled = performance.now();
    const ended = this.#queue.kill(signal);
    const { process: child } = this.#queue.program;
    const again = (): boolean => child.kill(signal);
    const repeated = plan.kind === 'sigterm_again_and_again' ? setInterval(again, 5) : undefined;
    const { code, signal: by } = await ended;
    clearInterval(repeated);
    const tookMs = performance.now() - signalled;
    this.#tally.note(`exit_after_${plan.kind}_ms`, tookMs);
    if (code !== 0) this.#violation(plan, `the server ended with code ${code}, signal ${by}: ${this.#said()}`);
    if (tookMs > exitLimitMs) this.#violation(plan, `the server took ${Math.round(tookMs)} ms to end`);
  }

  /** Before its handlers are there the signal itself ends the process, and nobody was promised anything. */
  async #stopAtStart(plan: StopPlan): Promise<void> {
    this.#queue.launch();
    await delay(plan.partOfStart * this.#usualStartMs);
    const { code, signal } = await this.#queue.kill('SIGTERM');
    this.#tally.count(code === 0 ? 'starts_stopped_in_order' : 'starts_ended_by_the_signal');
    if (code !== 0 && signal === null) this.#violation(plan, `a start ended with code ${code}: ${this.#said()}`);
  }

  #judgeAnswers(plan: StopPlan, answers: LateAnswers): void {
    const { accepted, refused, unanswered, others } = answers;
    this.#tally.count('late_submissions_accepted', accepted);
    this.#tally.count('late_submissions_refused_with_retry_after', refused);
    this.#tally.count('late_submissions_without_an_answer', unanswered);
    for (const other of new Set(others)) this.#violation(plan, `a submission was answered with ${other}`);
  }

  #said(): string {
    return this.#queue.program.stderr() || 'it said nothing';
  }

  #violation(plan: StopPlan, what: string): void {
    this.#tally.violations.push(`${wordsOf(plan)}: ${what}; again with KUBEJOBS_FAULT_SEED=${plan.seed}`);
  }
}
