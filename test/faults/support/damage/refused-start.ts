// Starts of the real server that must fail: it ends with 1, says what and where in one line, never listens, and leaves the
// files as they were, so that a second try ends the same.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { Random } from '../../../../internal/platform/random.ts';
import { startProgram } from '../../../support/server-process.ts';
import { DiskControl } from '../disk/disk-control.ts';
import { shimEnvironment } from '../disk/disk-shim.ts';
import { type BadFile, bytesOf } from './bad-files.ts';
import type { FailureAtStart } from './failures.ts';
import type { LeftDatabase } from './left-database.ts';
import { openDamaged } from './open-damaged.ts';

/** What is wrong, or undefined. */
export async function startOnBadFile(
  bad: BadFile,
  left: LeftDatabase,
  folder: string,
  random: Random,
): Promise<string | undefined> {
  const path = left.copyTo(folder, bad.from);
  bad.damage(path, random);
  const before = bytesOf(path);
  const problem = await startRefused(path, bad.says);
  if (problem) return `${bad.name}: ${problem}`;
  const second = openDamaged(path, left);
  if (second.kind !== 'refused') return `${bad.name}: a second try is ${second.kind}`;
  const [database, log] = bytesOf(path);
  const isEmptyNow = before[0] === undefined && database?.length === 0;
  const isAsBefore = isDeepStrictEqual([database, log], before) || (isEmptyNow && isDeepStrictEqual(log, before[1]));
  return isAsBefore ? undefined : `${bad.name}: a refused start changed the files`;
}

/** The disk fails from before the start on, and works again for the one after. */
export async function startOnFailingDisk(
  { name, fault, says }: FailureAtStart,
  left: LeftDatabase,
  folder: string,
): Promise<string | undefined> {
  const path = left.copyTo(folder, 'killed');
  const orders = join(mkdtempSync(join(tmpdir(), 'kubejobs-test-')), 'control');
  const control = new DiskControl(orders);
  try {
    control.fail(fault);
    const problem = await startRefused(path, says, shimEnvironment({ folder, control: orders }));
    if (problem) return `${name} at the start: ${problem}`;
    const outcome = openDamaged(path, left);
    return outcome.kind === 'whole' ? undefined : `${name} at the start: then it is ${JSON.stringify(outcome)}`;
  } finally {
    control.close();
    rmSync(dirname(orders), { recursive: true });
  }
}

async function startRefused(
  path: string,
  says: RegExp,
  environment: Record<string, string> = {},
): Promise<string | undefined> {
  const flags = ['serve', '--dry-run', '--port', '0', '--store', `sqlite:${path}`];
  const program = startProgram(flags, environment);
  program.process.stdout?.on('data', () => {
    if (program.stdout().includes('listens on')) program.process.kill('SIGKILL');
  });
  const { code, signal } = await program.ended;
  const stderr = program.stderr();
  if (code !== 1) return `the server started, or ended with ${code ?? signal}: ${program.stdout()}${stderr}`;
  const lines = stderr.split('\n').filter((line) => line.startsWith('kubejobs:'));
  const isSaid = lines.length === 1 && lines[0]?.includes(path) && says.test(lines[0]);
  return isSaid && !/\n\s+at /.test(stderr) ? undefined : `it says ${JSON.stringify(stderr)}`;
}
