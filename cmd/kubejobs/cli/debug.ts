// `kubejobs debug snapshot`: what the server says of itself, as it says it.
import type { Command } from 'commander';
import { addClientCommand } from './command.ts';
import { exitDone } from './exit-codes.ts';
import type { Io } from './io.ts';
import { printDocument } from './output.ts';

export function addDebugCommands(program: Command, io: Io): void {
  const debug = program.command('debug').description('for support: `debug snapshot`');
  addClientCommand(debug, io, {
    usage: 'snapshot',
    help: 'print how the server is, in one document without secrets (JSON, or YAML with -o yaml); needs the role admin',
    async run({ client, format }) {
      await printDocument(io, format === 'yaml' ? 'yaml' : 'json', await client.snapshot());
      return exitDone;
    },
  });
}
