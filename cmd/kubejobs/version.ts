// The version of the package this program came with, from the nearest package.json above it.
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

export function programVersion(): string {
  let folder = import.meta.dirname;
  while (!existsSync(join(folder, 'package.json')) && dirname(folder) !== folder) folder = dirname(folder);
  const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { version: string };
  return version;
}
