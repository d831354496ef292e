/**
 * Finds the cluster's binaries: in the folder that KUBEBUILDER_ASSETS names, else in the cache, else it has them built
 * into the cache. It knows no flags and starts nothing.
 */
import { createHash } from 'node:crypto';
import { accessSync, constants, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildBinary, goVersion } from './go-build.ts';
import { withLock } from './lock.ts';
import { cacheFolder, clusterSourceFolder } from './paths.ts';
import { type BinaryName, type ModuleName, recipes } from './recipes.ts';

export type Availability = { available: true } | { available: false; reason: string };

/** Share a folder; a module that few tests need has one of its own, so that a change of one keeps the others. */
const clusterModules: readonly ModuleName[] = ['etcd', 'kubernetes', 'kwok', 'containerd'];

/** The folder for this choice of versions: another go.mod means another folder, so that old binaries are never taken. */
function binaryCacheFolder(name: BinaryName): string {
  const { module: own } = recipes[name];
  const hash = createHash('sha256');
  for (const module of clusterModules.includes(own) ? clusterModules : [own])
    hash.update(readFileSync(join(clusterSourceFolder, module, 'go.mod')));
  return join(cacheFolder(), hash.digest('hex').slice(0, 16));
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Where the binary is now, or `undefined` when it has to be built. */
function find(name: BinaryName): string | undefined {
  const assets = process.env.KUBEBUILDER_ASSETS;
  const candidates = [...(assets ? [join(assets, name)] : []), join(binaryCacheFolder(name), name)];
  return candidates.find(isExecutable);
}

/** Builds nothing. Available means: every binary is there, or there is a Go toolchain to build the missing ones. */
export async function binaryAvailability(names: readonly BinaryName[]): Promise<Availability> {
  const missing = names.filter((name) => find(name) === undefined);
  if (missing.length === 0 || (await goVersion()) !== undefined) return { available: true };
  const list = missing.join(', ');
  return { available: false, reason: `no ${list} in KUBEBUILDER_ASSETS or the cache, and no Go to build them` };
}

async function buildMissing(names: readonly BinaryName[], log: (line: string) => void): Promise<void> {
  for (const folder of new Set(names.map(binaryCacheFolder))) {
    await withLock(join(folder, '.lock'), log, async () => {
      for (const name of names) {
        if (binaryCacheFolder(name) === folder && find(name) === undefined) await buildBinary(name, folder, log);
      }
    });
  }
}

/** The path of each of `names`; builds what is missing, which takes minutes the first time. Throws when it can't. */
export async function ensureBinaries<Name extends BinaryName>(
  names: readonly Name[],
  log: (line: string) => void,
): Promise<Record<Name, string>> {
  if (names.some((name) => find(name) === undefined)) await buildMissing(names, log);
  return Object.fromEntries(names.map((name) => [name, find(name)])) as Record<Name, string>;
}
