// What a busy but ordinary day does to a server, for as long as it is wanted: mostly submissions, some cancels and new
// priorities of jobs that may be over, lists, looks at single jobs, and mistakes. One action at a time, at a steady rate;
// what a busy machine misses is not caught up.
import { type Random, seededRandom } from '../../../../internal/platform/random.ts';
import { type JobJson, submitJob } from '../../../support/server-process.ts';

const remembered = 400;

export class SteadyLoad {
  readonly #url: string;
  readonly #random: Random;
  readonly #everyMs: number;
  readonly #recent: string[] = [];
  #stopping = false;
  #done: Promise<void> | undefined;
  accepted = 0;
  readonly actions: Record<string, number> = {};
  /** Answers that a server in good health does not give. */
  readonly failures: string[] = [];

  constructor(url: string, { seed, perSecond }: { seed: number; perSecond: number }) {
    this.#url = url;
    this.#random = seededRandom(seed);
    this.#everyMs = 1_000 / perSecond;
  }

  start(): void {
    this.#done = this.#run();
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    await this.#done;
  }

  async #run(): Promise<void> {
    while (!this.#stopping) {
      const startedAt = performance.now();
      await this.#act();
      const leftMs = this.#everyMs - (performance.now() - startedAt);
      if (leftMs > 0) await new Promise((resolve) => setTimeout(resolve, leftMs));
    }
  }

  async #act(): Promise<void> {
    const dice = Math.floor(this.#random.next() * 100);
    if (dice < 75) await this.#submit();
    else if (dice < 82) await this.#call('cancel', 'DELETE', `/jobs/${this.#someJob()}`);
    else if (dice < 87) await this.#call('reprioritise', 'PATCH', `/jobs/${this.#someJob()}`, { priority: dice });
    else if (dice < 91) await this.#call('look', 'GET', `/jobs/${this.#someJob()}`);
    else if (dice < 94) await this.#call('list', 'GET', '/jobs?limit=50');
    else if (dice < 97) await this.#call('list_pending', 'GET', '/jobs/pending');
    else if (dice < 98) await this.#call('metrics', 'GET', '/metrics');
    else await this.#call('mistake', 'POST', '/jobs', { name: 'Not a name', priority: 'high' });
  }

  async #submit(): Promise<void> {
    this.#count('submit');
    const priority = Math.floor(this.#random.next() * 11) - 5;
    try {
      const response = await submitJob(this.#url, { name: `soak-${this.accepted}`, priority });
      const body = (await response.json()) as JobJson;
      if (response.status !== 201) return this.#fail(`a submission was answered ${response.status}`);
      this.accepted += 1;
      this.#recent.push(body.job_id);
      if (this.#recent.length > remembered) this.#recent.shift();
    } catch (error) {
      this.#fail(`a submission failed: ${String(error)}`);
    }
  }

  async #call(action: string, method: string, path: string, body?: object): Promise<void> {
    this.#count(action);
    const content = body && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
    try {
      const response = await fetch(`${this.#url}${path}`, { method, ...content });
      await response.arrayBuffer();
      if (response.status >= 500) this.#fail(`${method} ${path} was answered ${response.status}`);
    } catch (error) {
      this.#fail(`${method} ${path} failed: ${String(error)}`);
    }
  }

  #someJob(): string {
    const index = Math.floor(this.#random.next() * this.#recent.length);
    return this.#recent[index] ?? '01900000-0000-7000-8000-000000000000';
  }

  #count(action: string): void {
    this.actions[action] = (this.actions[action] ?? 0) + 1;
  }

  #fail(what: string): void {
    if (this.failures.length < 20) this.failures.push(what);
  }
}
