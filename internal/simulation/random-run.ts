// A world of chance from one seed: callers who submit, cancel and change their minds, a cluster and a disk that fail,
// somebody who deletes other people's Jobs, a wall clock that jumps, and a program that is killed at any moment. First
// everything goes wrong (safety), then nothing does (liveness) and all must end well. The seed alone decides what happens.
import { Callers } from './callers.ts';
import { CapChecker } from './checkers/cap.ts';
import { DurabilityChecker } from './checkers/durability.ts';
import { KeyChecker } from './checkers/keys.ts';
import { OneWorkloadChecker } from './checkers/one-workload.ts';
import { OrderChecker } from './checkers/order.ts';
import { OutcomeChecker } from './checkers/outcome.ts';
import { OwnEndChecker } from './checkers/own-end.ts';
import { ResultChecker } from './checkers/results.ts';
import { RetryChecker } from './checkers/retries.ts';
import { SettingsChecker } from './checkers/settings.ts';
import { SlotChecker } from './checkers/slots.ts';
import { TimeoutChecker } from './checkers/timeouts.ts';
import { TransitionChecker } from './checkers/transitions.ts';
import { WaitingChecker } from './checkers/waiting.ts';
import type { Counts } from './coverage.ts';
import type { CrashPoint } from './life.ts';
import type { StepKind } from './steps.ts';
import { type Calm, crashShares, type Weather, weatherOf } from './weather.ts';
import { type SteppableClock, type Tampering, World } from './world.ts';

export interface RunOptions {
  seed: number;
  clock: SteppableClock;
  /** Steps of the safety phase, of the kinds in steps.ts. */
  steps: number;
  /** Trouble that is left out. */
  calm?: Calm;
  tampering?: Tampering;
  /** Gets the run as lines for people, while it goes on. */
  onLine?: ((line: string) => void) | undefined;
}

export interface RunReport {
  seed: number;
  /** What should never have happened. */
  safety: string[];
  /** What should have ended and did not. */
  liveness: string[];
  digest: string;
  jobs: number;
  steps: Record<StepKind, number>;
  /** From the first moment to the last, in the simulated world. */
  simulatedMs: number;
  /** From the end of the faults until every job was finished. */
  recoveryMs: number;
  /** How often each fault struck in each situation. */
  coverage: Counts;
}

const livenessMs = 600_000;
/** From the last moment that a lost create may land to the deletion of what it made. */
const cleanUpMs = 300_000;
/** What the API server refuses for good is tried again this late. */
const resultsMs = 600_000;
const mostTurns = 40;

export async function randomRun(options: RunOptions): Promise<RunReport> {
  const undo = options.tampering?.install?.();
  try {
    const run = new RandomRun(options);
    await run.safety(options.steps);
    await run.liveness();
    return run.report();
  } finally {
    undo?.();
  }
}

class RandomRun {
  readonly #options: RunOptions;
  readonly #world: World;
  readonly #weather: Weather;
  readonly #callers: Callers;
  readonly #durability = new DurabilityChecker();
  readonly #slots = new SlotChecker();
  readonly #safety: string[] = [];
  readonly #liveness: string[] = [];
  readonly #startMs: number;
  #isSafetyPhase = true;
  #recoveryMs = 0;

  constructor(options: RunOptions) {
    const { clock, seed, calm, tampering, onLine } = options;
    this.#options = options;
    this.#startMs = clock.now();
    this.#weather = weatherOf(seed, calm);
    const { clusterRates, storeRates, longestCommitMs, settings, isCapGiven, ignoresDeadlines } = this.#weather;
    this.#world = new World({
      ...{ clock, seed, settings, clusterRates, storeRates, longestCommitMs, onLine },
      ...{ isCapGiven, ignoresDeadlines },
      durationMs: 5_000,
      savesResults: this.#weather.results > 0,
      checkers: [
        ...[this.#durability, new TransitionChecker(), new OrderChecker(), new CapChecker()],
        ...[new OneWorkloadChecker(), new OutcomeChecker(), this.#slots, new WaitingChecker(), new RetryChecker()],
        ...[new TimeoutChecker(), new SettingsChecker(), new KeyChecker(), new ResultChecker(), new OwnEndChecker()],
      ],
      crash: (point) => this.#crash(point),
      downtimeMs: () => (this.#isSafetyPhase ? this.#upTo(this.#weather.longestDowntimeMs) : 0),
      ...(tampering && { tampering }),
    });
    this.#callers = new Callers(this.#world, this.#weather);
  }

  async safety(steps: number): Promise<void> {
    const world = this.#world;
    void world.start();
    while (world.steps.total < steps && world.bugs.length === 0) {
      await this.#callers.deed();
      await world.clock.advance(this.#chance(0.4) ? 0 : this.#upTo(this.#weather.longestPauseMs));
      this.#checkInside();
      if (this.#chance(0.2)) this.#safety.push(...this.#callers.misread());
    }
  }

  async liveness(): Promise<void> {
    const world = this.#world;
    this.#isSafetyPhase = false;
    world.endFaults();
    const { pending, running, waiting } = world.trace.rows;
    // A start time that was given on a clock that was set back since comes that much later.
    const limitMs = livenessMs + this.#callers.longestSetBackMs;
    this.#recoveryMs = await this.#until(limitMs, () => {
      const isQuiet = this.#callers.letGo();
      return isQuiet && pending.size + running.size + waiting.size === 0;
    });
    this.#liveness.push(...this.#slots.unfinished(world.trace.rows));
    const ttlMs = this.#weather.settings.jobTtlMs + this.#callers.longestSetBackMs;
    const savingMs = this.#weather.results > 0 ? resultsMs : 0;
    await this.#until(ttlMs + cleanUpMs + savingMs, async () => (await world.workloads()).length === 0);
    this.#checkInside();
    this.#checkEmpty();
    this.#checkStore();
    await world.close();
  }

  report(): RunReport {
    const { seed, clock } = this.#options;
    const { trace, bugs, coverage, steps } = this.#world;
    const found = trace.violations();
    return {
      seed,
      safety: [...bugs, ...new Set(this.#safety), ...found],
      liveness: this.#liveness,
      digest: trace.digest(),
      jobs: this.#callers.submitted,
      steps: { ...steps.counts },
      simulatedMs: clock.now() - this.#startMs,
      recoveryMs: this.#recoveryMs,
      coverage: coverage.counts(),
    };
  }

  #crash(point: CrashPoint): boolean | number {
    const { crashes, betweenAwaits } = this.#weather;
    if (!this.#isSafetyPhase || crashes === 0 || !this.#chance(crashShares[point] * crashes)) return false;
    return this.#chance(betweenAwaits) ? this.#upTo(mostTurns) : true;
  }

  /** Waits until it holds, looking every second; tells how long that took. */
  async #until(limitMs: number, condition: () => boolean | Promise<boolean>): Promise<number> {
    const { clock } = this.#world;
    const startMs = clock.now();
    while (clock.now() - startMs < limitMs && !(await condition())) await clock.advance(1_000);
    return clock.now() - startMs;
  }

  /** Beyond what can be seen from outside: the core's own invariants. */
  #checkInside(): void {
    try {
      this.#world.program?.engine.core.checkInvariants();
    } catch (error) {
      this.#safety.push((error as Error).message);
    }
  }

  /** When all is done the core remembers nothing. */
  #checkEmpty(): void {
    const core = this.#world.program?.engine.core.state;
    if (!core) return void this.#liveness.push('the program did not come back');
    const { running, runnable, refused, refusals, waiting, dependents, expiries, attempts } = core;
    const parts = { running, runnable, refused, refusals, waiting, dependents, expiries, attempts };
    const left = Object.entries(parts).filter(([, part]) => part.size > 0);
    if (left.length > 0) {
      const sizes = left.map(([name, part]) => `${part.size} ${name}`);
      this.#liveness.push(`left in the core: ${sizes.join(', ')}`);
    }
  }

  #checkStore(): void {
    const { store, trace } = this.#world;
    for (const jobId of this.#durability.accepted) {
      const stored = store.reader.job(jobId);
      const known = trace.rows.jobs.get(jobId);
      if (!stored) this.#safety.push(`lost: the accepted job ${jobId} is not in the store`);
      else if (stored.state !== known?.state) this.#safety.push(`lost: ${stored.name} is ${stored.state} in the store`);
    }
  }

  #upTo(most: number): number {
    return 1 + Math.floor(this.#world.random.next() * most);
  }

  #chance(share: number): boolean {
    return this.#world.random.next() < share;
  }
}
