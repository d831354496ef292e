// The submissions that callers send: one job or several, some under an idempotency key. Who sent a key and heard nothing,
// or a failure, sends the same again, and so does now and then one who had an answer, at the same moment or much later; or
// somebody uses the key for something else. A request without a key is never sent twice.
import type { Random } from '../platform/random.ts';
import type { Key, Submission } from './trace.ts';
import { oneOf } from './weather.ts';
import type { SubmissionAnswer, World } from './world.ts';

interface Request {
  submissions: readonly Submission[];
  key: Key;
  isAnswered: boolean;
  isAccepted: boolean;
}

/** Answers to ask again after. */
const laterCodes: ReadonlySet<string> = new Set(['store_unavailable', 'shutting_down']);
/** So many requests are remembered, the newest. */
const remembered = 12;

export class Requests {
  readonly #world: World;
  readonly #keyed: Request[] = [];
  readonly #accepted: string[] = [];
  #keys = 0;
  /** Jobs that this life of the program has not answered for yet. */
  #waiting = { start: 0, count: 0 };

  constructor(world: World) {
    this.#world = world;
  }

  /** The ids of accepted jobs, in the order of the answers. */
  get accepted(): readonly string[] {
    return this.#accepted;
  }

  get waiting(): number {
    return this.#waitingNow().count;
  }

  send(submissions: readonly Submission[], isKeyed: boolean): void {
    if (!isKeyed) return void this.#send(submissions);
    this.#keys += 1;
    const key = { key: `key-${this.#keys}`, fingerprint: submissions.map(({ name }) => name).join() };
    const request: Request = { submissions, key, isAnswered: false, isAccepted: false };
    this.#keyed.push(request);
    if (this.#keyed.length > remembered) this.#keyed.shift();
    this.#sendKeyed(request);
    if (this.#random.next() < 0.1) this.#sendKeyed(request);
  }

  /** One of the newest requests once more, rather one that had no answer. */
  again(): void {
    const open = this.#keyed.filter(({ isAnswered }) => !isAnswered);
    const candidates = open.length > 0 && this.#random.next() < 0.7 ? open : this.#keyed;
    if (candidates.length > 0) this.#sendKeyed(oneOf(this.#random, candidates));
  }

  /** Another request under a key that stands for a job. */
  misuse(submission: Submission): void {
    const used = this.#keyed.filter(({ isAccepted }) => isAccepted);
    if (used.length === 0) return;
    const { key } = oneOf(this.#random, used).key;
    this.#world.coverage.add('key_reused', ['any']);
    void this.#send([submission], { key, fingerprint: submission.name });
  }

  /** Everybody who still waits asks again; false when somebody did. */
  askAll(): boolean {
    const open = this.#keyed.filter(({ isAnswered }) => !isAnswered);
    for (const request of open) this.#sendKeyed(request);
    return open.length === 0;
  }

  /** A key stands for its answer for a day only. */
  forgetKeys(): void {
    this.#keyed.length = 0;
  }

  get #random(): Random {
    return this.#world.random;
  }

  #waitingNow(): { start: number; count: number } {
    const { starts } = this.#world;
    if (this.#waiting.start !== starts) this.#waiting = { start: starts, count: 0 };
    return this.#waiting;
  }

  #sendKeyed(request: Request): void {
    if (this.#world.program) this.#world.coverage.add(request.isAnswered ? 'replay' : 'resend', ['any']);
    void this.#send(request.submissions, request.key).then((answer) => {
      request.isAccepted ||= answer?.ok === true;
      request.isAnswered ||= answer !== undefined && (answer.ok || !laterCodes.has(answer.refusal.code));
    });
  }

  /** Never resolves when the program dies first. */
  async #send(submissions: readonly Submission[], key?: Key): Promise<SubmissionAnswer | undefined> {
    const waiting = this.#waitingNow();
    waiting.count += submissions.length;
    const answer = await this.#world.submit(submissions, key);
    waiting.count -= submissions.length;
    if (answer?.ok) this.#accepted.push(...answer.value.jobs.map(({ jobId }) => jobId));
    return answer;
  }
}
