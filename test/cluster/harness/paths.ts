/**
 * Where the test cluster keeps what outlives a run: compiled binaries and the state file of `make cluster-up`.
 * Nothing of a running cluster lives here; that is in a temporary folder of its own.
 */
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** `test/cluster/`, the folder that holds the Go modules. */
export const clusterSourceFolder = fileURLToPath(new URL('..', import.meta.url));

/** `${XDG_CACHE_HOME:-~/.cache}/kubejobs/cluster`. */
export function cacheFolder(): string {
  return join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'kubejobs', 'cluster');
}

/** Names the cluster that `make cluster-up` left running. */
export function stateFile(): string {
  return join(cacheFolder(), 'up.json');
}
