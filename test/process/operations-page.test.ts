// What docs/operations.md shows is tried: the doctor's answer, and a backup of a running server that is restored with the
// commands of the page.
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import Database from 'better-sqlite3';
import { afterAll, describe, expect, it } from 'vitest';
import { fencedBlocks } from '../support/markdown.ts';
import { readRepositoryFile } from '../support/repository.ts';
import { getJson, type JobJson, runProgram, startServer, submitJob } from '../support/server-process.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const run = promisify(execFile);
const blocks = fencedBlocks(readRepositoryFile('docs/operations.md'));
const [backup = '', restore = ''] = blocks.filter(({ language }) => language === 'sh').map(({ text }) => text);
const hasSqlite = ['/usr/bin/sqlite3', '/usr/local/bin/sqlite3', '/opt/homebrew/bin/sqlite3'].some(existsSync);

describe('the page about operations', () => {
  const folder = temporaryFolder();
  const store = `sqlite:${join(folder.path, 'kubejobs.db')}`;
  const flags = ['--store', store, '--settle-ms', '0', '--dry-run-duration', '10m', '--max-concurrency', '1'];
  afterAll(() => folder.remove());

  it('shows what the doctor answers', async () => {
    const shown = blocks.find(({ text }) => text.startsWith('$ kubejobs doctor'))?.text ?? '';
    const [command = '', ...lines] = shown.trimEnd().split('\n');
    const { stdout } = await runProgram(command.split(' ').slice(2));
    const ageless = (text: string): string => text.replace(/Node\.js \S+,/, 'Node.js,');
    expect(ageless(lines.join('\n'))).toBe(ageless(stdout.trimEnd()));
  });

  it('tells how a running server is saved and restored, with every job and its place', async () => {
    const bash = (script: string) => run('bash', ['-euc', script], { cwd: folder.path });
    const first = await startServer(flags);
    for (const [name, priority] of [
      ['a', 1],
      ['b', 5],
      ['c', 3],
    ] as const)
      await submitJob(first.url, { name, priority });
    const lists = async (url: string): Promise<JobJson[][]> =>
      Promise.all(['running', 'pending'].map((list) => getJson<JobJson[]>(`${url}/jobs/${list}`)));
    const before = await lists(first.url);
    expect(before.map((jobs) => jobs.length)).toEqual([1, 2]);
    if (hasSqlite) await bash(backup);
    else await copyOf(folder.path);
    await submitJob(first.url, { name: 'after the copy' });
    await first.kill('SIGKILL');

    await bash(restore);
    const checked = await runProgram(['doctor', '--dry-run', '--port', '0', '--store', store]);
    expect(checked.stdout).toMatch(/^ok {4}store/m);
    const second = await startServer(flags);
    expect(await lists(second.url)).toEqual(before);
    await second.kill('SIGTERM');
  });

  it('and what is refused without its last line', async () => {
    const server = await startServer(flags);
    await copyOf(folder.path);
    await server.kill('SIGTERM');
    await run('bash', ['-euc', restore.replace(/^touch.*$/m, '')], { cwd: folder.path });
    const { code, stderr } = await runProgram(['serve', '--dry-run', '--port', '0', '--store', store]);
    expect(code).toBe(1);
    expect(stderr).toContain("touch '");
  });
});

async function copyOf(folder: string): Promise<void> {
  const db = new Database(join(folder, 'kubejobs.db'), { readonly: true });
  await db.backup(join(folder, 'kubejobs-copy.db'));
  db.close();
}
