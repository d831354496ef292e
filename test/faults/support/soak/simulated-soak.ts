// Days of one life of the program, in as many seconds as it takes: engine, dispatcher, controllers and the store's SQLite
// code on a virtual clock, before a simulated cluster that fails now and then and is gone for minutes. Sampled is what the
// program holds: its heap after a garbage collection (rows lie outside), its slots and waiting jobs, its open timers.
import { appendFileSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Clock } from '../../../../internal/platform/clock.ts';
import { silentLogger } from '../../../../internal/platform/logger.ts';
import { type Random, seededRandom } from '../../../../internal/platform/random.ts';
import { type SimulatedCluster, simulatedCluster } from '../../../../internal/simulation/cluster/simulated-cluster.ts';
import { badDay, type FaultRates } from '../../../../internal/simulation/fault-plan.ts';
import { type FaultyCluster, faultyCluster } from '../../../../internal/simulation/faulty-cluster.ts';
import { assembleProgram, type Program } from '../../../../internal/simulation/program.ts';
import { oneOf } from '../../../../internal/simulation/weather.ts';
import type { Store } from '../../../../internal/store/store.ts';
import { jobsResource } from '../../../../pkg/kubernetes/cluster.ts';
import { type VirtualClock, virtualClock } from '../../../support/virtual-clock.ts';
import type { PieceResult } from '../../scorecard/row.ts';
import { memoryFolder } from '../power/memory-folder.ts';
import { judgeAll, type Quantity } from './judge.ts';
import { openLocalStore } from './local-store.ts';

export interface SimulatedSample {
  /** Simulated, since the start. */
  atMs: number;
  heapBytes: number;
  unfinishedJobs: number;
  openTimers: number;
  workloads: number;
}

const hourMs = 3_600_000;
const samples = 72;
/** On average, between two things that callers do. */
const pauseMs = 30_000;
const remembered = 200;
const mostUnfinished = 60;
const mebibyte = 1_048_576;

/** The counts swing with the load and with each outage; what leaks grows by one for each job or call, by thousands. */
const quantities: ReadonlyArray<Quantity<SimulatedSample>> = [
  // Code that is still being compiled makes up to 1.5 MiB of it.
  { name: 'simulated_heap_mib', of: ({ heapBytes }) => heapBytes / mebibyte, negligible: 2, limit: 3 },
  { name: 'simulated_unfinished_jobs', of: ({ unfinishedJobs }) => unfinishedJobs, negligible: 10, limit: 40 },
  { name: 'simulated_open_timers', of: ({ openTimers }) => openTimers, negligible: 20, limit: 80 },
  { name: 'simulated_workloads', of: ({ workloads }) => workloads, negligible: 10, limit: 40 },
];

/** `samplesPath`: every sample is appended there as a line of JSON. */
export async function simulatedSoak(
  seed: number,
  days: number,
  samplesPath?: string,
): Promise<Omit<PieceResult, 'trials'>> {
  const folder = memoryFolder();
  const soak = new SimulatedSoak(seed, `${folder.path}/soak.db`);
  try {
    const taken = await soak.run(days * 24 * hourMs);
    if (samplesPath) appendFileSync(samplesPath, taken.map((sample) => `${JSON.stringify(sample)}\n`).join(''));
    const { violations, worst } = judgeAll(quantities, taken, (days * 24 * hourMs) / 6);
    const { submitted, outages } = soak;
    const counts = { simulated_hours: Math.round(days * 24), simulated_jobs: submitted, simulated_outages: outages };
    return { violations: [...violations, ...(await soak.leftOver())], counts, worst };
  } finally {
    await soak.close();
    folder.remove();
  }
}

class SimulatedSoak {
  readonly #clock: VirtualClock = virtualClock(Date.UTC(2027, 0, 1));
  readonly #random: Random;
  readonly #timers = new OpenTimers(this.#clock);
  readonly #truth: SimulatedCluster;
  readonly #cluster: FaultyCluster;
  readonly #store: Store;
  readonly #program: Program;
  readonly #recent: string[] = [];
  submitted = 0;
  outages = 0;

  constructor(seed: number, path: string) {
    this.#random = seededRandom(seed);
    const random = this.#random;
    const clock = this.#timers.clock;
    // A short memory of events, so that it is full before the warm-up is over.
    this.#truth = simulatedCluster({ clock, random, durationMs: 20_000, historyLimit: 200 });
    this.#cluster = faultyCluster({
      ...{ clock, random, cluster: this.#truth, rates: gently(badDay) },
      compact: () => this.#truth.compact(),
    });
    this.#store = openLocalStore({ path, newQueueId: random.uuid(clock.now()) });
    this.#program = assembleProgram({
      ...{ store: this.#store, cluster: this.#cluster, clock, random, logger: silentLogger },
      settings: { maxConcurrency: 5, settleMs: 100, jobTtlMs: 60_000 },
    });
  }

  async run(durationMs: number): Promise<SimulatedSample[]> {
    const startMs = this.#clock.now();
    const taken: SimulatedSample[] = [];
    await this.#program.start();
    while (taken.length < samples) {
      await this.#live(startMs + ((taken.length + 1) * durationMs) / samples);
      taken.push({ atMs: this.#clock.now() - startMs, ...(await this.#sample()) });
    }
    return taken;
  }

  /** Without faults everything ends, and nothing is kept of it. */
  async leftOver(): Promise<string[]> {
    this.#cluster.faults.setReachable(true);
    this.#cluster.faults.switchOff();
    const { state } = this.#program.engine.core;
    await this.#clock.advance(hourMs);
    const left = { slots: state.running.size, waiting: state.runnable.size, refused: state.refusals.size };
    const workloads = await this.#workloads();
    const found = Object.entries({ ...left, workloads }).filter(([, size]) => size > 0);
    return found.map(([what, size]) => `an hour after the last job there are ${size} ${what}`);
  }

  async close(): Promise<void> {
    await Promise.race([this.#program.stop(), this.#clock.advance(hourMs)]);
    await this.#truth.close();
    await this.#store.close();
  }

  async #live(untilMs: number): Promise<void> {
    while (this.#clock.now() < untilMs) {
      this.#deed();
      await this.#clock.advance(Math.min(untilMs - this.#clock.now(), 2 * pauseMs * this.#random.next()));
    }
  }

  #deed(): void {
    const dice = this.#random.next();
    const { engine } = this.#program;
    if (dice < 0.85) this.#submit();
    else if (dice < 0.93) void engine.change('cancel', this.#someJob());
    else if (dice < 0.999)
      void engine.change('change', this.#someJob(), { priority: Math.floor(this.#random.next() * 9) });
    else this.#outage();
  }

  #submit(): void {
    if (this.#unfinished() >= mostUnfinished) return;
    this.submitted += 1;
    const annotations = {
      'kubejobs.io/simulate-duration': `${Math.ceil(40_000 * this.#random.next())}ms`,
      'kubejobs.io/simulate-exit-code': this.#random.next() < 0.2 ? '1' : '0',
    };
    const priority = Math.floor(this.#random.next() * 9);
    const submission = { name: `soak-${this.submitted}`, priority, queue: 'default', annotations, workload: {} };
    void this.#program.engine.submit(submission).then((answer) => {
      if (!answer.ok) return;
      this.#recent.push(answer.value.jobId);
      if (this.#recent.length > remembered) this.#recent.shift();
    });
  }

  #outage(): void {
    this.outages += 1;
    this.#cluster.faults.setReachable(false);
    this.#clock.schedule(300_000, () => this.#cluster.faults.setReachable(true));
  }

  async #sample(): Promise<Omit<SimulatedSample, 'atMs'>> {
    const workloads = await this.#workloads();
    collectGarbage();
    const heapBytes = process.memoryUsage().heapUsed;
    return { heapBytes, unfinishedJobs: this.#unfinished(), openTimers: this.#timers.open, workloads };
  }

  #unfinished(): number {
    const { running, runnable, refused } = this.#program.engine.core.state;
    return running.size + runnable.size + refused.size;
  }

  async #workloads(): Promise<number> {
    const page = await this.#truth.list(jobsResource, {});
    return page.outcome === 'ok' ? page.value.items.length : Number.NaN;
  }

  #someJob(): string {
    return this.#recent.length === 0 ? '019c0000-0000-7000-8000-000000000000' : oneOf(this.#random, this.#recent);
  }
}

/** A clock that knows how many of its timers are neither fired nor cancelled. */
class OpenTimers {
  readonly clock: Clock;
  open = 0;

  constructor(clock: Clock) {
    this.clock = { now: () => clock.now(), schedule: (delayMs, callback) => this.#schedule(clock, delayMs, callback) };
  }

  #schedule(clock: Clock, delayMs: number, callback: () => void): () => void {
    let isOpen = true;
    const end = (): void => {
      if (isOpen) this.open -= 1;
      isOpen = false;
    };
    this.open += 1;
    const cancel = clock.schedule(delayMs, () => {
      end();
      callback();
    });
    return () => {
      end();
      cancel();
    };
  }
}

function gently(rates: FaultRates): FaultRates {
  return Object.fromEntries(Object.entries(rates).map(([kind, rate]) => [kind, rate / 10]));
}

let collect: (() => void) | undefined;

function collectGarbage(): void {
  if (!collect) {
    setFlagsFromString('--expose-gc');
    collect = runInNewContext('gc') as () => void;
  }
  collect();
  collect();
}
