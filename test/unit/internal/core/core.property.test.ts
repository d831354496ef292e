import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Core } from '../../../../internal/core/core.ts';
import type { Decision } from '../../../../internal/core/decisions.ts';
import type { CoreEvent } from '../../../../internal/core/events.ts';
import type { CoreSettings } from '../../../../internal/core/state.ts';
import { type AttemptRules, isFinished } from '../../../../pkg/models/index.ts';
import { coreSettings, eventOf, idOf, nameOf, rulesOf } from '../../../support/core-builders.ts';
import { CoreModel } from '../../../support/core-model.ts';
import { CoreWorld } from '../../../support/core-world.ts';

const settings = fc.record({
  maxConcurrency: fc.integer({ min: 1, max: 4 }),
  settleMs: fc.constantFrom(0, 100),
  jobTtlMs: fc.constantFrom(0, 1_000, 3_600_000),
});
const pause = fc.constantFrom(0, 0, 0, 1, 50, 100, 500, 2_000, 31_000, 95_000);

type Recorded = {
  settings: CoreSettings;
  steps: Array<{ event: CoreEvent } | { planAt: number }>;
  decisions: Decision[];
};

/** A core under watch: the model, the invariants and a record for the replay. */
class Watched {
  readonly core: Core;
  readonly record: Recorded;
  readonly model: CoreModel;
  readonly rules = new Map<string, AttemptRules>();
  readonly attempts = new Map<string, number>();
  at = 0;
  /** Nothing was applied since the last plan. */
  planned = true;

  constructor(chosen: Partial<CoreSettings>) {
    const complete = coreSettings(chosen);
    this.core = new Core(complete);
    this.model = new CoreModel(complete);
    this.record = { settings: complete, steps: [], decisions: [] };
    this.apply(eventOf('up', 0, ''));
  }

  apply(event: CoreEvent): void {
    this.record.steps.push({ event });
    this.planned = false;
    this.model.before(event, this.core);
    this.core.apply(event);
  }

  plan(): Decision[] {
    this.record.steps.push({ planAt: this.at });
    const decisions = this.core.plan(this.at, () => this.rules);
    this.planned = true;
    for (const decision of decisions) {
      if (decision.kind === 'start_attempt') this.attempts.set(decision.jobId, decision.attempt);
    }
    this.record.decisions.push(...decisions);
    this.core.checkInvariants();
    this.model.decided(decisions, this.at, this.core);
    return decisions;
  }

  submit(priority: number, options: Record<string, string> = {}): void {
    const name = `j${this.model.jobs.size}`;
    this.rules.set(idOf(name), rulesOf(options));
    this.apply(eventOf('submit', this.at, name, { ...options, prio: String(priority) }));
  }

  /** As the engine asks for it: with what the row says, and of a finished job only. */
  retry(name: string): void {
    const job = this.model.jobs.get(idOf(name));
    if (!job || !isFinished(job.state)) return;
    const attempts = this.attempts.get(idOf(name)) ?? 0;
    const row = { prio: String(job.priority), seq: String(job.sequence), attempts: String(attempts) };
    this.apply(eventOf('retry', this.at, name, row));
  }

  checkReplay(): void {
    const again = new Core(this.record.settings);
    const decisions: Decision[] = [];
    for (const step of this.record.steps) {
      if ('event' in step) again.apply(step.event);
      else decisions.push(...again.plan(step.planAt, () => this.rules));
    }
    expect(decisions).toEqual(this.record.decisions);
    expect(again.digest()).toBe(this.core.digest());
  }
}

/** Conditions and rules of chance; what a job waits for is one that there is. */
function oddOptions({ model, at }: Watched, odd: number): Record<string, string> {
  const other = [...model.jobs].at(odd % Math.max(1, model.jobs.size));
  const on = ['success', 'failure', 'finish'][odd % 3] as string;
  const finished = other && isFinished(other[1].state) ? `/${other[1].state}` : '';
  return {
    ...(odd & 1 && { hold: 'yes' }),
    ...(odd & 2 && { start: String(at + (odd % 3_000)) }),
    ...(odd & 4 && { expires: String(at + (odd % 50_000)) }),
    ...(odd & 8 && other && { after: `${nameOf(other[0])}:${on}${finished}` }),
    ...(odd & 16 && { retries: String(odd % 4), backoff: String(odd % 2_000), on: 'failed,deleted,timeout,exit:7' }),
    ...(odd & 32 && { timeout: String(1 + (odd % 20_000)) }),
  };
}

describe('the core under any sequence of events', () => {
  const words = [
    ...['submit', 'submit', 'submit', 'tick', 'tick', 'cancel', 'priority', 'made', 'refused', 'quota', 'unknown'],
    ...['give-way', 'give-way'],
    ...['hold', 'release', 'pause', 'resume', 'resume', 'cap', 'retry', 'submit-odd', 'submit-odd'],
    ...[
      'unread',
      'deleted',
      'delete-failed',
      'delete-missing',
      'missing',
      'runs',
      'unschedulable',
      'succeeded',
      'failed',
      'up',
      'down',
    ],
  ];
  const step = fc.record({
    word: fc.constantFrom(...words),
    job: fc.nat(20),
    attempt: fc.constantFrom(1, 1, 1, 1, 2),
    priority: fc.integer({ min: -2, max: 2 }),
    pauseMs: pause,
    sameTurn: fc.boolean(),
    odd: fc.nat(1_000_000),
  });

  it('keeps its invariants, the cap and the exact order, nonsense included, and replays to the same end', () => {
    fc.assert(
      fc.property(settings, fc.array(step, { minLength: 1, maxLength: 120, size: 'max' }), (chosen, steps) => {
        const watched = new Watched(chosen);
        for (const { word, job, attempt, priority, pauseMs, sameTurn, odd } of steps) {
          watched.at += pauseMs;
          const name = `j${job % Math.max(1, watched.model.jobs.size)}/${attempt}`;
          if (word === 'submit') watched.submit(priority);
          else if (word === 'submit-odd') {
            if (!watched.planned) watched.plan();
            watched.submit(priority, oddOptions(watched, odd));
          } else if (word === 'retry') {
            if (!watched.planned) watched.plan();
            watched.retry(name.split('/')[0] as string);
          } else watched.apply(eventOf(word, watched.at, name, { prio: String(priority), to: String(1 + (odd % 5)) }));
          if (!sameTurn) watched.plan();
        }
        watched.plan();
        watched.checkReplay();
      }),
      { numRuns: 500 },
    );
  });
});

describe('the core in a world that loses answers', () => {
  const step = fc.record({
    what: fc.constantFrom(
      'submit',
      'cancel',
      'give-way',
      'priority',
      'answer',
      'answer',
      'answer',
      'happen',
      'happen',
      'tick',
      'flip',
    ),
    pick: fc.nat(30),
    how: fc.nat(1_000_000),
    priority: fc.integer({ min: -2, max: 2 }),
    pauseMs: pause,
  });
  type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

  function take(watched: Watched, world: CoreWorld, { what, pick, how, priority }: Step): void {
    const name = `j${pick % Math.max(1, watched.model.jobs.size)}`;
    const about = `${name}/${watched.core.running(idOf(name))?.attempt ?? 1}`;
    const event = (word: string, options = {}) => watched.apply(eventOf(word, watched.at, about, options));
    if (what === 'submit') watched.submit(priority);
    else if (what === 'answer') world.answer(pick, how, watched.at);
    else if (what === 'happen') world.happen(pick, how, watched.at);
    else if (what === 'flip') event(watched.core.state.clusterReachable ? 'down' : 'up');
    else event(what, { prio: String(priority) });
  }

  function turn(watched: Watched, world: CoreWorld): number | undefined {
    const decisions = watched.plan();
    world.decided(decisions, watched.at);
    const wake = decisions.at(-1);
    return wake?.kind === 'wake_at' ? wake.at : undefined;
  }

  /** Until every job is finished, or for ten minutes of the world's time. */
  function goWell(watched: Watched, world: CoreWorld): void {
    const until = watched.at + 600_000;
    const unfinished = () => [...watched.model.jobs.values()].some((job) => !isFinished(job.state));
    watched.apply(eventOf('up', watched.at, ''));
    while (unfinished() && watched.at < until) {
      world.allGoesWell(watched.at);
      watched.apply(eventOf('tick', watched.at, ''));
      const wakeAt = turn(watched, world) ?? watched.at + 1_000;
      watched.at = Math.min(Math.max(watched.at + 1, wakeAt), watched.at + 1_000);
    }
    const left = [...watched.model.jobs].filter(([, job]) => !isFinished(job.state));
    expect(left).toEqual([]);
  }

  it('never gives up a slot whose workload is there or may still come, and finishes every job once all goes well', () => {
    fc.assert(
      fc.property(settings, fc.array(step, { minLength: 1, maxLength: 150, size: 'max' }), (chosen, steps) => {
        const watched = new Watched(chosen);
        const world = new CoreWorld(watched.core, (event) => watched.apply(event));
        for (const one of steps) {
          watched.at += one.pauseMs;
          world.pass(watched.at);
          take(watched, world, one);
          turn(watched, world);
        }
        goWell(watched, world);
        watched.checkReplay();
      }),
      { numRuns: 500 },
    );
  });
});
