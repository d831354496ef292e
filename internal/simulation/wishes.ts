// What callers hand in, by chance: a job with its fate, and for some of them when it may run, what it waits for, how long
// it may wait and run, and how often it is tried again. Names are never used twice. It only draws; nothing is sent here.
import type { DependencyCondition, JobRules, RetryCause, RetryRules } from '../../pkg/models/index.ts';
import type { Random } from '../platform/random.ts';
import type { Submission } from './trace.ts';
import { oneOf } from './weather.ts';

export interface WishDeps {
  random: Random;
  /** Share of the jobs with rules. */
  rules: number;
  /** Share of the jobs whose result is saved. */
  results: number;
  /** The true time; the program's may be another. */
  now(): number;
  /** Jobs that others may wait for. */
  known(): readonly string[];
}

const ways: readonly DependencyCondition[] = ['success', 'failure', 'finish'];
const causes: ReadonlyArray<readonly RetryCause[]> = [
  ['failed'],
  ['failed', 'timeout', 'deleted', 'node_lost', 'create_refused'],
  ['timeout', 'deleted'],
  ['exit:1', 'exit:2', 'exit:3'],
];
const nobody = '00000000-0000-7000-8000-000000000000';

export class Wishes {
  readonly #deps: WishDeps;
  #count = 0;

  constructor(deps: WishDeps) {
    this.#deps = deps;
  }

  get count(): number {
    return this.#count;
  }

  next(): Submission {
    this.#count += 1;
    const annotations = {
      'kubejobs.io/simulate-duration': `${this.#upTo(this.#chance(0.2) ? 40_000 : 5_000)}ms`,
      'kubejobs.io/simulate-exit-code': this.#chance(0.2) ? String(this.#upTo(this.#chance(0.3) ? 3 : 255)) : '0',
    };
    const plain = {
      name: `job-${this.#count}`,
      priority: this.priority(),
      queue: 'default',
      annotations,
      workload: {},
    };
    const { results } = this.#deps;
    const saved = results > 0 && this.#chance(results) ? { results: true } : undefined;
    if (!this.#chance(this.#deps.rules)) return saved ? { ...plain, rules: saved } : plain;
    const rules = { ...this.#rules(), ...saved };
    // Far longer than any timeout: only a timeout ends it.
    const isEndless = rules.timeoutMs !== undefined && this.#chance(0.25);
    if (isEndless) annotations['kubejobs.io/simulate-duration'] = '900s';
    return { ...plain, ...(this.#chance(0.15) && { held: true }), rules };
  }

  priority(): number {
    return Math.floor(this.#deps.random.next() * 4);
  }

  #rules(): JobRules {
    const { random, now } = this.#deps;
    const rules: JobRules = {};
    if (this.#chance(0.15)) rules.startInMs = this.#upTo(30_000);
    else if (this.#chance(0.1)) rules.startAt = now() + this.#upTo(30_000);
    if (this.#chance(0.4)) rules.after = this.#dependencies();
    if (this.#chance(0.25)) rules.queueTimeoutMs = 1_000 * this.#upTo(oneOf(random, [5, 60]));
    if (this.#chance(0.35)) rules.timeoutMs = 1_000 * this.#upTo(oneOf(random, [4, 20]));
    if (this.#chance(0.4)) rules.retries = this.#retries();
    return rules;
  }

  #dependencies(): NonNullable<JobRules['after']> {
    const { random, known } = this.#deps;
    const jobIds = new Set(Array.from({ length: this.#upTo(2) }, () => oneOf(random, known()) ?? nobody));
    if (this.#chance(0.02)) jobIds.add(nobody);
    return [...jobIds].map((jobId) => ({ jobId, on: oneOf(random, ways) }));
  }

  #retries(): RetryRules {
    const { random } = this.#deps;
    const backoffMs = oneOf(random, [0, 1_000, 3_000, 15_000]);
    const backoffFactor = oneOf(random, [1, 2]);
    return {
      max: this.#upTo(3),
      backoffMs,
      backoffFactor,
      maxBackoffMs: oneOf(random, [4_000, 20_000]),
      on: [...oneOf(random, causes)],
    };
  }

  #upTo(most: number): number {
    return 1 + Math.floor(this.#deps.random.next() * most);
  }

  #chance(share: number): boolean {
    return this.#deps.random.next() < share;
  }
}
