// The near end of the writer's thread: starts it, sends requests and hands back their answers as promises.
// A thread that dies fails everything that waits for it, as an I/O failure.
import { Worker } from 'node:worker_threads';
import { StoreFailure } from '../store.ts';
import type { Reply, Request, Results } from './messages.ts';

type Waiting = { resolve(value: never): void; reject(error: Error): void };

export class Writer {
  readonly #worker: Worker;
  readonly #waiting: Waiting[] = [];
  #death: StoreFailure | undefined;

  constructor() {
    this.#worker = new Worker(workerUrl(), { execArgv: [] });
    this.#worker.on('message', (reply: Reply) => this.#answer(reply));
    this.#worker.on('error', (error) => this.#die(`the writer's thread failed: ${error.message}`));
    this.#worker.on('exit', () => this.#die("the writer's thread ended"));
  }

  get alive(): boolean {
    return this.#death === undefined;
  }

  request<Kind extends Request['kind']>(request: Extract<Request, { kind: Kind }>): Promise<Results[Kind]> {
    return new Promise((resolve, reject) => {
      if (this.#death) return reject(this.#death);
      this.#waiting.push({ resolve, reject });
      this.#worker.postMessage(request);
    });
  }

  async end(): Promise<void> {
    await this.#worker.terminate();
  }

  #answer(reply: Reply): void {
    const waiting = this.#waiting.shift();
    if (reply.ok) waiting?.resolve(reply.value as never);
    else waiting?.reject(new StoreFailure(reply.code, reply.message));
  }

  #die(message: string): void {
    this.#death ??= new StoreFailure('io', message);
    for (const { reject } of this.#waiting.splice(0)) reject(this.#death);
  }
}

/** Beside this file: as compiled, or as source, which on a Node that reads no TypeScript needs a loader in its thread. */
function workerUrl(): URL {
  const readsTypeScript = Boolean((process.features as { typescript?: unknown }).typescript);
  if (!import.meta.url.endsWith('.ts')) return new URL('./writer-worker.js', import.meta.url);
  return new URL(readsTypeScript ? './writer-worker.ts' : './writer-from-source.js', import.meta.url);
}
