// A server that dies after a job is on disk and before its caller has the answer: the caller tries again with the same
// Idempotency-Key, and gets that very job. KUBEJOBS_CRASHES=200 does it so many times (minutes).
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { getJson, type JobJson, listeningUrl, type Program, startProgram } from '../support/server-process.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const entry = fileURLToPath(new URL('../faults/support/kill/crashing-server.ts', import.meta.url));
const crashes = Number(process.env.KUBEJOBS_CRASHES ?? 3);
const points = ['after_commit', 'before_commit', 'after_commit'] as const;

async function start(database: string): Promise<{ program: Program; url: string }> {
  const flags = ['--dry-run', 'true', '--store', `sqlite:${database}`, '--port', '0', '--log-level', 'error'];
  const program = startProgram(['serve', ...flags], {}, { entry, ipc: true });
  return { program, url: await listeningUrl(program) };
}

function armed(program: Program, point: string): Promise<void> {
  return new Promise((resolve) => {
    program.process.once('message', () => resolve());
    program.process.send({ point, nth: 1 });
  });
}

async function submit(url: string, key: string, name: string): Promise<Response | undefined> {
  const headers = { 'content-type': 'application/json', 'idempotency-key': key };
  const body = JSON.stringify({ name, hold: true });
  return fetch(`${url}/jobs`, { method: 'POST', headers, body }).catch(() => undefined);
}

test('a submission whose answer was lost in a crash is answered with the same job when it is sent again', {
  timeout: 60_000 + crashes * 20_000,
}, async () => {
  const folder = temporaryFolder();
  try {
    let server = await start(`${folder.path}/queue.db`);
    for (let crash = 0; crash < crashes; crash += 1) {
      const point = points[crash % points.length] as (typeof points)[number];
      await armed(server.program, point);
      expect(await submit(server.url, `key-${crash}`, `job${crash}`)).toBeUndefined();
      expect((await server.program.ended).signal).toBe('SIGKILL');
      server = await start(`${folder.path}/queue.db`);
      const again = await submit(server.url, `key-${crash}`, `job${crash}`);
      expect(again?.status).toBe(201);
      expect(again?.headers.get('idempotency-replayed')).toBe(point === 'before_commit' ? null : 'true');
    }
    const jobs = await getJson<JobJson[]>(`${server.url}/jobs`);
    const names = Array.from({ length: crashes }, (_, crash) => `job${crash}`);
    expect(jobs.map(({ name }) => name).reverse()).toEqual(names);
    server.program.process.kill('SIGTERM');
    await server.program.ended;
  } finally {
    folder.remove();
  }
});
