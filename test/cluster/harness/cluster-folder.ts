/**
 * The temporary folder of one cluster: data, logs, certificates, records of its processes. It carries a marker file, and
 * everything that deletes, unmounts or signals by folder asks `assertClusterFolder` first.
 */
import { existsSync, mkdtempSync, realpathSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, isAbsolute, join } from 'node:path';

const prefix = 'kubejobs-cluster-';
const markerFile = 'this-is-a-kubejobs-test-cluster';

export function makeClusterFolder(): string {
  const folder = mkdtempSync(join(realpathSync(tmpdir()), prefix));
  writeFileSync(join(folder, markerFile), '');
  return folder;
}

/** Throws unless `folder` is one that `makeClusterFolder` made: an empty or wrong path must never be swept. */
export function assertClusterFolder(folder: string): void {
  const ours = isAbsolute(folder) && basename(folder).startsWith(prefix) && existsSync(join(folder, markerFile));
  if (!ours || realpathSync(folder) !== folder) throw new Error(`not the folder of a test cluster: "${folder}"`);
}
