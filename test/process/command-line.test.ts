// What the program says to someone who starts it, rightly or wrongly: exit codes 0 done, 1 failed, 2 wrong usage.
import { once } from 'node:events';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { serveOptions } from '../../internal/platform/configuration.ts';
import { readRepositoryFile } from '../support/repository.ts';
import { runProgram } from '../support/server-process.ts';

const { version } = JSON.parse(readRepositoryFile('package.json')) as { version: string };
const dryRun = ['serve', '--dry-run', '--store', 'memory', '--port', '0'];

describe('kubejobs', () => {
  it('prints its version', async () => {
    expect(await runProgram(['--version'])).toMatchObject({ code: 0, stdout: `${version}\n`, stderr: '' });
  });

  it('prints its commands on --help', async () => {
    const { code, stdout } = await runProgram(['--help']);
    expect(code).toBe(0);
    for (const command of ['serve', 'demo']) expect(stdout).toMatch(new RegExp(`^  ${command} `, 'm'));
  });

  it('prints every option on serve --help', async () => {
    const { code, stdout } = await runProgram(['serve', '--help']);
    expect(code).toBe(0);
    for (const name of Object.keys(serveOptions)) expect(stdout).toContain(`--${name}`);
  });
});

interface Mistake {
  title: string;
  commandLine: readonly string[];
  environment?: Record<string, string>;
  says: readonly string[];
}

const mistakes: Mistake[] = [
  {
    title: 'an option that does not exist',
    commandLine: [...dryRun, '--max-concurency', '3'],
    says: ['--max-concurency', '--max-concurrency'],
  },
  {
    title: 'a value that is not allowed',
    commandLine: [...dryRun, '--max-concurrency', '0'],
    says: ['--max-concurrency', '"0"', serveOptions['max-concurrency'].allowed],
  },
  {
    title: 'a value that is not allowed, without naming serve',
    commandLine: ['--dry-run', '--port', 'eight'],
    says: ['--port', '"eight"', serveOptions.port.allowed],
  },
  {
    title: 'a bad environment variable',
    commandLine: dryRun,
    environment: { KUBEJOBS_MAX_CONCURRENCY: 'two' },
    says: ['KUBEJOBS_MAX_CONCURRENCY', '"two"', serveOptions['max-concurrency'].allowed],
  },
  {
    title: 'a bad environment variable of a switch',
    commandLine: ['serve', '--store', 'memory', '--port', '0'],
    environment: { KUBEJOBS_DRY_RUN: 'perhaps' },
    says: ['KUBEJOBS_DRY_RUN', '"perhaps"', 'true or false'],
  },
  {
    title: 'a command that does not exist',
    commandLine: ['sevre'],
    says: ['"sevre"', 'did you mean serve?', 'serve, demo', 'kubejobs --help'],
  },
  {
    title: 'a kubeconfig that is not there',
    commandLine: ['serve', '--store', 'memory', '--port', '0', '--kubeconfig', '/nowhere/config'],
    says: ['--kubeconfig', '/nowhere/config'],
  },
  {
    title: 'a kubeconfig that cannot be understood',
    commandLine: ['serve', '--store', 'memory', '--port', '0', '--kubeconfig', brokenKubeconfig()],
    says: ['--kubeconfig', 'config'],
  },
  {
    title: 'a policy file with mistakes',
    commandLine: [...dryRun, '--policy', fileWith('pod_security: strict\nallow: {privileged: true}')],
    says: ['--policy', 'pod_security must be one of', 'allow.privileged is not a field'],
  },
  {
    title: 'a job template that the policy refuses',
    commandLine: [
      ...[...dryRun, '--job-template'],
      fileWith('template: {spec: {hostPID: true, containers: [{name: a, image: b}]}}'),
    ],
    says: ['--job-template', '/template/spec/hostPID must be false'],
  },
  { title: 'an option without its value', commandLine: [...dryRun, '--settle-ms'], says: ['--settle-ms'] },
];

describe('wrong usage ends with 2 and names it:', () => {
  it.each(mistakes)('$title', async ({ commandLine, environment, says }) => {
    const { code, stdout, stderr } = await runProgram(commandLine, environment);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    for (const words of says) expect(stderr).toContain(words);
    expect(stderr).not.toMatch(/^\s+at /m);
  });
});

describe('a start that cannot succeed ends with 1 and says why:', () => {
  let taken: Server | undefined;
  afterEach(() => taken?.close());

  const failure = async (commandLine: readonly string[], environment?: Record<string, string>): Promise<string> => {
    const { code, stdout, stderr } = await runProgram(commandLine, environment);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).not.toMatch(/^\s+at /m);
    return stderr;
  };

  it('the port is in use', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    taken = server;
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const stderr = await failure(['serve', '--dry-run', '--store', 'memory', '--port', String(port)]);
    expect(stderr).toContain(`127.0.0.1:${port}`);
    expect(stderr).toMatch(/in use.*--port/);
  });

  it('the kubeconfig that the environment names is not there', async () => {
    const stderr = await failure(['serve', '--store', 'memory', '--port', '0'], { KUBECONFIG: '/nowhere/config' });
    expect(stderr).toContain('/nowhere/config');
  });

  it('there is no cluster to talk to', async () => {
    const nothing = { HOME: '/nowhere', KUBERNETES_SERVICE_HOST: '', KUBERNETES_SERVICE_PORT: '' };
    const stderr = await failure(['serve', '--store', 'memory', '--port', '0'], nothing);
    expect(stderr).toContain('--dry-run');
  });

  it('the database’s folder is not there', async () => {
    const stderr = await failure(['serve', '--dry-run', '--port', '0', '--store', 'sqlite:/nowhere/kubejobs.db']);
    expect(stderr).toContain('/nowhere/kubejobs.db');
  });
});

function brokenKubeconfig(): string {
  return fileWith('clusters: [');
}

function fileWith(text: string): string {
  const path = join(mkdtempSync(join(tmpdir(), 'kubejobs-test-')), 'config');
  writeFileSync(path, text);
  return path;
}
