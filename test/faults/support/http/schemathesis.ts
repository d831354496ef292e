// Schemathesis (https://schemathesis.readthedocs.io), which makes requests up from an OpenAPI document and holds the
// answers against it. Its packages go into a virtual environment in the cache folder, by exact versions, the first time;
// where Python or the packages cannot be had, it says so and the caller goes on without.
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const requirements = fileURLToPath(new URL('schemathesis-requirements.txt', import.meta.url));
const installMs = 300_000;

/** Where it can be run from, or why it cannot. */
export type Schemathesis = { program: string } | { missing: string };

export async function schemathesis(): Promise<Schemathesis> {
  const folder = environmentFolder();
  const program = join(folder, 'bin', 'schemathesis');
  if (existsSync(program)) return { program };
  try {
    await install(folder);
    return { program };
  } catch (error) {
    return { missing: `schemathesis cannot be installed: ${String(error).split('\n', 2).join(' ')}` };
  }
}

/** `${XDG_CACHE_HOME:-~/.cache}/kubejobs/schemathesis-…`, another one for other versions. */
function environmentFolder(): string {
  const versions = createHash('sha256').update(readFileSync(requirements)).digest('hex').slice(0, 12);
  return join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'kubejobs', `schemathesis-${versions}`);
}

/** What is left of an installation that failed is removed, so that it is not mistaken for one. */
async function install(folder: string): Promise<void> {
  mkdirSync(join(folder, '..'), { recursive: true });
  rmSync(folder, { recursive: true, force: true });
  const python = process.env.PYTHON ?? 'python3';
  await run(python, ['-m', 'venv', folder], installMs);
  const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--no-input', '-r', requirements];
  await run(join(folder, 'bin', 'python'), pip, installMs).catch((error: unknown) => {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  });
}

export interface SchemathesisRun {
  url: string;
  seed: number;
  /** Requests made up for each operation, in each of its phases. */
  examples: number;
  /** As this caller. */
  token?: string;
}

export interface SchemathesisResult {
  /** Requests that were made. */
  cases: number;
  /** What it reports, shortened; undefined when it found nothing. */
  report: string | undefined;
}

/**
 * Checks that do not hold here by intention: a cursor is opaque, so the schema cannot tell the good ones, and a template
 * excludes other fields; a cancelled job can still be read.
 */
const notHere = ['positive_data_acceptance', 'use_after_free', 'ensure_resource_availability'];

/** Calls that wait or have no end, as they should: test/api has their mistakes. */
const endless = ['streamEvents', 'waitForJob', 'getJobLogs'];

/** Of a server that asks for no token, although its document describes them. */
const notWhereOpen = ['ignored_auth'];

/** A body over the limit is refused too, whatever else is wrong with it: 413 joins the usual answers to a bad request. */
const settings = `[checks.negative_data_rejection]
expected-statuses = ["400", "401", "403", "404", "405", "406", "409", "413", "415", "422", "428", "429", "5xx"]
`;

export async function runSchemathesis(program: string, wanted: SchemathesisRun): Promise<SchemathesisResult> {
  const { url, seed, examples, token } = wanted;
  const folder = mkdtempSync(join(tmpdir(), 'kubejobs-schemathesis-'));
  const excluded = token === undefined ? [...notHere, ...notWhereOpen] : notHere;
  const options = ['--checks', 'all', '--exclude-checks', excluded.join(), '--max-examples', String(examples)];
  const without = endless.flatMap((operation) => ['--exclude-operation-id', operation]);
  const steady = ['--seed', String(seed), '--generation-database', 'none', '--no-shrink', '--no-color'];
  const access =
    token === undefined
      ? ['--generation-with-security-parameters', 'false']
      : ['--header', `Authorization: Bearer ${token}`];
  try {
    writeFileSync(join(folder, 'schemathesis.toml'), settings);
    const output = await run(
      program,
      ['run', `${url}/openapi.json`, ...options, ...without, ...steady, ...access],
      900_000,
      folder,
    );
    return { cases: casesIn(output), report: undefined };
  } catch (error) {
    const output = String((error as { stdout?: string }).stdout ?? error);
    return { cases: casesIn(output), report: shortened(output) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** From the failures on, the first of which matter most. */
function shortened(output: string): string {
  const from = output.indexOf('= FAILURES =');
  return from < 0 ? output.slice(-2_000) : output.slice(from, from + 3_000);
}

function casesIn(output: string): number {
  return Number(/(\d+) generated/.exec(output.replaceAll(',', ''))?.[1] ?? 0);
}

function run(program: string, words: string[], timeout: number, cwd?: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const environment = { ...process.env, PYTHONDONTWRITEBYTECODE: '1', NO_COLOR: '1' };
    const options = { timeout, maxBuffer: 64 * 1_048_576, env: environment, ...(cwd !== undefined && { cwd }) };
    execFile(program, words, options, (error, stdout, stderr) => {
      if (error === null) resolve(stdout);
      else reject(Object.assign(new Error(stderr.trim().split('\n').at(-1) || error.message), { stdout }));
    });
  });
}
