// The trial notices what it is there for: each of these cores has one mistake in it, and some seed must find it.
import { describe, expect, it } from 'vitest';
import { Core } from '../../../../internal/core/core.ts';
import { type CoreSnapshot, restoreCore } from '../../../../internal/core/restore.ts';
import type { PriorityQueue } from '../../../../internal/queue/priority-queue.ts';
import { type CoreFactory, coreTrial } from './core-trial.ts';

const seeds = Array.from({ length: 60 }, (_, index) => index + 1);

/** What the core's queues are patched with. */
type Mistake = (core: Core) => void;
type Forgetful = (snapshot: CoreSnapshot) => CoreSnapshot;

function coreWith(mistake: Mistake, forget: Forgetful = (snapshot) => snapshot): CoreFactory {
  const broken = (core: Core): Core => {
    mistake(core);
    return core;
  };
  return {
    create: (settings) => broken(new Core(settings)),
    restore: (snapshot, settings, at) => broken(restoreCore(forget(snapshot), settings, at)),
  };
}

/** Of the most important, the one accepted last. */
function lastInFirstOut(queue: PriorityQueue): void {
  queue.pop = () => {
    const first = queue.peek();
    const peers = [...queue.entries()].filter((entry) => entry.priority === first?.priority);
    const last = peers.at(-1);
    if (last) queue.remove(last.id);
    return last;
  };
}

const mistakesInMemory: Array<[string, Mistake]> = [
  ['of equal jobs the last one runs first', ({ state }) => lastInFirstOut(state.runnable)],
  ['the second in the queue runs first', ({ state }) => swapFirstTwo(state.runnable)],
  ['a new priority is forgotten', ({ state }) => Object.assign(state.runnable, { reprioritise: () => true })],
  ['a new priority costs a job its age', ({ state }) => loseAge(state.runnable)],
  ['a cancelled job stays in the queue', ({ state }) => Object.assign(state.runnable, { remove: () => true })],
  ['positions leave out refused jobs', ({ state }) => Object.assign(state.refused, { countBefore: () => 0 })],
  ['a refused job never comes back', ({ state }) => Object.assign(state.timers, { takeDue: () => [] })],
  ['a refused job does not step aside', (core) => after(core, 'create_refused', ({ state }) => moveAll(state))],
  ['the settle window is extended', (core) => after(core, 'job_submitted', ({ state }, at) => extend(state, at))],
  ['there is no settle window', (core) => after(core, 'job_submitted', ({ state }) => (state.settleUntil = undefined))],
  ['a draining server dispatches', (core) => after(core, 'drain_started', ({ state }) => (state.draining = false))],
  ['an outage does not stop dispatch', (core) => after(core, 'cluster_reachability_changed', becomeReachable)],
  ['one slot too many is given out', ({ state }) => (state.settings = { ...state.settings, maxConcurrency: 5 })],
];

const lapses: Array<[string, Forgetful]> = [
  ['of its priorities', ({ pending, ...rest }) => ({ ...rest, pending: { ...pending, priorities: zeros(pending) } })],
  ['of the job accepted last', ({ pending, ...rest }) => ({ ...rest, pending: { ...pending, count: less(pending) } })],
  ['of who holds a slot', (snapshot) => ({ ...snapshot, running: [] })],
  ['of the last acceptance number', (snapshot) => ({ ...snapshot, lastSequence: snapshot.lastSequence + 1 })],
  ['of the last dispatch number', (snapshot) => ({ ...snapshot, lastDispatchSequence: 0 })],
];

describe('the trial of the order', () => {
  it('finds nothing wrong with the real core', () => {
    for (const seed of seeds) expect(() => coreTrial(seed)).not.toThrow();
  });

  it('is the same for the same seed', () => {
    expect(coreTrial(7)).toEqual(coreTrial(7));
  });

  it.each(mistakesInMemory)('notices that %s', (_title, mistake) => {
    expect(seeds.some((seed) => fails(seed, coreWith(mistake)))).toBe(true);
  });

  it.each(lapses)('notices that a restart loses memory %s', (_title, forget) => {
    expect(
      seeds.some((seed) =>
        fails(
          seed,
          coreWith(() => {}, forget),
        ),
      ),
    ).toBe(true);
  });
});

function fails(seed: number, factory: CoreFactory): boolean {
  try {
    coreTrial(seed, factory);
    return false;
  } catch {
    return true;
  }
}

function swapFirstTwo(queue: PriorityQueue): void {
  const pop = queue.pop.bind(queue);
  queue.pop = () => {
    const second = queue.at(1);
    if (!second) return pop();
    queue.remove(second.id);
    return second;
  };
}

function loseAge(queue: PriorityQueue): void {
  let next = 1_000_000;
  queue.reprioritise = (id, priority) => {
    if (!queue.remove(id)) return false;
    next += 1;
    return queue.push(id, priority, next);
  };
}

function after(core: Core, kind: string, then: (core: Core, at: number) => void): void {
  const apply = core.apply.bind(core);
  core.apply = (event) => {
    const applied = apply(event);
    if (event.kind === kind) then(core, event.at);
    return applied;
  };
}

function moveAll(state: Core['state']): void {
  for (const { id, priority, sequence } of [...state.refused.entries()]) {
    state.refused.remove(id);
    state.runnable.push(id, priority, sequence);
  }
}

function extend(state: Core['state'], at: number): void {
  if (state.settleUntil !== undefined) state.settleUntil = at + state.settings.settleMs;
}

function becomeReachable(core: Core): void {
  core.state.clusterReachable = true;
}

function zeros({ count }: { count: number }): Int32Array {
  return new Int32Array(count);
}

function less({ count }: { count: number }): number {
  return Math.max(0, count - 1);
}
