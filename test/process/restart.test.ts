// Stops of the real program, polite and not: what was acknowledged is there afterwards, in its place.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { allPages, queueOf, submitUntilTheEnd } from '../support/load.ts';
import { type JobJson, type ServerProcess, startServer, submitJob } from '../support/server-process.ts';
import { type TemporaryFolder, temporaryFolder } from '../support/temporary-folder.ts';

vi.setConfig({ testTimeout: 90_000, hookTimeout: 30_000 }); // each test starts the program twice

let folder: TemporaryFolder;
let server: ServerProcess;

beforeEach(() => {
  folder = temporaryFolder();
});

afterEach(async () => {
  await server?.kill('SIGKILL');
  folder.remove();
});

async function start(): Promise<void> {
  const pace = ['--settle-ms', '0', '--dry-run-duration', '1h', '--max-concurrency', '2'];
  server = await startServer([...pace, '--store', `sqlite:${folder.path}/kubejobs.db`]);
}

async function submitMany(count: number): Promise<void> {
  for (let i = 0; i < count; i += 1) {
    const response = await submitJob(server.url, { name: `job${i}`, priority: (i * 7_919) % 7 });
    expect(response.status).toBe(201);
  }
}

/** Everything that was acknowledged is there once, in the right place and order. */
async function expectAllThere(acknowledged: readonly string[]): Promise<void> {
  const { all, pending, running } = await queueOf(server.url);
  expect(new Set(all).size).toBe(all.length);
  expect(acknowledged.filter((id) => !all.includes(id))).toEqual([]);
  expect(running).toHaveLength(Math.min(2, all.length));
  expect(new Set([...pending, ...running])).toEqual(new Set(all));
  const priorities = (await allPages<JobJson>(server.url, '/jobs/pending')).map((job) => job.priority);
  expect(priorities).toEqual(priorities.toSorted((a, b) => b - a));
}

describe.each(['SIGTERM', 'SIGKILL'] as const)('after a %s', (signal) => {
  it('a restart keeps the running jobs and the order of the pending ones', async () => {
    await start();
    await submitMany(60);
    const before = await queueOf(server.url);
    expect(before).toMatchObject({ pending: { length: 58 }, running: { length: 2 } });
    await server.kill(signal);
    await start();
    expect(await queueOf(server.url)).toEqual(before);
  });
});

describe('SIGKILL', () => {
  it.each([1, 40, 400])('under load, after %i acknowledged jobs, loses none of them', async (count) => {
    await start();
    const load = submitUntilTheEnd(server.url, 16);
    await load.reached(count);
    await server.kill('SIGKILL');
    const { acknowledged } = await load.finished;
    await start();
    await expectAllThere(acknowledged);
  });
});

describe('SIGTERM', () => {
  it('under load ends the program with 0, loses no job, and answers 201, or 503 and when to come back', async () => {
    await start();
    const load = submitUntilTheEnd(server.url, 16);
    await load.reached(100);
    expect(await server.kill('SIGTERM')).toEqual({ code: 0, signal: null });
    const { acknowledged, refusals } = await load.finished;
    const expected = { status: 503, code: 'shutting_down', retryAfter: expect.stringMatching(/^[1-9]\d*$/) };
    for (const refusal of refusals) expect(refusal).toEqual(expected);
    await start();
    await expectAllThere(acknowledged);
  });
});

describe('a second server on the same database', () => {
  it('is refused with the path of the database, and the first goes on', async () => {
    await start();
    const second = startServer(['--store', `sqlite:${folder.path}/kubejobs.db`]);
    await expect(second).rejects.toThrow(`${folder.path}/kubejobs.db`);
    expect((await submitJob(server.url, { name: 'still-here' })).status).toBe(201);
  });
});
