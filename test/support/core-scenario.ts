// Scenarios of the core as lines of text. A line is `t=<ms> <word> <job> <option>=<value>`: the time stays until the next
// `t=`, the words are those of eventOf. Events up to the next line of another kind or time are one turn.
//
//   expect dispatch a, b failed create_refused     exactly these decisions of the last turn, in any order
//   expect nothing
//   expect a is held                               where a job waits: held, blocked, scheduled
//   expect a at 0 · expect a waits: settling · expect pending a b · expect running a b · expect wake 100 · expect no wake
//   expect row a creation=unknown unknownAt=5      columns of the newest attempt, `-` for one that is not set
//
// What a turn decided and no line expected fails the scenario. The invariants are checked after every turn.
import { Core } from '../../internal/core/core.ts';
import type { Decision } from '../../internal/core/decisions.ts';
import type { CoreSettings } from '../../internal/core/state.ts';
import type { AttemptColumns, AttemptRules } from '../../pkg/models/index.ts';
import { coreSettings, eventOf, idOf, linesOf, nameOf, rulesOf } from './core-builders.ts';

type Options = Partial<CoreSettings> & { core?: Core };

/** Plays the lines on a core whose cluster is reachable, unless one is given; returns it. Throws at the first line that is wrong. */
export function play(options: Options, script: string): Core {
  const { core = reachableCore(options) } = options;
  const player = new Player(core);
  for (const line of script.split('\n')) {
    try {
      player.line(line.replace(/#.*/, '').trim());
    } catch (error) {
      throw new Error(`${line.trim()}\n  ${(error as Error).message}`, { cause: error });
    }
  }
  player.end();
  return core;
}

export function reachableCore({ core: _core, ...settings }: Options = {}): Core {
  const core = new Core(coreSettings(settings));
  core.apply({ kind: 'cluster_reachability_changed', at: 0, reachable: true });
  return core;
}

class Player {
  readonly #core: Core;
  readonly #rows = new Map<string, Record<string, unknown>>();
  readonly #rules = new Map<string, AttemptRules>();
  #at = 0;
  #planned = true;
  #decisions: Decision[] = [];
  #unexpected: string[] = [];

  constructor(core: Core) {
    this.#core = core;
  }

  line(text: string): void {
    if (text === '') return;
    const [, time, rest = ''] = /^(?:t=(\d+)\s*)?(.*)$/.exec(text) ?? [];
    if (time !== undefined && Number(time) !== this.#at) {
      this.#plan();
      this.#at = Number(time);
    }
    if (rest.startsWith('expect ')) this.#expect(rest.slice('expect '.length).trim());
    else if (rest !== '') this.#event(rest);
  }

  end(): void {
    this.#plan();
    this.#nothingLeft();
  }

  #event(text: string): void {
    if (this.#planned) this.#nothingLeft();
    const [word = '', ...parts] = text.split(/\s+/);
    const options = Object.fromEntries(parts.filter((part) => part.includes('=')).map((part) => part.split('=')));
    const name = parts[0]?.split('/')[0] ?? '';
    if (word === 'submit') this.#rules.set(idOf(name), rulesOf(options));
    this.#core.apply(eventOf(word, this.#at, parts[0]?.includes('=') ? '' : (parts[0] ?? ''), options));
    this.#planned = false;
  }

  #plan(): void {
    if (this.#planned) return;
    this.#decisions = this.#core.plan(this.#at, () => this.#rules);
    this.#core.checkInvariants();
    this.#unexpected = linesOf(this.#decisions);
    this.#planned = true;
    for (const decision of this.#decisions) this.#record(decision);
  }

  #record(decision: Decision): void {
    if (decision.kind === 'start_attempt') this.#rows.set(nameOf(decision.jobId), { creation: 'requested' });
    if (decision.kind === 'change_attempt') this.#change(nameOf(decision.jobId), decision.set);
    if (decision.kind === 'change_job' && decision.set.gaveWayTimes)
      this.#rules.set(decision.jobId, { ...this.#rules.get(decision.jobId), gaveWayTimes: decision.set.gaveWayTimes });
  }

  #change(name: string, set: AttemptColumns): void {
    this.#rows.set(name, { ...this.#rows.get(name), ...set });
  }

  #expect(text: string): void {
    this.#plan();
    const [first = '', ...words] = text.split(/\s+/);
    if (text === 'nothing') this.#nothingLeft();
    else if (first === 'pending') equal(this.#pending(), words);
    else if (first === 'running') equal(this.#running(), words);
    else if (first === 'wake') equal(this.#wake(), Number(words[0]));
    else if (text === 'no wake') equal(this.#wake(), undefined);
    else if (first === 'row') this.#expectRow(words);
    else if (words[0] === 'at') equal(this.#core.queuePosition(idOf(first)), Number(words[1]));
    else if (words[0] === 'is') equal(this.#core.state.waiting.get(idOf(first))?.state, words[1]);
    else if (words[0] === 'waits:') equal(this.#core.pendingReason(idOf(first)), words[1]);
    else for (const line of text.split(/,\s*/)) this.#expectLine(line);
  }

  #expectLine(line: string): void {
    const index = this.#unexpected.indexOf(line);
    if (index < 0) throw new Error(`was not decided; what was: ${this.#unexpected.join(', ') || 'nothing'}`);
    this.#unexpected.splice(index, 1);
  }

  #expectRow([name = '', ...columns]: string[]): void {
    for (const column of columns) {
      const [key = '', value = ''] = column.split('=');
      const found = this.#rows.get(name)?.[key] ?? '-';
      if (String(found) !== value) throw new Error(`${key} of ${name} is ${String(found)}`);
    }
  }

  #nothingLeft(): void {
    if (this.#unexpected.length > 0) throw new Error(`was decided, but not expected: ${this.#unexpected.join(', ')}`);
  }

  #pending(): string[] {
    const { runnable, refused } = this.#core.state;
    const entries = [...runnable.entries(), ...refused.entries()].map((entry) => nameOf(entry.id));
    return entries.sort((a, b) => this.#core.queuePosition(idOf(a)) - this.#core.queuePosition(idOf(b)));
  }

  #running(): string[] {
    return this.#core.runningInOrder().map((job) => nameOf(job.jobId));
  }

  #wake(): number | undefined {
    const wake = this.#decisions.at(-1);
    return wake?.kind === 'wake_at' ? wake.at : undefined;
  }
}

function equal(found: unknown, wanted: unknown): void {
  if (JSON.stringify(found) !== JSON.stringify(wanted)) throw new Error(`it is ${JSON.stringify(found)}`);
}
