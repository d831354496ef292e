// The commands about the queue as a whole: pause, resume, settings.
import type { Command } from 'commander';
import type { Client, SettingsDocument } from '../../../pkg/client/index.ts';
import { addClientCommand } from './command.ts';
import { exitDone } from './exit-codes.ts';
import { flag, integer } from './flags.ts';
import type { Io } from './io.ts';
import { printOne, type View } from './output.ts';

interface SettingsFlags {
  maxConcurrency?: number;
}

const settingsView: View<SettingsDocument> = {
  noun: 'settings',
  name: ({ paused }) => (paused ? 'paused' : 'dispatching'),
  columns: [
    { heading: 'MAX-CONCURRENCY', cell: (settings) => settings.max_concurrency },
    { heading: 'PAUSED', cell: (settings) => String(settings.paused) },
  ],
  wide: [],
};

export function addQueueCommands(program: Command, io: Io): void {
  const add = (
    usage: string,
    help: string,
    call: (client: Client, flags: SettingsFlags) => Promise<SettingsDocument>,
  ) =>
    addClientCommand<SettingsFlags>(program, io, {
      usage,
      help,
      flags: usage === 'settings' ? [maxConcurrency] : [],
      run: async ({ client, flags, format }) => {
        await printOne(io, format, settingsView, await call(client, flags));
        return exitDone;
      },
    });
  add('pause', 'stop dispatching; submissions and running jobs go on', (client) => client.pause());
  add('resume', 'go on dispatching', (client) => client.resume());
  add('settings', 'show or change how many jobs may run at once', (client, { maxConcurrency: max }) =>
    max === undefined ? client.settings() : client.configure({ max_concurrency: max }),
  );
}

const maxConcurrency = flag(
  '--max-concurrency <NUMBER>',
  'how many jobs may run at once; a lower number ends no running job',
  'an integer from 1 to 100000',
  integer(1, 100_000),
);
