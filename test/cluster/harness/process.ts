/**
 * The child processes of one cluster. Each writes its output to `<folder>/logs/<name>.log` and is recorded in
 * `<folder>/processes/<name>.json` while it runs, so that another process (the guardian, `make cluster-down`) can end
 * exactly these. Children live in sessions of their own: a Ctrl-C in a terminal reaches the tests, not the database.
 * Nothing is ever ended by its name.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { identify, isRunning, markerVariable, type ProcessIdentity } from './process-identity.ts';
import { waitFor } from './wait.ts';

export interface ProcessRecord extends ProcessIdentity {
  name: string;
}

export interface ProcessSpec {
  name: string;
  command: string;
  args: readonly string[];
  env?: NodeJS.ProcessEnv;
}

const keptLogLines = 15;

export class Processes {
  readonly folder: string;
  readonly #running = new Map<string, { child: ChildProcess; record: ProcessRecord }>();

  constructor(folder: string) {
    this.folder = folder;
    for (const part of ['logs', 'processes']) mkdirSync(join(folder, part), { recursive: true });
  }

  start(spec: ProcessSpec): void {
    const log = openSync(join(this.folder, 'logs', `${spec.name}.log`), 'a');
    const env = { ...process.env, ...spec.env, [markerVariable]: this.folder };
    const child = spawn(spec.command, spec.args, {
      detached: true,
      stdio: ['ignore', log, log],
      env,
      cwd: this.folder,
    });
    closeSync(log);
    child.unref();
    child.on('error', () => undefined); // a command that can't run is noticed by `assertRunning`
    const identity = child.pid === undefined ? undefined : identify(child.pid);
    const record = { ...(identity ?? { pid: 0, startTicks: '' }), name: spec.name };
    writeFileSync(this.#recordFile(spec.name), JSON.stringify(record));
    this.#running.set(spec.name, { child, record });
  }

  /** Throws, with the end of its log, when a process that was started has ended without being told to. */
  assertRunning(): void {
    for (const { record } of this.#running.values()) {
      if (!isRunning(record)) throw new Error(`${record.name} has ended:\n${this.logTail(record.name)}`);
    }
  }

  /** Ends one process and waits for it; after `patienceMs` it is killed. */
  async stop(name: string, signal: NodeJS.Signals = 'SIGTERM', patienceMs = 30_000): Promise<void> {
    const running = this.#running.get(name);
    if (running === undefined) return;
    this.#running.delete(name);
    await endProcess(running.record, signal, patienceMs);
    rmSync(this.#recordFile(name), { force: true });
  }

  /** The end of every log there is, for an error message: the folder goes away with the cluster. */
  logTails(): string {
    const names = readdirSync(join(this.folder, 'logs')).map((file) => file.replace(/\.log$/, ''));
    return names.map((name) => `--- ${name}\n${this.logTail(name)}`).join('\n');
  }

  logTail(name: string): string {
    const text = readFileSync(join(this.folder, 'logs', `${name}.log`), 'utf8');
    return text.trimEnd().split('\n').slice(-keptLogLines).join('\n');
  }

  #recordFile(name: string): string {
    return join(this.folder, 'processes', `${name}.json`);
  }
}

/** Sends `signal` to exactly this process, waits, and kills it when it has not ended after `patienceMs`. */
export async function endProcess(
  target: ProcessIdentity,
  signal: NodeJS.Signals = 'SIGTERM',
  patienceMs = 10_000,
): Promise<void> {
  signalProcess(target, signal);
  const ended = () => Promise.resolve(!isRunning(target));
  try {
    await waitFor(`the end of process ${target.pid}`, ended, { timeoutMs: patienceMs, intervalMs: 20 });
  } catch {
    signalProcess(target, 'SIGKILL');
    await waitFor(`the end of process ${target.pid} after SIGKILL`, ended, { timeoutMs: 10_000, intervalMs: 20 });
  }
}

function signalProcess(target: ProcessIdentity, signal: NodeJS.Signals): void {
  if (!isRunning(target)) return;
  try {
    process.kill(target.pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error; // it ended in between
  }
}
