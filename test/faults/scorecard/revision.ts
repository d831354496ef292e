// Which state of the program a result is about: the last commit that changed the program or its tests (one that changed
// a page only says nothing new), and whether something of them was not committed.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readRepositoryFile, repositoryRoot } from '../../support/repository.ts';
import type { Revision } from './results.ts';

const paths = ['cmd', 'pkg', 'internal', 'test', 'deploy', 'package.json', 'package-lock.json', 'vitest.config.ts'];

/** What a whole run goes by: its first process looks and hands it on, so a commit meanwhile does not divide the run. */
export function revisionOfRun(environment: NodeJS.ProcessEnv = process.env): Revision {
  const given = environment.KUBEJOBS_SCORECARD_REVISION;
  return given === undefined ? currentRevision() : (JSON.parse(given) as Revision);
}

export function currentRevision(): Revision {
  const commit = git('log', '-1', '--format=%H', '--', ...paths).trim();
  const changed = git('diff', 'HEAD', '--', ...paths);
  const added = git('ls-files', '--others', '--exclude-standard', '-z', '--', ...paths)
    .split('\0')
    .filter(Boolean);
  if (changed === '' && added.length === 0) return { commit, dirty: false };
  const hash = createHash('sha256').update(changed);
  for (const path of added) hash.update(path).update(readRepositoryFile(path));
  return { commit, dirty: true, difference: hash.digest('hex').slice(0, 12) };
}

function git(...commandLine: string[]): string {
  return execFileSync('git', commandLine, { cwd: repositoryRoot, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
}
