// `make python-client`: writes the Python client.
import { resolve } from 'node:path';
import { writePythonClient } from './python-client.ts';
import { repositoryRoot } from './repository.ts';

const folder = resolve(process.argv[2] ?? `${repositoryRoot}build/python-client`);
const made = await writePythonClient(folder);
if ('missing' in made) {
  process.stderr.write(`${made.missing}\n`);
  process.exitCode = 1;
} else {
  process.stdout.write(`${folder}: pip install it, or put it on PYTHONPATH; examples/python shows its use\n`);
}
