// One case on its stage. The queue may run two jobs at once: one slot belongs to a companion that nobody touches, the
// other to the job that others do something to. A job that waits behind them can run only once that slot is free.
// A scene collects what was not as it has to be, in sentences; it throws only when the case itself cannot be played.
import { setTimeout as delay } from 'node:timers/promises';
import type { JobDocument, TestQueue } from '../../../cluster/support/queue.ts';
import { endlessJob, shortJob } from '../cluster-side/proxied-queue.ts';
import type { FaultProxy } from '../proxy/fault-proxy.ts';
import type { OtherHands, Place } from './other-hands.ts';

/** Of what others did until it is known, and of a free slot until the next job has ended in it; on a busy machine. */
const knownWithinMs = 25_000;
const staysMs = 3_000;

export interface Expected {
  state: string;
  /** Of a job that is well: undefined. */
  reason?: string | RegExp;
  message?: RegExp;
  exitCode?: number;
}

export class Scene {
  readonly queue: TestQueue;
  readonly proxy: FaultProxy;
  readonly hands: OtherHands;
  readonly wrong: string[] = [];
  readonly #name: string;
  #next: string | undefined;

  constructor(stage: { queue: TestQueue; proxy: FaultProxy; hands: OtherHands }, name: string) {
    this.queue = stage.queue;
    this.proxy = stage.proxy;
    this.hands = stage.hands;
    this.#name = name;
  }

  /** A job that runs until its fate is changed, seen running, and one that waits for its slot. */
  async running(more: object = {}): Promise<{ jobId: string; place: Place }> {
    const started = await this.started(more);
    await this.queue.jobWhen(started.jobId, (job) => job.reason === undefined);
    return started;
  }

  /** The same, as soon as its Job is made. */
  async started(more: object = {}): Promise<{ jobId: string; place: Place }> {
    const jobId = await this.queue.submit({ ...endlessJob(this.#name), ...more });
    await this.letOneWait();
    return { jobId, place: await this.placeOf(jobId) };
  }

  async placeOf(jobId: string): Promise<Place> {
    const { workload } = await this.queue.jobWhen(jobId, (job) => job.workload?.uid !== undefined);
    return { namespace: workload?.namespace ?? '', name: workload?.name ?? '' };
  }

  async letOneWait(): Promise<void> {
    this.#next ??= await this.queue.submit({ ...shortJob(`${this.#name}-next`, '100ms'), priority: -5 });
  }

  /** Waits until it has ended, or until it is told like that; says what is told instead. */
  async becomes(jobId: string, expected: Expected): Promise<void> {
    const job = await this.queue
      .jobWhen(jobId, (one) => fits(one, expected), knownWithinMs)
      .catch(() => this.queue.job(jobId));
    if (!fits(job, expected)) this.wrong.push(`it is ${words(job)} instead of ${told(expected)}`);
  }

  /** Looked at for a while: nothing changes, and nobody is asked all the time. */
  async staysLike(jobId: string, expected: Expected): Promise<void> {
    const end = this.proxy.now() + staysMs;
    while (this.proxy.now() < end) {
      const job = await this.queue.job(jobId);
      if (!fits(job, expected)) return void this.wrong.push(`it became ${words(job)}`);
      await delay(200);
    }
  }

  /** The job that waits has to end well: the slot is free. */
  async nextRuns(): Promise<void> {
    await this.letOneWait();
    const jobId = this.#next ?? '';
    const job = await this.queue.finished(jobId, knownWithinMs).catch(() => this.queue.job(jobId));
    if (job.state !== 'succeeded') this.wrong.push(`the job that waits for the slot is ${words(job)}`);
    this.#next = undefined;
  }

  async cancel(jobId: string): Promise<void> {
    await fetch(`${this.queue.url}/jobs/${jobId}`, { method: 'DELETE' });
    await this.becomes(jobId, { state: 'cancelled', reason: 'by_user' });
  }

  /** What the watches would tell waits until `act` is through. */
  async whileWatchesWait(act: () => Promise<void>): Promise<void> {
    for (const stream of this.proxy.streams()) stream.hold();
    await act();
    for (const stream of this.proxy.streams()) stream.release();
  }

  /** Nothing that happens during `act` is told by a watch, ever. */
  async whileNobodyWatches(act: () => Promise<void>): Promise<void> {
    this.proxy.script = ({ verb }) => (verb === 'watch' || verb === 'list' ? { kind: 'cut_before' } : undefined);
    for (const stream of this.proxy.streams()) stream.cut();
    await act();
    this.proxy.script = () => undefined;
  }
}

function fits(job: JobDocument, { state, reason, message, exitCode }: Expected): boolean {
  const isReason = reason instanceof RegExp ? reason.test(job.reason ?? '') : job.reason === reason;
  const facts = job.state === state && isReason && (!message || message.test(job.message ?? ''));
  return facts && (exitCode === undefined || job.exit_code === exitCode);
}

function told(expected: Expected): string {
  return JSON.stringify(expected, (_key, value: unknown) => (value instanceof RegExp ? String(value) : value));
}

export function words(job: JobDocument): string {
  const { state, reason, message, exit_code } = job;
  return JSON.stringify({ state, reason, message, exit_code });
}
