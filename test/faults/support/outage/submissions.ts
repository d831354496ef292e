// Somebody who submits at a steady pace, whatever happens, and writes down how each submission and each look at the
// server's health was answered. Every fourth job has a template, which the server would like to show to the API server.
import { setTimeout as delay } from 'node:timers/promises';
import { fated, type TestQueue } from '../../../cluster/support/queue.ts';
import { shortJob } from '../cluster-side/proxied-queue.ts';

export interface Submission {
  jobId: string | undefined;
  status: number;
  tookMs: number;
}

export interface HealthLook {
  /** Since the submitter's start, in milliseconds. */
  at: number;
  path: string;
  status: number;
  cluster: string | undefined;
}

export class Submitter {
  readonly submissions: Submission[] = [];
  readonly looks: HealthLook[] = [];
  readonly #queue: TestQueue;
  readonly #startedAt = performance.now();
  #loop: Promise<void> = Promise.resolve();
  #stopped = false;

  constructor(queue: TestQueue) {
    this.#queue = queue;
  }

  start(everyMs: number): void {
    this.#loop = this.#run(everyMs);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#loop;
  }

  get jobIds(): string[] {
    return this.submissions.flatMap(({ jobId }) => jobId ?? []);
  }

  /** Each on its own: one that takes long must not keep the next from being sent. */
  async #run(everyMs: number): Promise<void> {
    const sent: Array<Promise<void>> = [];
    for (let index = 0; !this.#stopped; index += 1) {
      sent.push(this.#submit(index), this.#look('/health'), this.#look('/readyz'));
      await delay(everyMs);
    }
    await Promise.all(sent);
  }

  async #submit(index: number): Promise<void> {
    const name = `during-${index}`;
    const template = fated('succeed', { duration: '200ms' });
    const body = index % 4 === 3 ? { name, template } : shortJob(name);
    const startedAt = performance.now();
    const { status, document } = await this.#ask('/jobs', JSON.stringify(body));
    const jobId = typeof document.job_id === 'string' ? document.job_id : undefined;
    this.submissions.push({ jobId, status, tookMs: Math.round(performance.now() - startedAt) });
  }

  async #look(path: string): Promise<void> {
    const at = performance.now() - this.#startedAt;
    const { status, document } = await this.#ask(path);
    const cluster = typeof document.cluster === 'string' ? document.cluster : undefined;
    this.looks.push({ at, path, status, cluster });
  }

  /** Status 0: no answer. */
  async #ask(path: string, body?: string): Promise<{ status: number; document: Record<string, unknown> }> {
    const post = { method: 'POST', headers: { 'content-type': 'application/json' } };
    try {
      const response = await fetch(`${this.#queue.url}${path}`, body === undefined ? {} : { ...post, body });
      return { status: response.status, document: (await response.json()) as Record<string, unknown> };
    } catch {
      return { status: 0, document: {} };
    }
  }
}
