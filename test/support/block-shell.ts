// The blocks of a page that show no answers, each typed into a bash as one. It has the programs of test/support/reader on its
// PATH, the folders of a clone, a home of its own, and one port: where a page says localhost:8000, that is meant, and where it
// serves, the server is there.
import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { freePorts } from '../cluster/harness/ports.ts';
import { repositoryRoot } from './repository.ts';
import { type JobJson, submitJob } from './server-process.ts';
import { temporaryFolder } from './temporary-folder.ts';

export interface Ran {
  code: number;
  /** stdout and stderr in their order. */
  output: string;
}

const loader = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
const readersPrograms = `${repositoryRoot}test/support/reader`;
const uuid = /\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/g;

export class BlockShell {
  readonly #folder = temporaryFolder();
  readonly #port: number;
  readonly #environment: Record<string, string>;

  private constructor(port: number, environment: Record<string, string>) {
    this.#port = port;
    this.#environment = environment;
  }

  /** `environment` says where more of the programs `READER_…` are, and the rest of his environment. */
  static async start(environment: Record<string, string> = {}): Promise<BlockShell> {
    const [port] = (await freePorts(1)) as [number];
    const shell = new BlockShell(port, environment);
    for (const folder of ['deploy', 'examples']) symlinkSync(repositoryRoot + folder, join(shell.folder, folder));
    shell.#writeHome();
    process.on('exit', shell.#killServer);
    return shell;
  }

  get folder(): string {
    return this.#folder.path;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** Files that blocks name, and the context that he uses when he names none. */
  #writeHome(): void {
    const settings = join(this.folder, '.config/kubejobs');
    mkdirSync(settings, { recursive: true });
    const config = { current_context: 'here', contexts: { here: { server: this.url } } };
    writeFileSync(join(settings, 'config.yaml'), JSON.stringify(config), { mode: 0o600 });
    writeFileSync(join(settings, 'prod.token'), 'a-token\n', { mode: 0o600 });
    const job = JSON.stringify({ name: 'from-a-file', image: 'busybox:1.36' });
    for (const file of ['job.yaml', 'jobs.yaml', 'jobs.ndjson']) this.write(file, `${job}\n`);
  }

  write(file: string, text: string): void {
    writeFileSync(join(this.folder, file), text);
  }

  /** Starts a server as he does before he reads on; ids of the page are that of a job that it has then. */
  async serve(...flags: string[]): Promise<void> {
    const { code, output } = await this.run(`kubejobs serve --settle-ms 0 ${flags.join(' ')}`);
    if (code !== 0) throw new Error(output);
    const { job_id } = (await (await submitJob(this.url, { name: 'given' })).json()) as JobJson;
    this.#environment.JOB_ID = job_id;
  }

  /** Rejects never: what failed is in the answer. The block ends at the first command that fails. */
  run(block: string): Promise<Ran> {
    const { JOB_ID = '', ...environment } = this.#environment;
    const env = {
      HOME: this.folder,
      KUBEJOBS_PORT: String(this.#port),
      KUBEJOBS_LOG_LEVEL: 'warn',
      READER_NODE: process.execPath,
      READER_LOADER: loader,
      READER_MAIN: `${repositoryRoot}cmd/kubejobs/main.ts`,
      READER_CLONE: repositoryRoot,
      READER_CURL: '/usr/bin/curl',
      READER_MAKE: '/usr/bin/make',
      JOB_ID,
      ...environment,
      PATH: `${readersPrograms}:${environment.PATH ?? process.env.PATH}`,
    };
    const script = `exec 2>&1\nset -euo pipefail\nshopt -s expand_aliases\n${this.#here(block, JOB_ID)}`;
    return new Promise((resolve) => {
      execFile('bash', ['-c', script], { env, cwd: this.folder, timeout: 120_000 }, (error, output) => {
        resolve({ code: error === null ? 0 : Number(error.code ?? -1), output });
      });
    });
  }

  #here(block: string, jobId: string): string {
    return block
      .replaceAll('node dist/cmd/kubejobs/main.js', 'kubejobs')
      .replaceAll(/(?:http:\/\/)?(?:localhost|127\.0\.0\.1):8000|https:\/\/jobs\.example\.org/g, this.url)
      .replaceAll('--host 0.0.0.0', '--host 127.0.0.1')
      .replaceAll(/^(.*(?:kubejobs serve|port-forward).*) &$/gm, '$1')
      .replaceAll(uuid, (id) => jobId || id)
      .replaceAll(/^\$ /gm, '');
  }

  stop(): void {
    this.#killServer();
    process.off('exit', this.#killServer);
    this.#folder.remove();
  }

  readonly #killServer = (): void => {
    try {
      process.kill(Number(readFileSync(join(this.folder, '.server/pid'), 'utf8')), 'SIGKILL');
    } catch {
      // it has none, or it is gone
    }
  };
}
