// A real server in a dry run that can be asked, from outside, what it holds: its heap after a garbage collection, its
// resident memory, its open descriptors, and how large its database and the write-ahead log are. Linux only.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
import Database from 'better-sqlite3';

export interface Sample {
  /** Since the start of the server. */
  atMs: number;
  /** Accepted so far. */
  jobs: number;
  heapBytes: number;
  /** Outside the heap: buffers and the like. */
  externalBytes: number;
  residentBytes: number;
  descriptors: number;
  /** What the rows need, whether they are in the file yet or in the log. */
  databaseBytes: number;
  logBytes: number;
}

const loader = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
const entry = fileURLToPath(new URL('soak-server.ts', import.meta.url));

export class SoakedServer {
  readonly #process: ChildProcess;
  readonly #database: string;
  readonly #startedAt = performance.now();
  readonly #ended: Promise<number | null>;
  url = '';

  /** Ready for requests; its database is a new file in `folder`. */
  static async start(folder: string, flags: readonly string[]): Promise<SoakedServer> {
    const server = new SoakedServer(`${folder}/soak.db`, flags);
    await server.#listening();
    return server;
  }

  private constructor(database: string, flags: readonly string[]) {
    this.#database = database;
    const serve = [
      'serve',
      '--dry-run',
      '--port',
      '0',
      '--log-level',
      'warn',
      '--store',
      `sqlite:${database}`,
      ...flags,
    ];
    this.#process = spawn(process.execPath, ['--expose-gc', '--import', loader, entry, ...serve], {
      stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
      env: Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('KUBEJOBS_'))),
    });
    this.#ended = once(this.#process, 'exit').then(([code]) => code as number | null);
  }

  get atMs(): number {
    return performance.now() - this.#startedAt;
  }

  async sample(jobs: number): Promise<Sample> {
    const { heapUsed, external } = await this.#collectedMemory();
    return {
      atMs: Math.round(this.atMs),
      jobs,
      heapBytes: heapUsed,
      externalBytes: external,
      residentBytes: this.#residentBytes(),
      descriptors: readdirSync(`/proc/${this.#process.pid}/fd`).length,
      databaseBytes: contentBytes(this.#database),
      logBytes: sizeOf(`${this.#database}-wal`),
    };
  }

  /** Its exit code after SIGTERM. */
  stop(): Promise<number | null> {
    this.#process.kill('SIGTERM');
    return this.#ended;
  }

  async kill(): Promise<void> {
    this.#process.kill('SIGKILL');
    await this.#ended;
  }

  async #collectedMemory(): Promise<NodeJS.MemoryUsage> {
    const answer = once(this.#process, 'message').then(([usage]) => usage as NodeJS.MemoryUsage);
    this.#process.send('collect');
    return await this.#whileItRuns(answer);
  }

  async #listening(): Promise<void> {
    let text = '';
    const printed = new Promise<string>((resolve) => {
      this.#process.stdout?.setEncoding('utf8').on('data', (more: string) => {
        text += more;
        const url = /listens on (http:\/\/\S+)/.exec(text)?.[1];
        if (url !== undefined) resolve(url);
      });
    });
    this.url = await this.#whileItRuns(printed);
  }

  #whileItRuns<T>(answer: Promise<T>): Promise<T> {
    const end = this.#ended.then((code) => Promise.reject(new Error(`the server ended with ${code}`)));
    return Promise.race([answer, end]);
  }

  #residentBytes(): number {
    const status = readFileSync(`/proc/${this.#process.pid}/status`, 'utf8');
    return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) * 1_024;
  }
}

function contentBytes(path: string): number {
  const database = new Database(path, { readonly: true });
  try {
    return (
      Number(database.pragma('page_count', { simple: true })) * Number(database.pragma('page_size', { simple: true }))
    );
  } finally {
    database.close();
  }
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}
