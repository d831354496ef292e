// Starts one of the programs of this folder from its source.
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';

const root = resolve(import.meta.dirname, '../../../../../..');

export interface StoreProcess {
  child: ChildProcessWithoutNullStreams;
  /** The next line of its output; fails when it ends before. */
  line(): Promise<string>;
  /** Every line that was not asked for, when it has ended. */
  rest(): Promise<string[]>;
  kill(): Promise<void>;
}

export function startProcess(program: 'hold' | 'commit-in-a-loop', path: string): StoreProcess {
  const file = join(import.meta.dirname, `${program}.ts`);
  const child = spawn(process.execPath, ['--import', 'tsx', file, path], { cwd: root });
  const exited = once(child, 'exit');
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  const errors: string[] = [];
  child.stderr.on('data', (data: Buffer) => errors.push(data.toString()));
  return {
    child,
    line: async () => {
      const { value, done } = await lines.next();
      if (done) throw new Error(`the process ended: ${errors.join('')}`);
      return value;
    },
    rest: async () => {
      const rest: string[] = [];
      for (let next = await lines.next(); !next.done; next = await lines.next()) rest.push(next.value);
      return rest;
    },
    kill: async () => {
      child.kill('SIGKILL');
      await exited;
    },
  };
}
