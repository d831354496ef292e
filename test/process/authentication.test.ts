// The real program and its tokens: what starts and what is refused, what a token is good for, and how a changed file comes
// into use. Which role each route needs is in test/api/route-access.test.ts.
import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { parse } from 'yaml';
import { comparable, IdTranslation } from '../support/console-examples.ts';
import { examplesFor } from '../support/docs-table.ts';
import { repositoryRoot } from '../support/repository.ts';
import { runProgram, type ServerProcess, startServer, submitJob } from '../support/server-process.ts';
import { type TemporaryFolder, temporaryFolder } from '../support/temporary-folder.ts';
import { sha256Of, tokens, tokensText } from '../support/tokens.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 30_000 });

let folder: TemporaryFolder;
let file: string;
let server: ServerProcess | undefined;

beforeEach(() => {
  folder = temporaryFolder();
  file = `${folder.path}/tokens.yaml`;
  writeFileSync(file, tokensText(), { mode: 0o600 });
});

afterEach(async () => {
  await server?.kill('SIGKILL');
  server = undefined;
  folder.remove();
});

const dryRun = ['serve', '--dry-run', '--store', 'memory', '--port', '0'];
const memory = ['--store', 'memory'];

async function start(flags: readonly string[], environment?: Record<string, string>): Promise<ServerProcess> {
  server = await startServer([...memory, ...flags], environment);
  return server;
}

async function status(path: string, token?: string): Promise<number> {
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
  return (await fetch((server as ServerProcess).url + path, { headers })).status;
}

describe('a host that other machines reach', () => {
  it.each([
    ['by a flag', ['--host', '0.0.0.0'], {}],
    ['by the environment', [], { KUBEJOBS_HOST: '::' }],
  ])('is refused without authentication, with the two ways out: %s', async (_how, flags, environment) => {
    const { code, stdout, stderr } = await runProgram([...dryRun, ...flags], environment);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    for (const words of ['--host', '--auth tokens:FILE', '--auth none', 'kubejobs token'])
      expect(stderr).toContain(words);
    expect(stderr.trim().split('\n')).toHaveLength(1);
  });

  it('that cannot be resolved is named', async () => {
    const { code, stderr } = await runProgram([...dryRun, '--host', 'nowhere.invalid']);
    expect([code, stderr]).toEqual([2, expect.stringContaining('--host nowhere.invalid cannot be resolved')]);
  });

  // An address for examples (RFC 5737) that no machine has: the start gets as far as listening, and lets nobody in here.
  const elsewhere = ['--host', '192.0.2.1'];

  it.each([
    ['by a flag', ['--auth', 'none'], {}],
    ['by the environment', [], { KUBEJOBS_AUTH: 'none' }],
  ])('is listened on when none is written out, with a warning: %s', async (_how, flags, environment) => {
    const { code, stderr } = await runProgram([...dryRun, ...elsewhere, ...flags], environment);
    expect([code, stderr]).toEqual([1, expect.stringMatching(/"host":"192\.0\.2\.1".*asks nobody.*EADDRNOTAVAIL/s)]);
  });

  it('is listened on with tokens, without a warning', async () => {
    const { code, stderr } = await runProgram([...dryRun, ...elsewhere, '--auth', `tokens:${file}`]);
    expect([code, stderr]).toEqual([1, expect.stringContaining('EADDRNOTAVAIL')]);
    expect(stderr).not.toContain('asks nobody');
  });
});

describe('docs/api.md', () => {
  it('shows what a caller without a token hears, and what one with a token does', async () => {
    const guarded = await start(['--auth', `tokens:${file}`, '--settle-ms', '0']);
    const ids = new IdTranslation();
    const examples = examplesFor('test/process/authentication.test.ts', 'docs/api.md');
    expect(examples).toHaveLength(2);
    for (const { command, answer } of examples) {
      const here = command.replace('localhost:8000', guarded.url).replace(/^curl /, 'curl --silent --show-error ');
      const { stdout } = await promisify(execFile)('bash', ['-c', here], {
        env: { ...process.env, TOKEN: tokens.submit },
      });
      expect(comparable(ids.toPage(stdout, answer))).toBe(comparable(answer));
    }
  });
});

describe('a loopback host', () => {
  it.each(['localhost', '127.0.0.1'])('%s is served without tokens', async (host) => {
    const open = await start(['--host', host]);
    expect((await submitJob(open.url, { name: 'job1' })).status).toBe(201);
  });
});

describe('a tokens file', () => {
  it('that cannot be used stops the start with its path, the entry and what is allowed', async () => {
    writeFileSync(file, `- { name: ci, role: read, sha256: ${tokens.admin} }\n`);
    const { code, stdout, stderr } = await runProgram([...dryRun, '--auth', `tokens:${file}`]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    for (const words of ['--auth', file, 'entry 1 (ci)', '64 hexadecimal digits']) expect(stderr).toContain(words);
    expect(stderr).not.toContain(tokens.admin);
  });

  it('is read again when it changes, and at once on SIGHUP; a broken one changes nothing', async () => {
    const guarded = await start(['--auth', `tokens:${file}`, '--log-level', 'info']);
    expect([await status('/jobs', tokens.read), await status('/jobs', tokens.unknown)]).toEqual([200, 401]);

    const entry = `- { name: new, role: read, sha256: ${sha256Of(tokens.unknown)} }\n`;
    writeFileSync(file, entry);
    await vi.waitFor(async () => expect(await status('/jobs', tokens.unknown)).toBe(200), { timeout: 20_000 });
    expect(await status('/jobs', tokens.read)).toBe(401);

    writeFileSync(file, tokens.admin);
    guarded.process.kill('SIGHUP');
    await vi.waitFor(() => expect(guarded.stderr()).toContain('the tokens before it stay'), { timeout: 20_000 });
    expect(await status('/jobs', tokens.unknown)).toBe(200);
    const metrics = { authorization: `Bearer ${tokens.unknown}` };
    expect(await (await fetch(`${guarded.url}/metrics`, { headers: metrics })).text()).toMatch(
      /^kubejobs_tokens_stale 1$/m,
    );

    expect(await guarded.kill('SIGTERM')).toEqual({ code: 0, signal: null });
    for (const token of Object.values(tokens)) expect(guarded.stdout() + guarded.stderr()).not.toContain(token);
  });
});

describe('kubejobs token', () => {
  it('prints the token on stdout and its entry on stderr, which a server then knows', async () => {
    const made = await runProgram(['token', '--name', 'ci', '--role', 'submit', '--expires', '90d']);
    expect(made.code).toBe(0);
    expect(made.stdout).toMatch(/^kubejobs_[-\w]{43}\n$/);
    const token = made.stdout.trim();
    expect(parse(made.stderr)).toEqual([
      { name: 'ci', role: 'submit', sha256: sha256Of(token), expires_at: expect.stringMatching(/^\d{4}-.*T.*:\d\dZ$/) },
    ]);
    expect(made.stderr).not.toContain(token);
    writeFileSync(file, tokensText() + made.stderr);
    await start(['--auth', `tokens:${file}`]);
    expect(await status('/jobs', token)).toBe(200);
  });

  it('makes another one each time, and one that never expires when nothing is said', async () => {
    const [one, two] = await Promise.all([1, 2].map(() => runProgram(['token', '--name', '7', '--role', 'read'])));
    expect(one?.stdout).not.toBe(two?.stdout);
    expect(parse(one?.stderr ?? '')).toEqual([{ name: '7', role: 'read', sha256: sha256Of(one?.stdout.trim() ?? '') }]);
  });

  it.each([
    [['--role', 'read'], '--name is missing'],
    [['--name', 'ci'], '--role is missing; allowed is read, submit, admin'],
    [['--name', 'ci', '--role', 'root'], '--role is "root"; allowed is read, submit, admin'],
    [['--name', 'the pipeline', '--role', 'read'], '--name is "the pipeline"; allowed is 1 to 63 letters'],
    [['--name', 'ci', '--role', 'read', '--expires', 'soon'], '--expires is "soon"; allowed is a duration'],
  ])('refuses %j with what is allowed', async (flags, says) => {
    const { code, stdout, stderr } = await runProgram(['token', ...flags]);
    expect([code, stdout, stderr]).toEqual([2, '', expect.stringContaining(says)]);
  });

  it('is one line of a shell that keeps the token and appends its entry', async () => {
    const program = `node --import tsx cmd/kubejobs/main.ts`;
    const line = `TOKEN=$(${program} token --name ci --role read 2>> ${file}) && echo "$TOKEN"`;
    const { stdout } = await promisify(execFile)('bash', ['-c', line], { cwd: repositoryRoot });
    expect(readFileSync(file, 'utf8')).toContain(sha256Of(stdout.trim()));
    expect(parse(readFileSync(file, 'utf8'))).toHaveLength(5);
  });
});

describe('the environment', () => {
  it('of a pod beside a Service that is called kubejobs starts as any other', async () => {
    const service = { KUBEJOBS_SERVICE_HOST: '10.0.0.1', KUBEJOBS_PORT: 'tcp://10.0.0.1:8000' };
    const others = { KUBEJOBS_PORT_8000_TCP_ADDR: '10.0.0.1', KUBEJOBS_TOKEN: tokens.admin };
    const started = await start([], { ...service, ...others });
    expect(started.stderr()).not.toContain('KUBEJOBS_');
  });

  it('with a misspelt variable starts with a warning that names it, and not its value', async () => {
    const started = await start([], { KUBEJOBS_MAX_CONCURENCY: '7', KUBEJOBS_TOKENS: tokens.admin });
    expect(started.stderr()).toContain('["KUBEJOBS_MAX_CONCURENCY","KUBEJOBS_TOKENS"]');
    expect(started.stderr()).not.toContain(tokens.admin);
  });
});
