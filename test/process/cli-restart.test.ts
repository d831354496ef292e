// The server dies without a word while a client submits a large file, or waits. It starts again and the client goes on: each
// line has become one job, and whoever waited is told.
import { writeFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createClient } from '../../pkg/client/index.ts';
import { type ServerProcess, startProgram, startServer } from '../support/server-process.ts';
import { type TemporaryFolder, temporaryFolder } from '../support/temporary-folder.ts';

const lines = 20_000;
let folder: TemporaryFolder;
let server: ServerProcess;

beforeEach(() => {
  folder = temporaryFolder();
});

afterEach(async () => {
  await server?.kill('SIGKILL');
  folder.remove();
});

function start(port: string): Promise<ServerProcess> {
  const pace = ['--dry-run-duration', '1h', '--port', port];
  return startServer([...pace, '--store', `sqlite:${folder.path}/kubejobs.db`]);
}

it('a batch outlives a kill of the server, and nothing is lost or doubled', { timeout: 90_000 }, async () => {
  const file = `${folder.path}/jobs.ndjson`;
  writeFileSync(file, Array.from({ length: lines }, (_, i) => `{"name":"job${i}"}\n`).join(''));
  server = await start('0');
  const { url } = server;
  const client = startProgram(['submit', '-f', file, '-o', 'name', '--server', url]);
  await vi.waitFor(() => expect(client.stdout()).toContain('\n'), { timeout: 30_000, interval: 5 });
  await server.kill('SIGKILL');
  expect(client.stdout().split('\n').length).toBeLessThan(lines);
  server = await start(new URL(url).port);
  expect({ ...(await client.ended), stderr: client.stderr() }).toMatchObject({
    code: 0,
    stderr: `${lines} accepted, 0 refused\n`,
  });
  const ids = client.stdout().trimEnd().split('\n');
  expect(new Set(ids).size).toBe(lines);
  const { total } = await createClient({ baseUrl: url }).pending({ limit: 1 });
  const { items } = await createClient({ baseUrl: url }).running();
  expect((total ?? 0) + items.length).toBe(lines);
});

it('commands that wait outlive a kill of the server, and say so meanwhile', { timeout: 90_000 }, async () => {
  server = await start('0');
  const { url } = server;
  const { job_id: id } = await createClient({ baseUrl: url }).submit({ name: 'held', hold: true });
  const showing = startProgram(['get', id, '-w', '--server', url]);
  const telling = startProgram(['events', '--after', '0', '--server', url]);
  const both = [showing, telling];
  const shows = (words: string) =>
    vi.waitFor(() => expect(both.filter(({ stdout }) => !stdout().includes(words))).toEqual([]), { timeout: 30_000 });
  await shows('"held"');
  await server.kill('SIGKILL');
  const told = 'kubejobs: the server does not answer; trying again\n';
  await vi.waitFor(() => expect(both.map(({ stderr }) => stderr())).toEqual([told, told]), { timeout: 30_000 });
  server = await start(new URL(url).port);
  await createClient({ baseUrl: url }).cancel(id);
  await shows('"cancelled"');
  for (const program of both) program.process.kill('SIGKILL');
});
