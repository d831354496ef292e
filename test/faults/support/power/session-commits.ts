// What a session writes: commits as a server's turns make them, from one seed, so that the process that writes and the one
// that checks know the same without talking. Jobs are accepted, dispatched, finished, cancelled and moved.
import { type Random, seededRandom } from '../../../../internal/platform/random.ts';
import { type Commit, emptyCommit } from '../../../../internal/store/store.ts';
import { idOf, storedAttempt, storedJob } from '../../../support/store-builders.ts';

interface Known {
  sequence: number;
  state: 'pending' | 'running';
}

const actions = ['accept', 'accept', 'finish', 'dispatch', 'cancel', 'move'] as const;
type Action = (typeof actions)[number];

/** The commits of a session, in order; a longer session begins like a shorter one of the same seed. */
export function sessionCommits(seed: number, count: number): Commit[] {
  const turns = new Turns(seededRandom(seed));
  return Array.from({ length: count }, () => turns.next());
}

class Turns {
  readonly #random: Random;
  #last = 0;
  #dispatched = 0;
  #at = 1_000;
  #jobs: Known[] = [];

  constructor(random: Random) {
    this.#random = random;
  }

  next(): Commit {
    const commit = emptyCommit();
    this.#at += 10;
    const count = 1 + this.#below(3);
    for (let action = 0; action < count; action += 1) this.#act(commit);
    return commit;
  }

  #act(commit: Commit): void {
    const action = actions[this.#below(actions.length)] as Action;
    const job = action === 'accept' ? undefined : this.#take(action === 'finish' ? 'running' : 'pending');
    if (!job) this.#accept(commit);
    else if (action === 'finish') this.#finish(commit, job);
    else if (action === 'dispatch') this.#dispatch(commit, job);
    else if (action === 'cancel') this.#cancel(commit, job);
    else this.#move(commit, job);
  }

  #below(limit: number): number {
    return Math.floor(this.#random.next() * limit);
  }

  /** One that this commit does not touch yet may be taken; it is put back by whoever still needs it. */
  #take(state: Known['state']): Known | undefined {
    const candidates = this.#jobs.filter((job) => job.state === state);
    const job = candidates[this.#below(candidates.length)];
    this.#jobs = this.#jobs.filter((other) => other !== job);
    return job;
  }

  #accept(commit: Commit): void {
    this.#last += 1;
    const sequence = this.#last;
    const labels = this.#below(3) === 0 ? { team: `t${this.#below(3)}` } : undefined;
    const long = this.#below(8) === 0 ? 'x'.repeat(6_000) : 'short';
    commit.inserts.push(
      storedJob(sequence, {
        priority: this.#below(10),
        createdAt: this.#at,
        workload: { args: [long] },
        ...(labels && { labels }),
      }),
    );
    this.#jobs.push({ sequence, state: 'pending' });
  }

  #dispatch(commit: Commit, job: Known): void {
    this.#dispatched += 1;
    const jobId = idOf(job.sequence);
    const at = this.#at;
    const attempt = storedAttempt(1, { dispatchSequence: this.#dispatched, dispatchedAt: at });
    commit.attempts.push({ jobId, attempt });
    commit.jobChanges.push({ jobId, set: { state: 'running', reason: null, attempt: 1, startedAt: at } });
    commit.timeline.push({ jobId, entry: { at, state: 'running', attempt: 1 } });
    this.#jobs.push({ ...job, state: 'running' });
  }

  #finish(commit: Commit, job: Known): void {
    const jobId = idOf(job.sequence);
    const at = this.#at;
    const set = { finishedAt: at, outcome: 'failed', reason: 'exit_code', exitCode: 3, cleanupAt: at + 9 } as const;
    commit.attemptChanges.push({ jobId, attempt: 1, set });
    commit.jobChanges.push({ jobId, set: { state: 'failed', reason: 'exit_code', exitCode: 3, finishedAt: at } });
    commit.timeline.push({ jobId, entry: { at, state: 'failed', reason: 'exit_code', attempt: 1 } });
  }

  #cancel(commit: Commit, job: Known): void {
    const jobId = idOf(job.sequence);
    const at = this.#at;
    commit.jobChanges.push({ jobId, set: { state: 'cancelled', reason: 'by_user', finishedAt: at } });
    commit.timeline.push({ jobId, entry: { at, state: 'cancelled', reason: 'by_user' } });
  }

  #move(commit: Commit, job: Known): void {
    commit.jobChanges.push({ jobId: idOf(job.sequence), set: { priority: this.#below(10) } });
    this.#jobs.push(job);
  }
}
