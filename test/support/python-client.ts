// The Python client, which nobody writes and nobody commits: openapi-python-client makes it from openapi.yaml when it is
// wanted. Its own packages are in a virtual environment of the cache folder, where the client's run as well.
import { mkdirSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { pythonEnvironment, runPython } from './python-environment.ts';
import { repositoryRoot } from './repository.ts';

const requirements = fileURLToPath(new URL('python-client-requirements.txt', import.meta.url));

/** A Python that has what the client imports. */
export type PythonClient = { python: string } | { missing: string };

/** Writes an installable package into the folder; in it the folder kubejobs_client is the client. */
export async function writePythonClient(folder: string): Promise<PythonClient> {
  const environment = await pythonEnvironment('python-client', requirements);
  if ('missing' in environment) return environment;
  const { programs } = environment;
  mkdirSync(dirname(folder), { recursive: true });
  const words = ['generate', '--path', `${repositoryRoot}openapi.yaml`, '--output-path', folder, '--overwrite'];
  const options = { timeout: 120_000, env: { PATH: `${programs}${delimiter}${process.env.PATH}` } }; // it formats by ruff
  await runPython(join(programs, 'openapi-python-client'), [...words, '--meta', 'setup'], options);
  return { python: join(programs, 'python') };
}
