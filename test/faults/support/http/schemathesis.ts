// Schemathesis (https://schemathesis.readthedocs.io), which makes requests up from an OpenAPI document and holds the
// answers against it. Its packages go into a virtual environment in the cache folder, by exact versions, the first time;
// where Python or the packages cannot be had, it says so and the caller goes on without.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { pythonEnvironment, runPython } from '../../../support/python-environment.ts';

const requirements = fileURLToPath(new URL('schemathesis-requirements.txt', import.meta.url));

/** Where it can be run from, or why it cannot. */
export type Schemathesis = { program: string } | { missing: string };

export async function schemathesis(): Promise<Schemathesis> {
  const environment = await pythonEnvironment('schemathesis', requirements);
  return 'missing' in environment ? environment : { program: join(environment.programs, 'schemathesis') };
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
    const words = ['run', `${url}/openapi.json`, ...options, ...without, ...steady, ...access];
    const output = await runPython(program, words, { timeout: 900_000, cwd: folder });
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
