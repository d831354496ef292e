// What people set for the whole queue: nothing starts while it is paused, whatever restarted in between; nothing is set
// that nobody asked for; and what somebody was told is set is written.
import type { Checker, Settings, TraceEntry } from '../trace.ts';
import { Findings } from './findings.ts';

type Committed = Extract<TraceEntry, { kind: 'committed' }>;

export class SettingsChecker implements Checker {
  readonly #found = new Findings();
  readonly #inForce: Settings = {};
  /** What may be set in this life of the program. */
  #asked: Settings[] = [];
  #lastAsked = 0;

  see(entry: TraceEntry): void {
    if (entry.kind === 'started') {
      const { maxConcurrency, isCapGiven } = entry;
      this.#asked = isCapGiven ? [{ maxConcurrency }] : [];
    }
    if (entry.kind === 'settings_asked') {
      this.#asked.push(entry.settings);
      this.#lastAsked = entry.asked;
    }
    if (entry.kind === 'settings_answered' && entry.asked === this.#lastAsked) this.#checkAnswer(entry);
    if (entry.kind === 'committed') this.#committed(entry);
  }

  violations(): readonly string[] {
    return this.#found.sentences;
  }

  #committed({ at, commit }: Committed): void {
    for (const [name, value] of Object.entries(commit.settings)) {
      if (this.#asked.some((asked) => asked[name as keyof Settings] === value)) continue;
      this.#found.add(`settings: ${name} is ${value} from ${at} on, and nobody asked for that`);
    }
    Object.assign(this.#inForce, commit.settings);
    if (!this.#inForce.paused || commit.attempts.length === 0) return;
    const jobIds = commit.attempts.map(({ jobId }) => jobId);
    this.#found.add(`settings: ${jobIds.join(' ')} was started at ${at} while the queue was paused`);
  }

  #checkAnswer({ at, settings }: Extract<TraceEntry, { kind: 'settings_answered' }>): void {
    for (const [name, value] of Object.entries(settings)) {
      if (this.#inForce[name as keyof Settings] === value) continue;
      this.#found.add(`settings: at ${at} somebody was told that ${name} is ${value}, and it is not written`);
    }
  }
}
