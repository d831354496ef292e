// `kubejobs logs`: what the containers of a job wrote, byte for byte as the server gives it.
import type { Command } from 'commander';
import { integer } from '../../../internal/platform/configuration.ts';
import type { LogOptions } from '../../../pkg/client/index.ts';
import { addClientCommand } from './command.ts';
import { exitDone } from './exit-codes.ts';
import { flag, text, toggle } from './flags.ts';
import { type Io, write } from './io.ts';

export function addLogsCommand(program: Command, io: Io): void {
  addClientCommand<LogOptions>(program, io, {
    usage: 'logs <JOB-ID>',
    help: 'print what a job’s containers wrote',
    flags: [
      toggle('-f, --follow', 'go on until the job is finished; waits for its first container'),
      flag('--tail <LINES>', 'only the last lines', 'an integer from 0', integer(0, 999_999_999)),
      flag('-c, --container <NAME>', 'only this container', 'a name', text),
      flag('--attempt <NUMBER>', 'of this attempt (default the newest)', 'an integer from 1', integer(1, 999_999)),
      toggle('--timestamps', 'begin each line with its time'),
    ],
    output: false,
    streams: true,
    run: async ({ client, flags, operands: [jobId = ''] }) => {
      const { follow, tail, container, attempt, timestamps } = flags;
      const options = { follow, tail, container, attempt, timestamps, signal: io.signal };
      for await (const piece of client.logs(jobId, options)) await write(io, piece);
      return exitDone;
    },
  });
}
