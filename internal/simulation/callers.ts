// Everybody outside the program, by chance: callers who submit, cancel, change priorities and read; somebody who deletes
// other people's Jobs; operators who stop, kill and set up the program anew; and the machine's wall clock.
import type { Weather } from './weather.ts';
import { oneOf } from './weather.ts';
import type { Submission, World } from './world.ts';

/** Callers wait while so many jobs for each slot are unfinished, so that ten minutes can be enough for all. */
const backlogPerSlot = 25;
/** What a new cap may be; the backlog is measured by the smallest that can come. */
const caps = [1, 2, 3, 5, 8];
const jumpsMs = [-240_000, -30_000, -2_000, 2_000, 30_000, 600_000, 86_400_000];

export class Callers {
  readonly #world: World;
  readonly #weather: Weather;
  readonly #accepted: string[] = [];
  #submitted = 0;
  /** Submissions that this life of the program has not answered yet. */
  #waiting = { start: 0, count: 0 };
  #longestSetBackMs = 0;

  constructor(world: World, weather: Weather) {
    this.#world = world;
    this.#weather = weather;
  }

  get submitted(): number {
    return this.#submitted;
  }

  /** By how much times that were written may lie in the future of a later program. */
  get longestSetBackMs(): number {
    return this.#longestSetBackMs;
  }

  async deed(): Promise<void> {
    if (await this.#rareDeed()) return;
    if (!this.#world.program) return;
    const dice = this.#world.random.next();
    if (dice < 0.6) this.#submit();
    else if (dice < 0.68) for (let count = this.#upTo(8); count > 0; count -= 1) this.#submit();
    else if (dice < 0.84) void this.#onSome((jobId) => this.#world.cancel(jobId));
    else void this.#onSome((jobId) => this.#world.reprioritise(jobId, this.#priority()));
  }

  /** What readers are told that the rows do not say. Only while no commit is under way, for then the rows may be ahead. */
  misread(): string[] {
    const { program, isCommitting, trace } = this.#world;
    if (!program?.engine.storeAvailable || isCommitting || program.engine.view.pendingCount === 0) return [];
    const told = program.engine.view.pending(1_000).map(({ id }) => id);
    const waiting = [...trace.rows.pending.values()];
    waiting.sort((a, b) => b.priority - a.priority || a.sequence - b.sequence);
    const expected = waiting.map(({ jobId }) => jobId);
    if (told.join() === expected.join()) return [];
    return [`misread: readers see ${told.length} pending jobs, the rows have ${expected.length}, or in another order`];
  }

  async #rareDeed(): Promise<boolean> {
    const { outsiders, outages, clockJumps, capChanges, crashes } = this.#weather;
    const world = this.#world;
    let dice = world.random.next();
    const falls = (share: number): boolean => {
      dice -= share;
      return dice < 0;
    };
    if (falls(outsiders)) await this.#onSome((jobId) => world.deleteWorkload(jobId, this.#propagation()));
    else if (falls(outages)) world.setReachable(false);
    else if (falls(2 * outages)) world.setReachable(true);
    else if (falls(clockJumps)) this.#jump();
    else if (falls(capChanges)) this.#changeCap();
    else if (falls(0.02 * crashes)) world.crash();
    else if (falls(0.01 * crashes)) void world.stop();
    else return false;
    return true;
  }

  #submit(): void {
    if (this.#backlog() > this.#mostBacklog()) return;
    this.#submitted += 1;
    const annotations = {
      'kubejobs.io/simulate-duration': `${this.#upTo(this.#chance(0.2) ? 40_000 : 5_000)}ms`,
      'kubejobs.io/simulate-exit-code': this.#chance(0.2) ? String(this.#upTo(255)) : '0',
    };
    const name = `job-${this.#submitted}`;
    const submission: Submission = { name, priority: this.#priority(), queue: 'default', annotations, workload: {} };
    const waiting = this.#waiting;
    waiting.count += 1;
    void this.#world.submit(submission).then((answer) => {
      waiting.count -= 1;
      if (answer?.ok) this.#accepted.push(answer.value.jobId);
    });
  }

  #backlog(): number {
    const { trace, starts } = this.#world;
    if (this.#waiting.start !== starts) this.#waiting = { start: starts, count: 0 };
    return trace.rows.pending.size + trace.rows.running.size + this.#waiting.count;
  }

  #mostBacklog(): number {
    const { capChanges, settings } = this.#weather;
    return backlogPerSlot * (capChanges > 0 ? Math.min(...caps) : settings.maxConcurrency);
  }

  /** One of the newer jobs, for the older ones are finished; mostly one that is not. */
  async #onSome(deed: (jobId: string) => Promise<void>): Promise<void> {
    const { pending, running } = this.#world.trace.rows;
    const dice = this.#world.random.next();
    const candidates = dice < 0.4 ? [...running.keys()] : dice < 0.7 ? [...pending.keys()] : this.#accepted.slice(-12);
    if (candidates.length > 0) await deed(oneOf(this.#world.random, candidates));
  }

  #jump(): void {
    const byMs = oneOf(this.#world.random, jumpsMs);
    if (byMs < 0) this.#longestSetBackMs -= byMs;
    this.#world.jumpClock(byMs);
    this.#world.crash();
  }

  /** The next start has another cap; here it comes soon. */
  #changeCap(): void {
    const { settings } = this.#weather;
    const { coverage, random, trace } = this.#world;
    const before = settings.maxConcurrency;
    settings.maxConcurrency = oneOf(random, caps);
    if (settings.maxConcurrency > before) coverage.add('cap_raised', ['any']);
    if (settings.maxConcurrency < before) coverage.add('cap_lowered', ['any']);
    if (settings.maxConcurrency < trace.rows.running.size) coverage.add('cap_lowered', ['below_what_runs']);
    if (this.#chance(0.5)) this.#world.crash();
    else void this.#world.stop();
  }

  #propagation(): 'foreground' | 'background' {
    return this.#chance(0.5) ? 'foreground' : 'background';
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
