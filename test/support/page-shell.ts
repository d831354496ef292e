// The console examples of a page, typed one after the other into a bash that has the command `kubejobs`, beside a server of
// the real program in a dry run. What the shell shows is compared with the page: ids, times and ages may differ.
import { execFile } from 'node:child_process';
import { chmodSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { comparable, IdTranslation } from './console-examples.ts';
import { repositoryRoot } from './repository.ts';
import { type ServerProcess, startServer } from './server-process.ts';
import { type TemporaryFolder, temporaryFolder } from './temporary-folder.ts';

export class PageShell {
  readonly #ids = new IdTranslation();
  readonly #folder: TemporaryFolder;
  readonly #server: ServerProcess;

  private constructor(folder: TemporaryFolder, server: ServerProcess) {
    this.#folder = folder;
    this.#server = server;
  }

  /** `flags` are those of `kubejobs serve` beside `--dry-run`. */
  static async start(flags: readonly string[]): Promise<PageShell> {
    const folder = temporaryFolder();
    const loader = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
    const program = `exec '${process.execPath}' --import '${loader}' '${repositoryRoot}cmd/kubejobs/main.ts' "$@"`;
    writeFileSync(`${folder.path}/kubejobs`, `#!/bin/sh\n${program}\n`);
    chmodSync(`${folder.path}/kubejobs`, 0o755);
    return new PageShell(folder, await startServer(flags));
  }

  async stop(): Promise<void> {
    await this.#server.kill('SIGTERM');
    this.#folder.remove();
  }

  /** What a terminal shows of a command, in the page's ids and without times; and the page's `answer` in the same form. */
  async compared(command: string, answer: string): Promise<{ actual: string; expected: string }> {
    const shown = await this.#shownBy(command);
    return { actual: timeless(this.#ids.toPage(shown, answer)), expected: timeless(answer) };
  }

  /** stdout and stderr in their order, as a terminal mixes them. */
  #shownBy(command: string): Promise<string> {
    const { path } = this.#folder;
    const env = {
      PATH: `${path}:${process.env.PATH}`,
      HOME: path,
      KUBEJOBS_SERVER: this.#server.url,
      KUBEJOBS_OUTPUT: 'table',
    };
    const here = this.#ids
      .toRun(command)
      .replaceAll('localhost:8000', this.#server.url)
      .replaceAll(/\bcurl /g, 'curl --silent --show-error ');
    return new Promise((resolve) => {
      execFile('bash', ['-c', `exec 2>&1; ${here}`], { env, cwd: path }, (_error, stdout) => resolve(stdout));
    });
  }
}

/**
 * Ages differ from run to run, and so does the width of their column; the ends of pods' names are random. Which states `wait`
 * gets to see on its way depends on how fast the machine is.
 */
function timeless(text: string): string {
  const ageless = text.replace(/ AGE +/g, ' AGE ').replace(/ \d+[smhd](\d+[smh])? */g, ' <age> ');
  return comparable(ageless)
    .replace(/^[a-z0-9-]+: (?:pending|scheduled|running)\b.*\n/gm, '')
    .replace(/(-[0-9a-f]{12}-\d+-)[a-z0-9]{5}\b/g, '$1<pod>')
    .replace(/ +$/gm, '')
    .trim();
}
