// What users write, and what nobody may read, in the log, the metrics and the errors of the real program: hostile text stays
// text, and no secret comes out again.
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { metricDefinitions } from '../../internal/platform/metrics.ts';
import { writeKubeconfig } from '../support/kubeconfig.ts';
import { type ServerProcess, startServer, startServing } from '../support/server-process.ts';
import { type TemporaryFolder, temporaryFolder } from '../support/temporary-folder.ts';

vi.setConfig({ testTimeout: 90_000, hookTimeout: 90_000 });

const canary = 'canary5c0ffee';
const marker = 'hostile5c0ffee';
const hostileTexts = {
  'a line of its own': `${marker}\n{"level":60,"msg":"forged"}`,
  'ANSI escapes': `${marker}\u001b[2J\u001b[31m`,
  'C1 controls': `${marker}\u009b2J\u0085`,
  'text turned around': `${marker}\u202egnp.exe\u2066`,
  'line separators': `${marker}\u2028\u2029`,
  'a JSON fragment': `${marker}","level":60,"forged":"`,
  'NUL and DEL': `${marker}\u0000\u007f`,
  'lone surrogates': `${marker}\ud800`,
  'a metric': `${marker}"} 1\nkubejobs_forged{x="`,
  'a format': `${marker}%s%d%j%o`,
  '64 KiB': marker + 'x'.repeat(65_536),
};

function bodiesWith(text: string): object[] {
  const template = { template: { spec: { restartPolicy: 'Never', containers: [{ name: 'main', image: text }] } } };
  return [
    { name: text },
    { name: 'a', queue: text },
    { name: 'a', namespace: text },
    { name: 'a', image: text },
    { name: 'a', command: [text] },
    { name: 'a', args: [text] },
    { name: 'a', env: [{ name: text }] },
    { name: 'a', env: [{ name: 'A', value: text }] },
    { name: 'a', env: [{ name: 'A', valueFrom: { [text]: text } }] },
    { name: 'a', labels: { a: text } },
    { name: 'a', labels: { [text]: 'a' } },
    { name: 'a', annotations: { a: text } },
    { name: 'a', annotations: { [text]: 'a' } },
    { name: 'a', annotations: { 'kubejobs.io/simulate-duration': text } },
    { name: 'a', resources: { limits: { [text]: text } } },
    { name: 'a', [text]: text },
    { name: 'a', template: { [text]: text, ...template } },
    { name: 'a', template },
  ];
}

let folder: TemporaryFolder;
let server: ServerProcess;

async function send(
  path: string,
  method: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Response> {
  const json = body === undefined ? {} : { 'content-type': 'application/json' };
  const given = body === undefined ? {} : { body: JSON.stringify(body) };
  return fetch(`${server.url}${path}`, { method, headers: { ...json, ...headers }, ...given });
}

beforeAll(async () => {
  folder = temporaryFolder();
  const store = `sqlite:${folder.path}/kubejobs.db`;
  server = await startServer([
    '--log-level',
    'debug',
    '--settle-ms',
    '0',
    '--dry-run-duration',
    '50ms',
    '--store',
    store,
  ]);
});

afterAll(async () => {
  await server?.kill('SIGKILL');
  folder.remove();
});

describe('hostile text', () => {
  it.each(Object.entries(hostileTexts))('%s in any field ends in 201 or 4xx', async (_what, text) => {
    for (const body of bodiesWith(text)) expect((await send('/jobs', 'POST', body)).status).toBeOneOf([201, 400, 403]);
    for (const name of ['queue', 'name', 'label', 'state', 'cursor', text.slice(0, 50)]) {
      const query = new URLSearchParams({ [name]: text.slice(0, 5_000) });
      expect((await send(`/jobs?${query}`, 'GET')).status).toBe(400);
    }
    for (const path of ['/jobs/', '/errors/', '/']) {
      expect((await send(path + encodeURIComponent(text.slice(0, 60).replace('\ud800', '')), 'GET')).status).toBe(404);
    }
    const whereFrom = { 'user-agent': marker, 'x-forwarded-for': marker, authorization: `Bearer ${marker}` };
    expect((await send('/jobs', 'GET', undefined, whereFrom)).status).toBe(200);
  });

  it('is no line of the log, and nothing in it that a terminal would obey', async () => {
    await vi.waitFor(async () => {
      const running = (await (await send('/jobs/running', 'GET')).json()) as unknown[];
      expect(running).toEqual([]);
    }, 60_000);
    const lines = server.stderr().split('\n').filter(Boolean);
    expect(lines.length).toBeGreaterThan(20);
    const parsed = lines.map((line) => JSON.parse(line) as { level: number; time: string; msg: string });
    expect(parsed.filter(({ level, msg }) => level >= 50 || msg === 'forged')).toEqual([]);
    // Cc but the line ends, Cf, Zl and Zp: controls, invisible signs and separators.
    const obeyed = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;
    expect(lines.filter((line) => obeyed.test(line))).toEqual([]);
  });

  it('is nowhere in the metrics, whose names are the documented ones', async () => {
    const text = await (await send('/metrics', 'GET')).text();
    expect(text).not.toContain(marker);
    const names = text.split('\n').flatMap((line) => /^# TYPE (\S+)/.exec(line)?.[1] ?? []);
    const ours = new Set(Object.keys(metricDefinitions));
    const unknown = names.filter((name) => !ours.has(name) && !/^kubejobs_(process|nodejs)_/.test(name));
    expect(unknown).toEqual([]);
    expect(text.split('\n').length).toBeLessThan(600);
  });

  it('is answered as JSON that nobody takes for anything else', async () => {
    for (const path of [`/<script>${marker}</script>`, `/jobs?x=<script>${marker}</script>`]) {
      const answer = await send(path, 'GET');
      expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
      expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
    }
  });
});

describe('secrets', () => {
  const container = { name: 'main', image: 'busybox', env: [{ name: 'A', value: canary }] };
  const wrong = [
    { name: 'a', env: [{ name: '1', value: canary }] },
    { name: 'a', env: [{ name: 'A', value: canary, valueFrom: { b: canary } }] },
    { name: 'a', env: { A: canary } },
    { name: 'a', args: canary },
    { name: 'a', annotations: { a: { b: canary } } },
    { name: 'a', priority: canary },
    { name: 'a', template: { template: { spec: { hostPID: true, containers: [container] } } } },
  ];

  it('in a body that is refused are not in the answer', async () => {
    for (const body of wrong) {
      const answer = await send('/jobs', 'POST', body);
      expect(answer.status).toBeOneOf([400, 403]);
      expect(await answer.text()).not.toContain(canary);
    }
    for (const broken of [`{"name":"a","env":[{"value":"${canary}"x`, `{"a":${canary}}`, `{"${canary}`, canary]) {
      const headers = { 'content-type': 'application/json' };
      const answer = await fetch(`${server.url}/jobs`, { method: 'POST', headers, body: broken });
      expect(answer.status).toBe(400);
      expect(await answer.text()).not.toContain(canary.slice(0, 6));
    }
  });

  it('of jobs that run, and tokens of callers, are in no log and no metric', async () => {
    const authorization = `Bearer ${canary}`;
    const template = { template: { spec: { restartPolicy: 'Never', containers: [container] } } };
    const good = [
      { name: 'a', env: [{ name: 'A', value: canary }] },
      { name: 'a', args: [canary] },
      { name: 'a', template },
    ];
    for (const body of good) expect((await send('/jobs', 'POST', body, { authorization })).status).toBe(201);
    expect((await send(`/jobs?token=${canary}`, 'GET', undefined, { authorization, cookie: canary })).status).toBe(400);
    await vi.waitFor(async () => {
      expect(await (await send('/jobs/running', 'GET')).json()).toEqual([]);
    }, 60_000);
    expect(server.stderr() + server.stdout()).not.toContain(canary);
    expect(await (await send('/metrics', 'GET')).text()).not.toContain(canary);
  });

  it('of a kubeconfig are in no log of a server that cannot reach its cluster', async () => {
    const user = { token: canary };
    const cluster = { 'certificate-authority-data': Buffer.from(canary).toString('base64') };
    const kubeconfig = writeKubeconfig(folder.path, { server: 'http://127.0.0.1:9', user, cluster });
    const flags = ['--kubeconfig', kubeconfig, '--log-level', 'debug', '--store', `sqlite:${folder.path}/real.db`];
    const real = await startServing(flags);
    await vi.waitFor(() => expect(real.stderr()).toContain('the API server does not answer'), 60_000);
    const metrics = await (await fetch(`${real.url}/metrics`)).text();
    await real.kill('SIGTERM');
    for (const secret of [canary, Buffer.from(canary).toString('base64')]) {
      expect(real.stderr() + real.stdout() + metrics).not.toContain(secret);
    }
  });
});
