// The backup of docs/install.md, made while the server runs, and restored: every job that was accepted before it is there.
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { fencedBlocks } from '../support/markdown.ts';
import { readRepositoryFile, repositoryRoot } from '../support/repository.ts';
import { getJson, type JobJson, startServer, submitJob } from '../support/server-process.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const folder = temporaryFolder();
afterAll(() => folder.remove());

/** Runs the command of the page that begins so, in the folder; Node.js finds the packages here. */
function asDocumented(beginning: string): void {
  const commands = fencedBlocks(readRepositoryFile('docs/install.md')).map(({ text }) => text.trim());
  const command = commands.find((text) => text.startsWith(beginning)) ?? 'false';
  const env = { ...process.env, NODE_PATH: `${repositoryRoot}node_modules` };
  execFileSync('sh', ['-c', command], { cwd: folder.path, env });
}

it('holds every job that was accepted before it, and a server goes on from it', async () => {
  const store = `sqlite:${join(folder.path, 'kubejobs.db')}`;
  const flags = ['--settle-ms', '0', '--dry-run-duration', '10m', '--store', store];
  const server = await startServer(flags);
  const names = ['a', 'b', 'c', 'd', 'e'];
  for (const name of names) expect((await submitJob(server.url, { name })).status).toBe(201);
  asDocumented('node -e');
  expect((await submitJob(server.url, { name: 'later' })).status).toBe(201);
  await server.kill('SIGKILL');

  asDocumented('cp backup.db');
  const restored = await startServer(flags);
  const jobs = await getJson<JobJson[]>(`${restored.url}/jobs`);
  expect(jobs.map(({ name }) => name).sort()).toEqual(names);
  expect(await getJson(`${restored.url}/jobs/running`)).toHaveLength(2);
  await restored.kill('SIGTERM');
});
