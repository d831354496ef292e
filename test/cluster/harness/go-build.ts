/**
 * Compiles one binary with the local Go toolchain. A binary appears under its name only when it is complete.
 */
import { execFile } from 'node:child_process';
import { renameSync, rmSync } from 'node:fs';
import { constants, setPriority } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { clusterSourceFolder } from './paths.ts';
import { type BinaryName, type Recipe, recipes } from './recipes.ts';

const run = promisify(execFile);
const keptOutput = 2_000;

const environment = {
  ...process.env,
  CGO_ENABLED: '0',
  GOWORK: 'off', // a workspace around the repository must not swallow these modules
};

/** The toolchain's own words about its version, or `undefined` when there is none. */
export async function goVersion(): Promise<string | undefined> {
  try {
    return (await run('go', ['version'])).stdout.trim();
  } catch {
    return undefined;
  }
}

function buildArguments(recipe: Recipe, output: string): string[] {
  const flags = ['-buildvcs=false', '-mod=readonly', '-tags', recipe.tags, '-ldflags', recipe.ldflags];
  return ['build', ...flags, '-o', output, recipe.package];
}

async function compile(recipe: Recipe, output: string): Promise<void> {
  const cwd = join(clusterSourceFolder, recipe.module);
  const building = run('go', buildArguments(recipe, output), { cwd, env: environment, maxBuffer: 64 << 20 });
  if (building.child.pid !== undefined) setPriority(building.child.pid, constants.priority.PRIORITY_BELOW_NORMAL);
  await building;
}

/** Throws with the end of what Go said when it fails. */
export async function buildBinary(name: BinaryName, folder: string, log: (line: string) => void): Promise<void> {
  const recipe = recipes[name];
  const draft = join(folder, `.${name}.${process.pid}`);
  const begun = performance.now();
  log(`building ${name} (about ${recipe.usualSeconds} s when nothing of it is cached)`);
  try {
    await compile(recipe, draft);
    renameSync(draft, join(folder, name));
  } catch (error) {
    rmSync(draft, { force: true });
    const said = String((error as { stderr?: string }).stderr ?? error).slice(-keptOutput);
    throw new Error(`go build of ${name} failed: ${said}`, { cause: error });
  }
  log(`built ${name} in ${Math.round((performance.now() - begun) / 1000)} s`);
}
