// One seeded run of the core beside the naive order: submits, cancels, new priorities, quota refusals, lost answers,
// outages, drains, restarts, and at the end a quiet time in which everybody must get to run. After every turn the
// dispatches, their numbers, the positions and the rows are compared, exactly.
import { Core } from '../../../../internal/core/core.ts';
import type { Decision } from '../../../../internal/core/decisions.ts';
import type { CoreEvent } from '../../../../internal/core/events.ts';
import { type CoreSnapshot, restoreCore } from '../../../../internal/core/restore.ts';
import type { CoreSettings } from '../../../../internal/core/state.ts';
import { type Random, seededRandom } from '../../../../internal/platform/random.ts';
import { isFinished } from '../../../../pkg/models/index.ts';
import { eventOf, idOf, nameOf } from '../../../support/core-builders.ts';
import { OrderModel } from './order-model.ts';
import { OrderRows } from './order-rows.ts';

/** How a core is made; tests hand over broken ones. */
export interface CoreFactory {
  create(settings: CoreSettings): Core;
  restore(snapshot: CoreSnapshot, settings: CoreSettings, at: number): Core;
}

export interface TrialFigures {
  counts: Record<string, number>;
  worst: Record<string, number>;
}

const realCore: CoreFactory = { create: (settings) => new Core(settings), restore: restoreCore };

const steps = [
  ...['submit', 'submit', 'submit', 'submit', 'burst', 'cancel', 'priority', 'priority', 'tick', 'tick'],
  ...['answer', 'answer', 'answer', 'answer', 'finish', 'finish', 'finish', 'outage', 'restart', 'drain'],
] as const;
type Step = (typeof steps)[number];

/** Mostly good; a refused quota often enough for jobs to step aside and come back. */
const createAnswers = ['made', 'made', 'made', 'made', 'quota', 'quota', 'refused', 'unread'] as const;
const pausesMs = [0, 0, 0, 1, 40, 100, 500, 2_000, 5_000] as const;
const quietTimeMs = 3_600_000;

/** Throws an Error with the first thing that is wrong. */
export function coreTrial(seed: number, factory: CoreFactory = realCore): TrialFigures {
  const trial = new CoreTrial(seed, factory);
  trial.run();
  return trial.figures;
}

class CoreTrial {
  readonly figures: TrialFigures = { counts: {}, worst: { passed_over_by_more_important: 0 } };
  readonly #random: Random;
  readonly #factory: CoreFactory;
  readonly #settings: CoreSettings;
  readonly #model: OrderModel;
  readonly #rows = new OrderRows();
  readonly #creates = new Set<string>();
  readonly #ending = new Set<string>();
  #core: Core;
  #at = 0;
  #wakeAt: number | undefined;
  #submitted = 0;
  #dispatched = 0;

  constructor(seed: number, factory: CoreFactory) {
    this.#random = seededRandom(seed);
    this.#factory = factory;
    const maxConcurrency = 1 + this.#below(4);
    this.#settings = { maxConcurrency, settleMs: 100 * this.#below(2), jobTtlMs: 1_000 };
    this.#model = new OrderModel(this.#settings);
    this.#core = factory.create(this.#settings);
  }

  run(): void {
    this.#reachable(true);
    const turns = 20 + this.#below(60);
    for (let turn = 0; turn < turns; turn += 1) {
      this.#at += this.#pick(pausesMs);
      const events = 1 + this.#below(3);
      for (let event = 0; event < events; event += 1) this.#take(this.#pick(steps));
      this.#turn();
    }
    this.#quietTime();
  }

  #take(step: Step): void {
    this.#count(step);
    if (step === 'submit') this.#submit();
    else if (step === 'burst') for (let n = 2 + this.#below(6); n > 0; n -= 1) this.#submit();
    else if (step === 'cancel') this.#cancel(this.#anyJob());
    else if (step === 'priority') this.#reprioritise(this.#anyJob());
    else if (step === 'tick') this.#tick();
    else if (step === 'answer') this.#answer(this.#pick([...this.#creates]), this.#pick(createAnswers));
    else if (step === 'finish') this.#finish(this.#pick([...this.#model.running.keys()]));
    else if (step === 'outage') this.#reachable(this.#below(3) > 0);
    else if (step === 'restart') this.#restart();
    else this.#drain();
  }

  #submit(): void {
    this.#submitted += 1;
    const name = this.#submitted.toString(36);
    const id = idOf(name);
    const priority = this.#below(4) === 0 ? this.#below(2_000_001) - 1_000_000 : this.#below(4) - 2;
    const applied = this.#core.apply(eventOf('submit', this.#at, name, { prio: String(priority) }));
    const expected = this.#model.submitted(id, priority, this.#at);
    if (!applied.ok || !applied.accepted) throw new Error(`${name} was not accepted`);
    const { sequence, position } = applied.accepted;
    same(`the answer to ${name}`, { sequence, position }, expected);
    this.#rows.accepted(id, priority, expected.sequence);
  }

  #cancel(id: string | undefined): void {
    if (id === undefined) return;
    if (this.#model.running.has(id)) this.#ending.add(id);
    this.#model.cancelled(id);
    this.#apply('cancel', id);
  }

  #reprioritise(id: string | undefined): void {
    if (id === undefined) return;
    const priority = this.#below(5) - 2;
    this.#model.reprioritised(id, priority);
    this.#apply('priority', id, { prio: String(priority) });
  }

  #tick(): void {
    const late = this.#below(3) === 0 ? this.#below(10_000) : 0;
    if (this.#wakeAt !== undefined) this.#at = Math.max(this.#at, this.#wakeAt) + late;
    this.#model.timePassed(this.#at);
    this.#apply('tick');
  }

  #answer(id: string | undefined, answer: (typeof createAnswers)[number]): void {
    if (id === undefined) return;
    this.#creates.delete(id);
    this.#apply(answer, id);
    if (this.#core.running(id)) return;
    if (answer === 'quota' && !this.#ending.has(id)) this.#model.refusedByQuota(id, this.#at);
    else this.#model.ended(id);
  }

  /** The workload ends, or is gone when that was asked for. */
  #finish(id: string | undefined): void {
    const job = id === undefined ? undefined : this.#core.running(id);
    if (id === undefined || !job || job.call === 'create') return;
    if (this.#ending.has(id)) this.#apply('missing', id);
    else if (job.creation === 'made') this.#apply('succeeded', id);
    if (!this.#core.running(id)) this.#model.ended(id);
  }

  #reachable(reachable: boolean): void {
    this.#model.reachable = reachable;
    this.#apply(reachable ? 'up' : 'down');
  }

  /** What was committed by the last turn is all that the new process knows; this turn is committed first. */
  #restart(): void {
    this.#turn();
    this.#core = this.#factory.restore(this.#rows.snapshot(), this.#settings, this.#at);
    this.#creates.clear();
    this.#model.restarted();
    if (this.#below(3) > 0) this.#reachable(true);
  }

  #drain(): void {
    this.#model.draining = true;
    this.#core.apply({ kind: 'drain_started', at: this.#at });
    this.#turn();
    this.#restart();
  }

  #turn(): void {
    const decisions = this.#core.plan(this.#at);
    this.#core.checkInvariants();
    this.#rows.commit(decisions);
    this.#follow(decisions);
    this.#compare();
  }

  #follow(decisions: readonly Decision[]): void {
    const wake = decisions.at(-1);
    this.#wakeAt = wake?.kind === 'wake_at' ? wake.at : undefined;
    const dispatched = decisions.filter((decision) => decision.kind === 'start_attempt');
    for (const decision of decisions) if (decision.kind === 'create_workload') this.#creates.add(decision.jobId);
    const expected = this.#model.dispatch(this.#at);
    same(
      'dispatched',
      dispatched.map(({ jobId }) => nameOf(jobId)),
      expected.map(nameOf),
    );
    for (const { dispatchSequence } of dispatched) {
      this.#dispatched += 1;
      same('the dispatch number', dispatchSequence, this.#dispatched);
    }
    this.#count('dispatches', dispatched.length);
    for (const id of expected) this.#notePassedOver(this.#model.running.get(id)?.passedOver ?? 0);
  }

  #compare(): void {
    const waiting = this.#model.inOrder();
    const positions = waiting.map((job) => this.#core.queuePosition(job.id));
    same('the positions', positions, [...waiting.keys()]);
    const rows = [...this.#rows.jobs.values()];
    const pending = rows.filter((row) => row.state === 'pending').map((row) => row.jobId);
    same('the pending rows', pending.sort(), waiting.map((job) => job.id).sort());
    const running = rows.filter((row) => row.state === 'running').map((row) => row.jobId);
    same('the running rows', running.sort(), [...this.#model.running.keys()].sort());
    if (running.length > this.#settings.maxConcurrency) throw new Error(`${running.length} jobs run at once`);
  }

  /** Nothing is submitted any more and all goes well: whoever still waits must get to run, in order. */
  #quietTime(): void {
    const until = this.#at + quietTimeMs;
    this.#reachable(true);
    while ([...this.#rows.jobs.values()].some((row) => !isFinished(row.state))) {
      if (this.#at > until) throw new Error(`starved: ${this.#model.inOrder().map((job) => nameOf(job.id))}`);
      for (const id of [...this.#creates]) this.#answer(id, 'made');
      for (const id of [...this.#model.running.keys()]) this.#finish(id);
      this.#turn();
      this.#at = Math.max(this.#at + 1, Math.min(this.#wakeAt ?? Number.POSITIVE_INFINITY, this.#at + 5_000));
      this.#model.timePassed(this.#at);
      this.#apply('tick');
    }
  }

  #apply(word: string, id?: string, options: Record<string, string> = {}): void {
    const event: CoreEvent = eventOf(word, this.#at, id === undefined ? '' : nameOf(id), options);
    this.#core.apply(event);
  }

  #anyJob(): string | undefined {
    return this.#pick([...this.#model.waiting.map((job) => job.id), ...this.#model.running.keys()]);
  }

  #notePassedOver(times: number): void {
    const { worst } = this.figures;
    worst.passed_over_by_more_important = Math.max(worst.passed_over_by_more_important ?? 0, times);
  }

  #count(name: string, by = 1): void {
    this.figures.counts[name] = (this.figures.counts[name] ?? 0) + by;
  }

  #below(limit: number): number {
    return Math.floor(this.#random.next() * limit);
  }

  #pick<T>(choices: readonly [T, ...T[]]): T;
  #pick<T>(choices: readonly T[]): T | undefined;
  #pick<T>(choices: readonly T[]): T | undefined {
    return choices[this.#below(choices.length)];
  }
}

function same(what: string, found: unknown, expected: unknown): void {
  const [a, b] = [JSON.stringify(found), JSON.stringify(expected)];
  if (a !== b) throw new Error(`${what}: the core says ${a}, the order says ${b}`);
}
