// Builds the library that stands between a process and its disk (disk-shim.c), and says how a process is started with
// it. Needs the C compiler that better-sqlite3 needs anyway; where there is none the rows that need it are skipped.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, realpathSync, renameSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const source = join(import.meta.dirname, 'disk-shim.c');

/** Why the library cannot be used here; undefined when it can. */
export function shimUnavailable(): string | undefined {
  if (process.platform !== 'linux') return 'the disk shim is made for Linux';
  try {
    shimPath();
    return undefined;
  } catch (error) {
    return `the disk shim needs a C compiler: ${(error as Error).message.split('\n')[0]}`;
  }
}

let built: string | undefined;

/** Compiles it once for each version of its source. */
function shimPath(): string {
  built ??= build();
  return built;
}

function build(): string {
  const version = createHash('sha256').update(readFileSync(source)).digest('hex').slice(0, 16);
  const path = join(tmpdir(), `kubejobs-disk-shim-${process.getuid?.() ?? 0}-${version}.so`);
  if (existsSync(path)) return path;
  const unfinished = `${path}.${process.pid}`;
  const flags = ['-O2', '-Wall', '-shared', '-fPIC', '-o', unfinished, source, '-ldl', '-lpthread'];
  execFileSync(process.env.CC ?? 'cc', flags, { stdio: ['ignore', 'ignore', 'pipe'] });
  renameSync(unfinished, path);
  return path;
}

export interface ShimFiles {
  folder: string;
  log?: string;
  control?: string;
}

/** The environment of a process whose files in `folder` are watched. The log and the control file lie elsewhere. */
export function shimEnvironment({ folder, log, control }: ShimFiles): Record<string, string> {
  return {
    LD_PRELOAD: shimPath(),
    DISK_SHIM_FOLDER: realpathSync(folder),
    ...(log && { DISK_SHIM_LOG: log }),
    ...(control && { DISK_SHIM_CONTROL: control }),
  };
}
