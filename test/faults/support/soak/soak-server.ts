// The program with an ear for its parent: told anything, it collects its garbage and answers how much memory is left in use.
// Start it with --expose-gc and an IPC channel.
import { buildProgram } from '../../../../cmd/kubejobs/main.ts';

process.on('message', () => {
  globalThis.gc?.();
  globalThis.gc?.();
  process.send?.(process.memoryUsage());
});

await buildProgram().parseAsync();
