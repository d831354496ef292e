// The console examples of the pages that teach the command line against the real program, one after the other: what a page
// shows is what a terminal shows.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { consoleExamples } from '../support/console-examples.ts';
import { PageShell } from '../support/page-shell.ts';
import { readRepositoryFile } from '../support/repository.ts';

/** Long jobs, as the pages say: a reader has time to look around. */
const long = ['--settle-ms', '0', '--dry-run-duration', '10m'];
const commandsOfCli = ['submit', 'list', 'get', 'cancel', 'retry', 'hold', 'release', 'priority', 'wait', 'pause'];

describe.each([
  { page: 'docs/cli.md', flags: long, commands: commandsOfCli },
  { page: 'docs/getting-started.md', flags: long, commands: ['submit', 'list', 'logs'] },
  {
    page: 'docs/tutorial.md',
    flags: long,
    commands: ['submit', 'list', 'get', 'logs', 'priority', 'wait', 'retry'],
  },
  {
    page: 'docs/how-to.md',
    flags: ['--settle-ms', '0', '--dry-run-duration', '1s'],
    commands: ['submit', 'wait', 'schedule'],
  },
])('the examples of $page', ({ page, flags, commands }) => {
  const examples = consoleExamples(readRepositoryFile(page));
  let shell: PageShell;

  beforeAll(async () => {
    shell = await PageShell.start(flags);
  });

  afterAll(() => shell?.stop());

  it.each(examples)('line $line: $command', async ({ command, answer }) => {
    const { actual, expected } = await shell.compared(command, answer);
    expect(actual).toBe(expected);
  });

  it.each(commands)('show kubejobs %s', (command) => {
    const shown = examples.map((example) => example.command).join('\n');
    expect(shown).toContain(`kubejobs ${command} `.trimEnd());
  });
});
