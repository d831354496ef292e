// The program as it is shipped: dist/, compiled again when a source is newer, as `make build` would.
import { execFileSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { repositoryFiles, repositoryRoot } from './repository.ts';

const main = `${repositoryRoot}dist/cmd/kubejobs/main.js`;

/** Throws with what the compiler said when it fails. */
export function buildWhenStale(): void {
  const sources = repositoryFiles(
    'cmd',
    'pkg',
    'internal',
    'web',
    'package.json',
    'tsconfig.json',
    'tsconfig.build.json',
  );
  const newest = Math.max(...sources.map((path) => changedAt(repositoryRoot + path)));
  if (changedAt(main) < newest) execFileSync('npm', ['run', '--silent', 'build'], { cwd: repositoryRoot });
}

function changedAt(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}
