// Everybody outside the program, by chance: callers who submit, cancel, hold, release, change priorities, run again and
// read; somebody who deletes other people's Jobs; operators who pause, resume, set the cap, stop, kill and set up the
// program anew; and the machine's wall clock.
import { Requests } from './requests.ts';
import type { Weather } from './weather.ts';
import { oneOf } from './weather.ts';
import { Wishes } from './wishes.ts';
import type { World } from './world.ts';

/** Callers wait while so many jobs for each slot are unfinished, so that ten minutes can be enough for all. */
const backlogPerSlot = 25;
/** What a new cap may be; the backlog is measured by the smallest that can come. */
const caps = [1, 2, 3, 5, 8];
/** Jobs that gave way so often are left alone: the next wait would be longer than ten minutes allow. */
const mostGivingWay = 4;
const jumpsMs = [-240_000, -30_000, -2_000, 2_000, 30_000, 600_000, 86_400_000];

export class Callers {
  readonly #world: World;
  readonly #weather: Weather;
  readonly #wishes: Wishes;
  readonly #requests: Requests;
  #longestSetBackMs = 0;

  constructor(world: World, weather: Weather) {
    this.#world = world;
    this.#weather = weather;
    this.#requests = new Requests(world);
    this.#wishes = new Wishes({
      random: world.random,
      rules: weather.rules,
      results: weather.results,
      now: () => world.clock.now(),
      known: () => this.#requests.accepted.slice(-8),
    });
  }

  get submitted(): number {
    return this.#wishes.count;
  }

  /** By how much times that were written may lie in the future of a later program. */
  get longestSetBackMs(): number {
    return this.#longestSetBackMs;
  }

  async deed(): Promise<void> {
    if ((await this.#rareDeed()) || !this.#world.program || this.#personsDeed()) return;
    const dice = this.#world.random.next();
    if (dice < 0.6) this.#submit(1);
    else if (dice < 0.68) for (let count = this.#upTo(8); count > 0; count -= 1) this.#submit(1);
    else if (dice < 0.84) void this.#onSome((jobId) => this.#world.cancel(jobId));
    else void this.#onSome((jobId) => this.#world.reprioritise(jobId, this.#wishes.priority()));
  }

  /** Nobody holds, pauses or waits for an answer any more. False while somebody still has to be asked for that. */
  letGo(): boolean {
    const { program, trace } = this.#world;
    if (!program?.engine.storeAvailable) return false;
    const held = [...trace.rows.waiting.values()].filter(({ state }) => state === 'held');
    for (const { jobId } of held) void this.#world.hold(jobId, false);
    if (trace.rows.settings.paused) void this.#world.configure({ paused: false });
    return this.#requests.askAll() && held.length === 0;
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

  #personsDeed(): boolean {
    const { keys, batches, holds, retries, pauses, capSettings, givingWay } = this.#weather;
    const world = this.#world;
    let dice = world.random.next();
    const falls = (share: number): boolean => {
      dice -= share;
      return dice < 0;
    };
    if (falls(holds)) this.#hold();
    else if (falls(retries)) void this.#onFinished((jobId) => world.retry(jobId));
    else if (falls(pauses)) void world.configure({ paused: !world.trace.rows.settings.paused });
    else if (falls(capSettings)) void world.configure({ maxConcurrency: oneOf(world.random, caps) });
    else if (falls(0.2 * keys)) this.#requests.again();
    else if (falls(0.03 * keys)) this.#requests.misuse(this.#wishes.next());
    else if (falls(batches)) this.#submit(1 + this.#upTo(5));
    else if (falls(givingWay)) this.#haveOneGiveWay();
    else return false;
    return true;
  }

  /** Releases as often as it holds, lest everything be held in the end. */
  #hold(): void {
    const { rows } = this.#world.trace;
    const held = [...rows.waiting.values()].filter(({ state }) => state === 'held');
    if (held.length > 0 && this.#chance(0.6)) void this.#world.hold(oneOf(this.#world.random, held).jobId, false);
    else void this.#onSome((jobId) => this.#world.hold(jobId, true));
  }

  /** Mostly a running attempt, the more often one that may be retried, for there is more to get wrong with it; now and then one that is over, as when the news of its end crosses the request. */
  #haveOneGiveWay(): void {
    const { random, trace } = this.#world;
    const running = [...trace.rows.running.values()].filter(({ gaveWayTimes = 0 }) => gaveWayTimes < mostGivingWay);
    if (running.length === 0) return;
    const retried = running.filter(({ rules }) => rules?.retries);
    const job = oneOf(random, retried.length > 0 && this.#chance(0.5) ? retried : running);
    this.#world.giveWay(job.jobId, this.#chance(0.9) ? job.attempt : Math.max(1, job.attempt - 1));
  }

  async #onFinished(deed: (jobId: string) => Promise<void>): Promise<void> {
    const { random, trace } = this.#world;
    const finished = this.#requests.accepted.slice(-40).filter((jobId) => trace.rows.jobs.get(jobId)?.finishedAt);
    if (finished.length > 0 && this.#hasRoom()) await deed(oneOf(random, finished));
  }

  #submit(count: number): void {
    if (!this.#hasRoom()) return;
    const submissions = Array.from({ length: count }, () => this.#wishes.next());
    this.#requests.send(submissions, this.#chance(this.#weather.keys));
  }

  #hasRoom(): boolean {
    const { pending, running, waiting } = this.#world.trace.rows;
    return pending.size + running.size + waiting.size + this.#requests.waiting <= this.#mostBacklog();
  }

  #mostBacklog(): number {
    const { capChanges, capSettings, settings } = this.#weather;
    return backlogPerSlot * (capChanges + capSettings > 0 ? Math.min(...caps) : settings.maxConcurrency);
  }

  /** One of the newer jobs, for the older ones are finished; mostly one that is not. */
  async #onSome(deed: (jobId: string) => Promise<void>): Promise<void> {
    const { pending, running, waiting } = this.#world.trace.rows;
    const dice = this.#world.random.next();
    const inState = dice < 0.35 ? running : dice < 0.6 ? pending : dice < 0.75 ? waiting : undefined;
    const candidates = inState ? [...inState.keys()] : this.#requests.accepted.slice(-12);
    if (candidates.length > 0) await deed(oneOf(this.#world.random, candidates));
  }

  #jump(): void {
    const byMs = oneOf(this.#world.random, jumpsMs);
    if (byMs < 0) this.#longestSetBackMs -= byMs;
    if (byMs >= 86_400_000) this.#requests.forgetKeys();
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

  #upTo(most: number): number {
    return 1 + Math.floor(this.#world.random.next() * most);
  }

  #chance(share: number): boolean {
    return this.#world.random.next() < share;
  }
}
