// The package as its users get it: packed in a copy of the work tree, whose dist is from before, and installed by npm in an
// empty folder. npm takes from its cache what it has there. Install scripts do not run: so the one native part is missing until `addNativePart` puts it in place,
// which saves a minute of compiling.
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, readdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { repositoryFiles, repositoryRoot } from '../../support/repository.ts';
import { type TemporaryFolder, temporaryFolder } from '../../support/temporary-folder.ts';

const run = promisify(execFile);
const quiet = ['--silent', '--no-audit', '--no-fund', '--no-update-notifier'];

export interface Ended {
  code: number;
  stdout: string;
  stderr: string;
}

/** With a file in dist that no source makes any more. */
function copyOfSources(): TemporaryFolder {
  const copy = temporaryFolder();
  for (const file of repositoryFiles()) cpSync(join(repositoryRoot, file), join(copy.path, file));
  symlinkSync(join(repositoryRoot, 'node_modules'), join(copy.path, 'node_modules'));
  cpSync(join(repositoryRoot, 'LICENSE'), join(copy.path, 'dist/stale.js'));
  return copy;
}

export class InstalledPackage {
  readonly #temporary = temporaryFolder();
  readonly folder = this.#temporary.path;

  /** Rejects with what npm said. */
  static async install(): Promise<InstalledPackage> {
    const installed = new InstalledPackage();
    const { folder } = installed;
    const sources = copyOfSources();
    await run('npm', ['pack', ...quiet, '--pack-destination', folder], { cwd: sources.path });
    sources.remove();
    const [tarball] = readdirSync(folder);
    await run('npm', ['install', ...quiet, '--ignore-scripts', '--prefer-offline', `./${tarball}`], { cwd: folder });
    return installed;
  }

  /** Paths of what was packed, below the package. */
  files(): string[] {
    return readdirSync(join(this.folder, 'node_modules/kubejobs'), { recursive: true, encoding: 'utf8' });
  }

  /** The one that was built for the repository's own packages. */
  addNativePart(): void {
    const built = 'node_modules/better-sqlite3/build/Release/better_sqlite3.node';
    cpSync(repositoryRoot + built, join(this.folder, built));
  }

  /** `npx kubejobs …`, to its end. */
  kubejobs(...words: string[]): Promise<Ended> {
    return this.run('npx', '--offline', 'kubejobs', ...words);
  }

  /** Any program, in the folder, to its end. */
  async run(program: string, ...words: string[]): Promise<Ended> {
    const options = { cwd: this.folder, env: environment(), timeout: 60_000 };
    try {
      return { code: 0, ...(await run(program, words, options)) };
    } catch (error) {
      const { code = 1, stdout = '', stderr = '' } = error as Partial<Ended>;
      return { code: Number(code), stdout, stderr };
    }
  }

  /** The command that npx would run, as a server; `use` gets its URL. */
  async serving(flags: readonly string[], use: (url: string) => Promise<void>): Promise<void> {
    const program = join(this.folder, 'node_modules/.bin/kubejobs');
    const child = spawn(program, ['serve', '--port', '0', ...flags], { cwd: this.folder, env: environment() });
    const ended = once(child, 'close');
    let said = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
    try {
      const listening = (async () => {
        for await (const text of child.stdout.setEncoding('utf8')) {
          const url = /listens on (http:\/\/\S+)/.exec(String(text))?.[1];
          if (url !== undefined) return url;
        }
        throw new Error(`it ended before it listened: ${said}`);
      })();
      await use(await listening);
    } finally {
      child.kill('SIGTERM');
      await ended;
    }
  }

  remove(): void {
    this.#temporary.remove();
  }
}

/** Without what would steer the program under test. */
function environment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !/^(KUBEJOBS_|KUBECONFIG$)/.test(name));
  return Object.fromEntries(kept);
}
