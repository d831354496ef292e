// The Python client that is generated from openapi.yaml, and the example that uses it, against the real program; and what the
// docs have in Python.
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, it, type TestContext } from 'vitest';
import { signatureOf } from '../../internal/webhooks/signature.ts';
import { BlockShell } from '../support/block-shell.ts';
import { blocksFor } from '../support/docs-table.ts';
import { type PythonClient, writePythonClient } from '../support/python-client.ts';
import { runPython } from '../support/python-environment.ts';
import { repositoryRoot } from '../support/repository.ts';
import { getJson, type ServerProcess, startServer } from '../support/server-process.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const thisTest = 'test/install/python-client.test.ts';
const folder = temporaryFolder();
const client = join(folder.path, 'client');
let made: PythonClient;
let server: ServerProcess;

beforeAll(async () => {
  [made, server] = await Promise.all([
    writePythonClient(client),
    startServer(['--settle-ms', '0', '--dry-run-duration', '1ms']),
  ]);
}, 400_000);
afterAll(async () => {
  await server?.kill('SIGTERM');
  folder.remove();
});

/** Without Python there is nothing to test; CI has to have it. */
function skipWithoutPython({ skip }: TestContext): void {
  if ('missing' in made && process.env.CI === undefined) skip(made.missing);
}
beforeEach(skipWithoutPython);

function submit(...words: string[]): Promise<string> {
  if ('missing' in made) throw new Error(made.missing);
  const example = `${repositoryRoot}examples/python/submit.py`;
  return runPython(made.python, [example, server.url, ...words], { timeout: 60_000, env: { PYTHONPATH: client } });
}

it('submits a job, waits for its end and prints its log', async () => {
  const printed = await submit('from-python', 'busybox', 'echo', 'hello');
  expect(printed).toMatch(/simulated/);
  const [job] = await getJson<object[]>(`${server.url}/jobs`);
  expect(job).toMatchObject({ name: 'from-python', priority: 5, state: 'succeeded' });
});

it.each(blocksFor(thisTest))('runs its example as the page shows it, line $line', async ({ text }) => {
  if ('missing' in made) throw new Error(made.missing);
  const shell = await BlockShell.start({ PATH: `${dirname(made.python)}:${process.env.PATH}`, PYTHONPATH: client });
  const { code, output } = await shell.run(text);
  shell.stop();
  expect(code, output).toBe(0);
  expect(output).toMatch(/simulated/);
});

it.each(blocksFor(thisTest, 'python'))(
  'takes only what is signed, by the function of the page, line $line',
  async ({ text }) => {
    if ('missing' in made) throw new Error(made.missing);
    const [body, secret, now] = ['{"event":"job.finished"}', 'a secret', Date.now()];
    const headers = [
      signatureOf(secret, now, body),
      signatureOf('another', now, body),
      signatureOf(secret, now - 600_000, body),
    ];
    const calls = headers.map((header) => `is_genuine(${JSON.stringify(header)}, b'${body}', '${secret}')`);
    const printed = await runPython(made.python, ['-c', `${text}\nprint(${calls.join(', ')})`], { timeout: 60_000 });
    expect(printed.trim()).toBe('True False False');
  },
);

it('says what the server refuses', async () => {
  await expect(submit('Not A Name', 'busybox')).rejects.toThrow(/not valid: \/name/);
});
