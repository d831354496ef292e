// The examples of docs/cli.md against the real program, one after the other: what the page shows is what a terminal shows.
import { execFile } from 'node:child_process';
import { chmodSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { comparable, consoleExamples, IdTranslation } from '../support/console-examples.ts';
import { readRepositoryFile, repositoryRoot } from '../support/repository.ts';
import { type ServerProcess, startServer } from '../support/server-process.ts';
import { type TemporaryFolder, temporaryFolder } from '../support/temporary-folder.ts';

const examples = consoleExamples(readRepositoryFile('docs/cli.md'));
const ids = new IdTranslation();
let folder: TemporaryFolder;
let server: ServerProcess;

beforeAll(async () => {
  folder = temporaryFolder();
  const loader = createRequire(import.meta.url).resolve('tsx');
  const program = `exec '${process.execPath}' --import '${loader}' '${repositoryRoot}cmd/kubejobs/main.ts' "$@"`;
  writeFileSync(`${folder.path}/kubejobs`, `#!/bin/sh\n${program}\n`);
  chmodSync(`${folder.path}/kubejobs`, 0o755);
  server = await startServer(['--settle-ms', '0', '--dry-run-duration', '10m']);
});

afterAll(async () => {
  await server?.kill('SIGTERM');
  folder.remove();
});

/** stdout and stderr in their order, as a terminal mixes them. */
function shownBy(command: string): Promise<string> {
  const env = {
    PATH: `${folder.path}:${process.env.PATH}`,
    HOME: folder.path,
    KUBEJOBS_SERVER: server.url,
    KUBEJOBS_OUTPUT: 'table',
  };
  return new Promise((resolve) => {
    execFile('bash', ['-c', `exec 2>&1; ${ids.toRun(command)}`], { env }, (_error, stdout) => resolve(stdout));
  });
}

/** Ages differ from run to run, and so does the width of their column. */
function timeless(text: string): string {
  return comparable(text.replace(/ AGE +/g, ' AGE ').replace(/ \d+[smhd](\d+[smh])? */g, ' <age> '))
    .replace(/ +$/gm, '')
    .trim();
}

describe('the command line page’s examples', () => {
  it.each(examples)('line $line: $command', async ({ command, answer }) => {
    const actual = ids.toPage(await shownBy(command), answer);
    expect(timeless(actual)).toBe(timeless(answer));
  });

  it('show most commands', () => {
    const shown = examples.map(({ command }) => command).join('\n');
    for (const command of [
      'submit',
      'list',
      'get',
      'cancel',
      'retry',
      'hold',
      'release',
      'priority',
      'wait',
      'pause',
    ]) {
      expect(shown).toContain(`kubejobs ${command} `.trimEnd());
    }
  });
});
