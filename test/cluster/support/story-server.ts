// The kubejobs that a story is about, on the nodes that its example makes: a server with a database of its own, which it
// keeps from one start to the next, and a look at the pods of the story. It tells how it is started, and judges nothing.
import { join } from 'node:path';
import { type ServerProcess, startServing } from '../../support/server-process.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import type { TestCluster } from '../harness/index.ts';
import { waitFor } from '../harness/wait.ts';

export interface StoryOptions {
  cluster: TestCluster;
  say(text: string): void;
}

export class StoryServer {
  readonly #options: StoryOptions;
  readonly #patienceMs: number;
  readonly #folder = temporaryFolder();
  #server: ServerProcess | undefined;

  /** Whatever is waited for may take `patienceMs`. */
  constructor(options: StoryOptions, patienceMs: number) {
    this.#options = options;
    this.#patienceMs = patienceMs;
  }

  /** Throws when it does not run. */
  get url(): string {
    if (!this.#server) throw new Error('the server does not run');
    return this.#server.url;
  }

  /** Those of the example, all ready. */
  async makeNodes(example: string): Promise<void> {
    const { kubectl } = this.#options.cluster;
    await kubectl('apply', '-f', `${example}/nodes.yaml`);
    await kubectl('wait', 'node', '--all', '--for=condition=Ready', '--timeout=60s');
  }

  /** Tells of `flags`, and not of the `others`, which are no part of the story. */
  async start(flags: readonly string[], others: readonly string[] = []): Promise<void> {
    const { cluster, say } = this.#options;
    const where = ['--kubeconfig', cluster.kubeconfigPath, '--namespace', 'default'];
    const store = ['--store', `sqlite:${join(this.#folder.path, 'queue.db')}`, '--log-level', 'error'];
    this.#server = await startServing([...where, ...others, ...store, ...flags]);
    say(`kubejobs serve ${flags.join(' ')}`);
  }

  async stop(): Promise<void> {
    await this.#server?.kill('SIGTERM');
    this.#server = undefined;
  }

  /** Nothing of it stays. */
  async remove(): Promise<void> {
    await this.stop();
    this.#folder.remove();
  }

  /** The objects of the story's namespace that kubectl finds with these words. */
  async read<T>(...what: string[]): Promise<T[]> {
    const text = await this.#options.cluster.kubectl('get', ...what, '-n', 'default', '-o', 'json');
    return (JSON.parse(text) as { items: T[] }).items;
  }

  async podsOnce<T>(selector: string, what: string, condition: (pods: T[]) => boolean): Promise<T[]> {
    return this.until(what, async () => {
      const pods = await this.read<T>('pods', '-l', selector);
      return condition(pods) ? pods : undefined;
    });
  }

  /** Until `probe` gives something. */
  async until<T>(what: string, probe: () => Promise<T | undefined | false>): Promise<T> {
    return waitFor(what, probe, { timeoutMs: this.#patienceMs });
  }
}
