// Makes every thread that this process starts from now on the store's writer with patches: other values of pragmas, and
// migrations of a version to come. Only in memory; the program's files stay what they are.
import { createRequire, syncBuiltinESMExports } from 'node:module';
import type { Worker } from 'node:worker_threads';

export interface Patches {
  /** Pragmas of the writer that get another value than the program gives them. */
  pragmas: Record<string, string | number>;
  /** Migrations of a version to come. */
  migrations: string[];
  /** How many pages of the log are moved into the database at once; as many as the program does when absent. */
  checkpointEvery?: number;
}

export const noPatches: Patches = { pragmas: {}, migrations: [] };

/** Gives back how to undo it. */
export function patchWriters(patches: Patches): () => void {
  const threads = createRequire(import.meta.url)('node:worker_threads') as { Worker: typeof Worker };
  const Original = threads.Worker;
  const patched = new URL('./patched-writer.js', import.meta.url);
  threads.Worker = class extends Original {
    constructor(worker: URL, options: object) {
      super(patched, { ...options, workerData: { worker: worker.href, patches } });
    }
  };
  syncBuiltinESMExports();
  return () => {
    threads.Worker = Original;
    syncBuiltinESMExports();
  };
}
