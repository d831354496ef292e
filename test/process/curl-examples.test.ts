// The curl examples of docs/curl.md and of docs/api.md against the real program: what they show is what one gets.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { comparable, IdTranslation } from '../support/console-examples.ts';
import { examplesFor } from '../support/docs-table.ts';
import { type ServerProcess, startServer } from '../support/server-process.ts';
import { type TemporaryFolder, temporaryFolder } from '../support/temporary-folder.ts';

const run = promisify(execFile);

describe.each([
  ['docs/curl.md', ['localhost:8000/jobs ', '/jobs/pending', '/jobs/running', '/health']],
  ['docs/api.md', ['/jobs --json', '-X PATCH localhost:8000/jobs/', '-X DELETE localhost:8000/jobs/']],
])('the examples of %s', (page, calls) => {
  const examples = examplesFor('test/process/curl-examples.test.ts', page);
  const ids = new IdTranslation();
  let folder: TemporaryFolder;
  let server: ServerProcess;

  beforeAll(async () => {
    folder = temporaryFolder();
    // A reader types slower than the settle window and faster than ten minutes; the test is slower than no window.
    const pace = ['--settle-ms', '0', '--dry-run-duration', '10m'];
    server = await startServer([...pace, '--store', `sqlite:${folder.path}/kubejobs.db`]);
  });

  afterAll(async () => {
    await server?.kill('SIGTERM');
    folder.remove();
  });

  async function answerOf(command: string): Promise<string> {
    const here = ids
      .toRun(command)
      .replaceAll('http://localhost:8000', server.url)
      .replaceAll('localhost:8000', server.url);
    const { stdout } = await run('bash', ['-c', here.replace(/^curl /, 'curl --silent --show-error ')]);
    return stdout;
  }

  it.each(calls)('show %j', (call) => {
    expect(examples.map(({ command }) => command).join('\n')).toContain(call);
  });

  it.each(examples)('line $line: $command', async ({ command, answer }) => {
    const changes = / -(X|d|-json|-data)\b/.test(command);
    const compare = async (): Promise<void> => {
      const actual = ids.toPage(await answerOf(command), answer);
      expect(comparable(actual)).toBe(comparable(answer));
    };
    if (changes) await compare();
    else await vi.waitFor(compare, { timeout: 15_000, interval: 50 });
  });
});
