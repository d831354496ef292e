/**
 * One at a time across processes, by a file that names its holder. A holder that has died loses the lock.
 */
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { identify, isRunning, type ProcessIdentity } from './process-identity.ts';
import { waitFor } from './wait.ts';

const halfAnHourMs = 1_800_000;

/** The file appears with its holder already in it: a link either lands whole or not at all. */
function tryTake(file: string): boolean {
  const draft = `${file}.${process.pid}`;
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(draft, JSON.stringify(identify(process.pid)));
  try {
    linkSync(draft, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    return false;
  } finally {
    rmSync(draft);
  }
}

function holderOf(file: string): ProcessIdentity | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as ProcessIdentity;
  } catch {
    return undefined; // just released
  }
}

function dropIfAbandoned(file: string): void {
  const holder = holderOf(file);
  if (holder !== undefined && !isRunning(holder)) rmSync(file, { force: true });
}

/** Runs `work` while holding `file`; waits up to half an hour for another process that holds it, telling so once. */
export async function withLock<T>(file: string, log: (line: string) => void, work: () => Promise<T>): Promise<T> {
  let told = false;
  const attempt = () => {
    dropIfAbandoned(file);
    const taken = tryTake(file);
    if (!taken && !told) log(`waiting for process ${holderOf(file)?.pid ?? 'unknown'}, which holds ${file}`);
    told = true;
    return Promise.resolve(taken);
  };
  await waitFor(`the lock ${file}`, attempt, { timeoutMs: halfAnHourMs, intervalMs: 500 });
  try {
    return await work();
  } finally {
    rmSync(file, { force: true });
  }
}
