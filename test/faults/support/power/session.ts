// A session: the same database opened by several processes one after the other, each of which writes some commits and then
// closes it in order or is killed. Its result is the log of all that these processes did to the disk.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type DiskRecord, readDiskLog } from '../disk/disk-log.ts';
import { shimEnvironment } from '../disk/disk-shim.ts';
import { noPatches, type Patches } from './patched-threads.ts';

export interface SessionPart {
  seed: number;
  database: string;
  log: string;
  /** Commits that were written before. */
  from: number;
  commits: number;
  end: 'close' | 'kill';
  patches: Patches;
}

export type PartPlan = Pick<SessionPart, 'commits' | 'end'> & { patches?: Partial<Patches> };

const program = join(import.meta.dirname, 'store-session.ts');
const loader = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;

/** Runs the parts in `folder`, which is empty, and gives back all that they did. */
export async function runSession(seed: number, parts: readonly PartPlan[], folder: string): Promise<DiskRecord[]> {
  const disk = join(folder, 'disk');
  mkdirSync(disk);
  const log = join(folder, 'disk.log');
  const database = join(disk, 'jobs.db');
  let from = 0;
  for (const { commits, end, patches } of parts) {
    await runPart({ seed, database, log, from, commits, end, patches: { ...noPatches, ...patches } }, disk);
    from += commits;
  }
  return readDiskLog(log);
}

async function runPart(part: SessionPart, disk: string): Promise<void> {
  const child = spawn(process.execPath, ['--import', loader, program, JSON.stringify(part)], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, ...shimEnvironment({ folder: disk, log: part.log }) },
  });
  let errors = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text));
  const [code, signal] = (await once(child, 'close')) as [number | null, string | null];
  if (part.end === 'kill' ? signal === 'SIGKILL' : code === 0) return;
  throw new Error(`a part of the session ended with ${code ?? signal}: ${errors}`);
}
