// Finish webhooks and schedules of the real program: a real receiver, real kills, and what a wrong start is told.
import { createHmac } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { type ServerProcess, startProgram, startServer } from '../support/server-process.ts';
import { type TemporaryFolder, temporaryFolder } from '../support/temporary-folder.ts';
import { aReceiver } from '../support/webhook-receiver.ts';

vi.setConfig({ testTimeout: 90_000, hookTimeout: 30_000 });

const secret = 'a secret that is long enough';
let folder: TemporaryFolder;
let server: ServerProcess | undefined;

beforeEach(() => {
  folder = temporaryFolder();
  writeFileSync(`${folder.path}/secret`, `${secret}\n`);
  writeFileSync(`${folder.path}/short`, 'short\n');
});

afterEach(async () => {
  await server?.kill('SIGKILL');
  folder.remove();
});

async function start(...options: string[]): Promise<ServerProcess> {
  const pace = ['--settle-ms', '0', '--dry-run-duration', '10ms', '--store', `sqlite:${folder.path}/kubejobs.db`];
  server = await startServer([...pace, ...options]);
  return server;
}

async function post(url: string, body: object): Promise<Response> {
  return await fetch(url, {
    ...{ method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) },
  });
}

const deliveries = async (url: string): Promise<Array<{ state: string }>> =>
  (await (await fetch(`${url}/webhooks/deliveries`)).json()) as Array<{ state: string }>;

it('tells of the end of a job, signed, also when it was killed before the message had arrived', async () => {
  const { received, host, url: hook } = await aReceiver('hang', 204);
  const options = ['--webhooks', `hooks.example,${host}`, '--webhook-secret-file', `${folder.path}/secret`];
  const first = await start(...options);
  const refused = await post(`${first.url}/jobs`, { name: 'a', on_finish: { url: 'https://evil.example/' } });
  expect(await refused.json()).toMatchObject({ status: 403, code: 'webhook_refused' });
  expect((await post(`${first.url}/jobs`, { name: 'a', on_finish: { url: hook } })).status).toBe(201);
  await vi.waitUntil(() => received.length === 1, { timeout: 30_000 });
  await first.kill('SIGKILL');
  const { url } = await start(...options);
  await vi.waitUntil(() => received.length === 2, { timeout: 30_000 });
  const [before, after] = received;
  expect(after?.body).toBe(before?.body);
  const [, time, signature] = /^t=(\d+),v1=(\w+)$/.exec(String(after?.headers['kubejobs-signature'])) ?? [];
  expect(signature).toBe(createHmac('sha256', secret).update(`${time}.${after?.body}`).digest('hex'));
  expect(JSON.parse(after?.body ?? '')).toMatchObject({
    event: 'job.finished',
    job: { name: 'a', state: 'succeeded' },
  });
  await vi.waitUntil(async () => (await deliveries(url)).length === 0, { timeout: 30_000 });
});

it('takes no URL without --webhooks, in no submission and no schedule', async () => {
  const { url } = await start();
  const job = { name: 'a', on_finish: { url: 'https://hooks.example/' } };
  const problem = { status: 403, code: 'webhook_refused', detail: expect.stringContaining('without --webhooks') };
  expect(await (await post(`${url}/jobs`, job)).json()).toMatchObject(problem);
  const schedule = await post(`${url}/schedules`, { name: 's', cron: '@daily', job });
  expect(await schedule.json()).toMatchObject({ ...problem, errors: [{ pointer: '/job/on_finish/url' }] });
});

it('keeps its schedules through a kill', async () => {
  const first = await start();
  const made = await post(`${first.url}/schedules`, { name: 'nightly', cron: '30 2 * * *', job: { name: 'report' } });
  expect(made.status).toBe(201);
  const schedule = await made.json();
  await first.kill('SIGKILL');
  const { url } = await start();
  expect(await (await fetch(`${url}/schedules`)).json()).toEqual([schedule]);
});

it.each([
  [['--webhooks', 'hooks.example'], '--webhooks needs --webhook-secret-file'],
  [['--webhooks', 'https://hooks.example/'], '--webhooks is "https://hooks.example/"; allowed is hosts such as'],
  [['--webhooks', 'hooks.example', '--webhook-secret-file', 'nowhere'], '--webhook-secret-file nowhere cannot be used'],
  [['--webhooks', 'a.example', '--webhook-secret-file', 'short'], 'a secret of at least 16 characters is needed'],
])('does not start with %j', async (options, words) => {
  const paths = options.map((each) => (each === 'short' ? `${folder.path}/short` : each));
  const { ended, stderr } = startProgram(['serve', '--dry-run', '--port', '0', ...paths]);
  expect((await ended).code).not.toBe(0);
  expect(stderr()).toContain(words);
});
