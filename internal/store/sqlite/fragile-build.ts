// Whether this build of better-sqlite3 ends the process now and then. Compiled with the headers of Node 24.19 or newer of
// 24, version 12 aborts when a statement is collected while no JavaScript runs (nodejs/node#65446). Nothing that was
// acknowledged is lost by that, but nobody would know why the server ends: so the log says it at the start.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

/** Those headers make every build need this function of Node. */
const tellTale = 'RemoveEnvironmentCleanupHook';

export const fragileBuildMessage =
  'better-sqlite3 was compiled with the headers of Node 24.19 or newer: such a build ends the process now and then. ' +
  'Compile it with those of Node 24.18, or use Node 20 or 22';

export function hasFragileBuild(nodeVersion: string = process.version, read: () => Buffer = readBuild): boolean {
  const [, minor] = /^v24\.(\d+)\./.exec(nodeVersion) ?? [];
  if (minor === undefined || Number(minor) < 19) return false;
  try {
    return read().includes(tellTale);
  } catch {
    return false;
  }
}

export function readBuild(): Buffer {
  const description = createRequire(import.meta.url).resolve('better-sqlite3/package.json');
  return readFileSync(description.replace(/package\.json$/, 'build/Release/better_sqlite3.node'));
}
