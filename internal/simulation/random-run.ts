// A world of chance from one seed: callers who submit, cancel and change their minds, a cluster and a disk that fail,
// somebody who deletes other people's Jobs, and a program that is killed at any moment. First everything goes wrong
// (safety), then nothing does (liveness) and all must end well. The seed and nothing else decides what happens.

import { CapChecker } from './checkers/cap.ts';
import { DurabilityChecker } from './checkers/durability.ts';
import { OneWorkloadChecker } from './checkers/one-workload.ts';
import { OrderChecker } from './checkers/order.ts';
import { OutcomeChecker } from './checkers/outcome.ts';
import type { CrashPoint } from './crash.ts';
import { badDay } from './fault-plan.ts';
import type { Checker } from './trace.ts';
import { type SteppableClock, type Submission, type Tampering, World } from './world.ts';

export interface RunOptions {
  seed: number;
  clock: SteppableClock;
  /** Deeds in the safety phase. */
  steps: number;
  tampering?: Tampering;
}

export interface RunReport {
  seed: number;
  violations: string[];
  digest: string;
  jobs: number;
  /** How often each fault struck. */
  coverage: Record<string, number>;
}

const livenessMs = 600_000;
const longestTtlMs = 120_000;
const jobTtlsMs = [longestTtlMs, 2_000, 0, 30_000];
const crashShare: Record<CrashPoint, number> = {
  before_commit: 0.01,
  after_commit: 0.01,
  before_create: 0.02,
  after_create: 0.02,
  before_delete: 0.03,
  after_delete: 0.03,
};

export async function randomRun(options: RunOptions): Promise<RunReport> {
  const run = new RandomRun(options);
  await run.safety(options.steps);
  await run.liveness();
  return run.report();
}

class RandomRun {
  readonly #options: RunOptions;
  readonly #world: World;
  readonly #durability = new DurabilityChecker();
  readonly #violations: string[] = [];
  readonly #known: string[] = [];
  #submitted = 0;
  #isSafetyPhase = true;

  constructor(options: RunOptions) {
    const { clock, seed, tampering } = options;
    const maxConcurrency = 1 + (seed % 4);
    const settleMs = seed % 3 === 0 ? 0 : 100;
    const jobTtlMs = jobTtlsMs[seed % 5] ?? longestTtlMs;
    const checkers: Checker[] = [
      this.#durability,
      new CapChecker(maxConcurrency),
      new OrderChecker(),
      new OneWorkloadChecker(),
      new OutcomeChecker(),
    ];
    this.#options = options;
    this.#world = new World({
      clock,
      seed,
      settings: { maxConcurrency, settleMs, jobTtlMs },
      durationMs: 5_000,
      checkers,
      clusterFaults: badDay,
      storeFaults: { commitFails: 0.01, reopenFails: 0.5, longestCommitMs: 20 },
      crash: (point) => this.#isSafetyPhase && this.#chance(crashShare[point]),
      ...(tampering && { tampering }),
      downtimeMs: () => (this.#isSafetyPhase ? this.#upTo(20_000) : 0),
    });
  }

  async safety(steps: number): Promise<void> {
    const { clock } = this.#options;
    void this.#world.start();
    for (let step = 0; step < steps; step += 1) {
      await this.#deed();
      await clock.advance(this.#chance(0.4) ? 0 : this.#upTo(2_000));
      this.#checkInside();
    }
  }

  async liveness(): Promise<void> {
    this.#isSafetyPhase = false;
    this.#world.faults.switchOff();
    Object.assign(this.#world.storeFaults, { commitFails: 0, reopenFails: 0 });
    await this.#within(livenessMs, () => this.#unfinished() === 0);
    await this.#within(longestTtlMs + livenessMs, async () => (await this.#world.workloads()).length === 0);
    this.#checkInside();
    this.#checkStore();
    await this.#world.close();
  }

  report(): RunReport {
    const { seed } = this.#options;
    const { trace, faults, mishaps, bugs } = this.#world;
    const violations = [...bugs, ...this.#violations, ...trace.violations()];
    const coverage = { ...faults.counts(), ...Object.fromEntries(mishaps) };
    return { seed, violations, digest: trace.digest(), jobs: this.#submitted, coverage };
  }

  async #deed(): Promise<void> {
    const { faults } = this.#world;
    const dice = this.#world.random.next();
    if (dice < 0.55) this.#submit();
    else if (dice < 0.6) for (let count = this.#upTo(8); count > 0; count -= 1) this.#submit();
    else if (dice < 0.72) void this.#onSome((jobId) => this.#world.cancel(jobId));
    else if (dice < 0.82) void this.#onSome((jobId) => this.#world.reprioritise(jobId, this.#priority()));
    else if (dice < 0.88) {
      const propagation = this.#chance(0.5) ? 'foreground' : 'background';
      await this.#onSome((jobId) => this.#world.deleteWorkload(jobId, propagation));
    } else if (dice < 0.91) this.#world.crash();
    else if (dice < 0.94) faults.setReachable(false);
    else faults.setReachable(true);
  }

  #submit(): void {
    this.#submitted += 1;
    const annotations = {
      'kubejobs.io/simulate-duration': `${this.#upTo(this.#chance(0.2) ? 40_000 : 5_000)}ms`,
      'kubejobs.io/simulate-exit-code': this.#chance(0.2) ? String(this.#upTo(255)) : '0',
    };
    const name = `job-${this.#submitted}`;
    const submission: Submission = { name, priority: this.#priority(), queue: 'default', annotations, workload: {} };
    void this.#world.submit(submission).then((answer) => {
      if (answer?.ok) this.#known.push(answer.value.jobId);
    });
  }

  /** One of the newer jobs, for the older ones are finished. */
  async #onSome(deed: (jobId: string) => Promise<void>): Promise<void> {
    const newest = this.#known.slice(-12);
    const jobId = newest[Math.floor(this.#world.random.next() * newest.length)];
    if (jobId) await deed(jobId);
  }

  async #within(limitMs: number, condition: () => boolean | Promise<boolean>): Promise<void> {
    const { clock } = this.#options;
    for (let spentMs = 0; spentMs < limitMs && !(await condition()); spentMs += 1_000) await clock.advance(1_000);
  }

  #unfinished(): number {
    const states = ['pending', 'running', 'held', 'scheduled', 'blocked'] as const;
    return this.#world.store.reader.list({ states: [...states] }, 1).jobs.length;
  }

  /** Beyond what can be seen from outside: the core's own invariants. */
  #checkInside(): void {
    try {
      this.#world.program?.engine.core.checkInvariants();
    } catch (error) {
      this.#violations.push((error as Error).message);
    }
  }

  #checkStore(): void {
    for (const jobId of this.#durability.accepted) {
      if (!this.#world.store.reader.job(jobId)) this.#violations.push(`the accepted job ${jobId} is lost`);
    }
  }

  #priority(): number {
    return Math.floor(this.#world.random.next() * 4);
  }

  #upTo(most: number): number {
    return 1 + Math.floor(this.#world.random.next() * most);
  }

  #chance(share: number): boolean {
    return this.#world.random.next() < share;
  }
}
