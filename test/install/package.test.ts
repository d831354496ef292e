// What `npm install kubejobs` gives: a command, a client library with types, and where the native part is missing a way on.
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readRepositoryFile } from '../support/repository.ts';
import { getJson } from '../support/server-process.ts';
import { InstalledPackage } from './support/installed-package.ts';

let installed: InstalledPackage;
beforeAll(async () => {
  installed = await InstalledPackage.install();
}, 240_000);
afterAll(() => installed?.remove());

const { version } = JSON.parse(readRepositoryFile('package.json')) as { version: string };
const dryRun = ['--dry-run', '--dry-run-duration', '1ms', '--settle-ms', '0', '--log-level', 'silent'];

describe('the package in an empty folder', () => {
  it('has the program, the manifests and the API document, and no sources or tests, nor what was built before', () => {
    const files = installed.files();
    const needed = [
      'dist/cmd/kubejobs/main.js',
      'deploy/install.yaml',
      'deploy/helm/kubejobs/Chart.yaml',
      'openapi.yaml',
    ];
    expect(files).toEqual(expect.arrayContaining(needed));
    expect(files.filter((path) => /(?<!\.d)\.ts$|^test\b|\.db$|stale/.test(path))).toEqual([]);
  });

  it('says its version by npx', async () => {
    expect(await installed.kubejobs('--version')).toMatchObject({ code: 0, stdout: `${version}\n` });
  });

  it('says what to install where the native part is missing, and runs without it in memory', async () => {
    const refused = await installed.kubejobs('serve', ...dryRun, '--port', '0', '--store', 'sqlite:jobs.db');
    expect(refused).toMatchObject({ code: 1, stdout: '' });
    expect(refused.stderr).toMatch(/has no native part for Node\.js v.*--allow-scripts=better-sqlite3.*--store memory/);
    await installed.serving([...dryRun, '--store', 'memory'], async (url) => {
      expect(await getJson(`${url}/health`)).toMatchObject({ status: 'ok' });
    });
  });

  it('serves a dry run that answers /health and takes a job from its own command line', async () => {
    installed.addNativePart();
    await installed.serving([...dryRun, '--store', 'sqlite:jobs.db'], async (url) => {
      expect(await getJson(`${url}/health`)).toMatchObject({ status: 'ok', store: 'ok', version });
      const submitted = await installed.kubejobs('submit', '--name', 'job1', '--wait', '--server', url);
      expect(submitted.code, submitted.stderr).toBe(0);
      expect(await getJson(`${url}/jobs`)).toMatchObject([{ name: 'job1', state: 'succeeded' }]);
    });
  });
});

const program = `
import { createClient, Problem, type SubmissionDocument } from 'kubejobs/client';

const client = createClient({ baseUrl: process.argv[2] ?? '' });
const job: SubmissionDocument = { name: 'job2', priority: 2 };
const jobId: string = (await client.submit(job)).job_id;
const refusal: unknown = await client.submit({ name: '' }).catch((error: unknown) => error);
// @ts-expect-error: a job has a name
const nameless: SubmissionDocument = { priority: 2 };
// @ts-expect-error: the id is a text
const count: number = (await client.submit(job)).job_id;
console.log(JSON.stringify({ nameless, count, jobId, code: refusal instanceof Problem ? refusal.code : undefined }));
`;

describe('kubejobs/client', () => {
  const tsc = join(createRequire(import.meta.url).resolve('typescript/package.json'), '../bin/tsc');
  const types = createRequire(import.meta.url)
    .resolve('@types/node/package.json')
    .replace('/node/package.json', '');
  const compile = (text: string): void => {
    writeFileSync(join(installed.folder, 'program.mts'), text);
    const flags = [
      '--strict',
      '--module',
      'nodenext',
      '--target',
      'es2023',
      '--typeRoots',
      types,
      '--types',
      'node',
      '--skipLibCheck',
    ];
    execFileSync(process.execPath, [tsc, ...flags, 'program.mts'], { cwd: installed.folder, encoding: 'utf8' });
  };

  it('is imported by a program in TypeScript, whose mistakes its types find, and by what that compiles to', async () => {
    compile(program);
    await installed.serving([...dryRun, '--store', 'memory'], async (url) => {
      const { stdout, stderr } = await installed.run('node', 'program.mjs', url);
      expect(JSON.parse(stdout || stderr)).toMatchObject({
        jobId: expect.stringMatching(/^[0-9a-f-]{36}$/),
        code: 'validation_failed',
      });
    });
  });

  it('is all that a program can import', async () => {
    const { code, stderr } = await installed.run(
      'node',
      '--input-type=module',
      '-e',
      "import 'kubejobs/dist/cmd/kubejobs/main.js'",
    );
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining('ERR_PACKAGE_PATH_NOT_EXPORTED') });
  });
});
