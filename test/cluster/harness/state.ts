/**
 * The note that `make cluster-up` leaves for `make cluster-down`: which folder its cluster has.
 */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { stateFile } from './paths.ts';
import type { ProcessRecord } from './process.ts';
import { isRunning } from './process-identity.ts';

export interface UpState {
  directory: string;
  kubeconfigPath: string;
  realNode: boolean;
}

export function readState(): UpState | undefined {
  if (!existsSync(stateFile())) return undefined;
  return JSON.parse(readFileSync(stateFile(), 'utf8')) as UpState;
}

export function writeState(state: UpState): void {
  mkdirSync(dirname(stateFile()), { recursive: true });
  writeFileSync(stateFile(), `${JSON.stringify(state, null, 2)}\n`);
}

export function removeState(): void {
  rmSync(stateFile(), { force: true });
}

/** Whether its API server still runs; after a reboot the note is there and the cluster is not. */
export function isUp(state: UpState): boolean {
  const record = join(state.directory, 'processes', 'kube-apiserver.json');
  return existsSync(record) && isRunning(JSON.parse(readFileSync(record, 'utf8')) as ProcessRecord);
}
