// A small honest world around a core: an API server that makes and deletes one object per attempt, loses answers, carries
// out lost creates late, and a watch that may be late or silent. What it tells the core is always true; it throws when
// the core gives up a slot although the job's workload is there or may still come. Each step is chosen by a number.
import type { Core } from '../../internal/core/core.ts';
import type { Decision } from '../../internal/core/decisions.ts';
import type { CoreEvent } from '../../internal/core/events.ts';
import { eventOf, nameOf } from './core-builders.ts';

/** How long an API server may take to carry out a create that nobody waits for any more. */
const lateCreateMs = 90_000;

interface Workload {
  phase: 'active' | 'finished';
  deleting: boolean;
}

/** `name` is that of the job and the number of the attempt, as in eventOf: `a/1`. */
interface Call {
  kind: 'create_workload' | 'delete_workload';
  name: string;
  known: boolean;
  unlessFinished: boolean;
}

/** `made-lost` and `lands-late`: nobody hears of it; the first is carried out at once. */
const createAnswers = ['made', 'made', 'refused', 'quota', 'unread', 'unknown', 'made-lost', 'lands-late'];
const deleteAnswers = ['done', 'done', 'done-lost', 'not-done'];

export class CoreWorld {
  readonly #core: Core;
  readonly #send: (event: CoreEvent) => void;
  readonly #objects = new Map<string, Workload>();
  /** Lost creates, and when they will be carried out. */
  readonly #late: Array<{ name: string; at: number }> = [];
  readonly #calls: Call[] = [];

  constructor(core: Core, send: (event: CoreEvent) => void) {
    this.#core = core;
    this.#send = send;
  }

  /** Carries out, or rather starts, what was decided, and looks whether what was given up may be given up. */
  decided(decisions: readonly Decision[], at: number): void {
    for (const decision of decisions) {
      if (decision.kind === 'create_workload' || decision.kind === 'delete_workload') this.#start(decision);
      if (decision.kind === 'change_job' && decision.set.state && decision.set.state !== 'running') {
        this.#givenUp(nameOf(decision.jobId), decision.set.state);
      }
      if (decision.kind === 'change_attempt' && typeof decision.set.cleanupAt === 'number') {
        this.#mayBeCleanedUp(`${nameOf(decision.jobId)}/${decision.attempt}`, decision.set.cleanupAt, at);
      }
    }
  }

  /** Lost creates whose time has come. */
  pass(at: number): void {
    for (const late of this.#late.splice(0)) {
      if (late.at > at) this.#late.push(late);
      else if (!this.#objects.has(late.name)) this.#objects.set(late.name, { phase: 'active', deleting: false });
    }
  }

  /** Answers a call that is under way, well or badly. */
  answer(pick: number, how: number, at: number): void {
    const [call] = this.#calls.splice(pick % Math.max(1, this.#calls.length), 1);
    if (!call) return;
    if (call.kind === 'create_workload') this.#answerCreate(call, how, at);
    else this.#answerDelete(call, how, at);
  }

  /** Something happens to an object: it ends, is deleted by others, goes, or the watch tells of it. */
  happen(pick: number, what: number, at: number): void {
    const name = [...this.#objects.keys()][pick % Math.max(1, this.#objects.size)];
    const object = this.#objects.get(name ?? '');
    if (name === undefined || !object) this.#tellMissing(at);
    else if (what % 6 === 0) object.phase = 'finished';
    else if (what % 6 === 1 && object.phase === 'active') object.deleting = true;
    else if (what % 6 === 2 && object.deleting) this.#objects.delete(name);
    else if (what % 6 === 3) this.#tellMissing(at);
    else this.#tell(name, object, at);
  }

  /** All works from now on: every call is answered well, every workload ends, all news arrives. */
  allGoesWell(at: number): void {
    this.pass(at);
    while (this.#calls.length > 0) this.answer(0, 0, at);
    for (const [name, object] of [...this.#objects]) {
      if (object.deleting) this.#objects.delete(name);
      else object.phase = 'finished';
      if (!object.deleting) this.#tell(name, object, at);
    }
    this.#tellMissing(at);
  }

  #start(decision: Extract<Decision, { kind: 'create_workload' | 'delete_workload' }>): void {
    const { kind, jobId, attempt } = decision;
    const name = `${nameOf(jobId)}/${attempt}`;
    if (this.#calls.some((call) => call.name === name)) throw new Error(`${name} has two calls under way`);
    const unlessFinished = kind === 'delete_workload' && decision.unlessFinished === true;
    this.#calls.push({ kind, name, known: this.#core.running(jobId)?.creation === 'requested', unlessFinished });
  }

  /** The dispatcher asks about a create that was once lost by name, before it creates again. */
  #answerCreate({ name, known }: Call, how: number, at: number): void {
    const there = this.#objects.get(name);
    const word = there && !known ? 'made' : createAnswers[how % createAnswers.length];
    if (word === 'lands-late') this.#late.push({ name, at: at + (how % lateCreateMs) });
    if ((word === 'made' || word === 'made-lost') && !there)
      this.#objects.set(name, { phase: 'active', deleting: false });
    if (word === 'made' && there?.deleting) this.#event('unread', name, at);
    else this.#event(word === 'lands-late' || word === 'made-lost' ? 'unknown' : (word ?? 'made'), name, at);
  }

  #answerDelete({ name, unlessFinished }: Call, how: number, at: number): void {
    const there = this.#objects.get(name);
    const word = deleteAnswers[how % deleteAnswers.length];
    const isLeft = unlessFinished && there?.phase === 'finished' && !there.deleting;
    if (there && word !== 'not-done' && !isLeft) there.deleting = true;
    if (word === 'done' && isLeft) this.#event('delete-finished', name, at);
    else if (word !== 'done') this.#event('delete-failed', name, at);
    else this.#event(there ? 'deleted' : 'delete-missing', name, at);
  }

  /** A controller reads consistently, and only what is recorded as made. */
  #tellMissing(at: number): void {
    for (const job of this.#core.runningInOrder()) {
      const name = `${nameOf(job.jobId)}/${job.attempt}`;
      if (job.creation === 'made' && !this.#objects.has(name)) this.#event('missing', name, at);
    }
  }

  #tell(name: string, { phase }: Workload, at: number): void {
    this.#event(phase === 'finished' ? 'succeeded' : 'runs', name, at);
  }

  #event(word: string, name: string, at: number): void {
    this.#send(eventOf(word, at, name));
  }

  #givenUp(name: string, state: string): void {
    const isOfIt = (key: string): boolean => key.startsWith(`${name}/`);
    if (state === 'succeeded') return;
    if ([...this.#objects.keys()].some(isOfIt)) throw new Error(`${name} is ${state}, but its workload is there`);
    if (this.#late.some((late) => isOfIt(late.name)))
      throw new Error(`${name} is ${state}, but a lost create may still land`);
  }

  #mayBeCleanedUp(name: string, cleanupAt: number, at: number): void {
    const open = this.#calls.some((call) => call.name === name && call.kind === 'create_workload');
    if (open && cleanupAt < at + lateCreateMs) throw new Error(`${name} is cleaned up while a create is unanswered`);
    const late = this.#late.find((entry) => entry.name === name && entry.at >= cleanupAt);
    if (late) throw new Error(`${name} is cleaned up before a lost create can no longer land`);
  }
}
