/**
 * Ends and removes one cluster by its folder alone, whoever started it and however that one ended: called by a clean
 * stop, by the guardian after a crash, and by `make cluster-down`. It touches only processes recorded in the folder or
 * marked with it, and mounts below it.
 */
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { assertClusterFolder } from './cluster-folder.ts';
import { endProcess, type ProcessRecord } from './process.ts';
import { findMarked, isRunning, type ProcessIdentity } from './process-identity.ts';
import { removeNodeTraces, stopContainers } from './real-node-cleanup.ts';

/** These come first and in this order: while they live, they bring back what is being removed. */
const nodeAgents = ['kubelet', 'containerd'];

function recordedProcesses(folder: string): ProcessRecord[] {
  const records = join(folder, 'processes');
  if (!existsSync(records)) return [];
  return readdirSync(records).map((file) => JSON.parse(readFileSync(join(records, file), 'utf8')) as ProcessRecord);
}

async function endNodeAgents(records: readonly ProcessRecord[]): Promise<void> {
  for (const name of nodeAgents) {
    for (const record of records.filter((candidate) => candidate.name === name)) await endProcess(record);
  }
}

/** The data is thrown away, so nobody has to close anything properly. */
async function killAll(processes: readonly ProcessIdentity[]): Promise<void> {
  await Promise.all(processes.filter(isRunning).map((process) => endProcess(process, 'SIGKILL')));
}

/** Idempotent. Throws when something can't be removed; the folder then stays, so that it can be tried again. */
export async function cleanUp(folder: string): Promise<void> {
  if (!existsSync(folder)) return;
  assertClusterFolder(folder);
  const records = recordedProcesses(folder);
  await endNodeAgents(records);
  await stopContainers(folder);
  await killAll(records);
  await killAll(findMarked(folder)); // started, but not yet recorded, when its parent died
  await removeNodeTraces(folder);
  rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
}
