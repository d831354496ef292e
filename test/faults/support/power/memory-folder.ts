// A folder of its own in memory, where there is such a file system: copies that are read once need no disk.
import { accessSync, constants, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TemporaryFolder } from '../../../support/temporary-folder.ts';

const sharedMemory = '/dev/shm';

export function memoryFolder(): TemporaryFolder {
  const path = mkdtempSync(join(isWritable(sharedMemory) ? sharedMemory : tmpdir(), 'kubejobs-test-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

function isWritable(path: string): boolean {
  try {
    accessSync(path, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
