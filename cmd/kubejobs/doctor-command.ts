// The flags of `kubejobs doctor`, apart from what it does: those of `serve`, and how it answers.
import { Command } from 'commander';
import { flag, oneOf } from './cli/flags.ts';
import type { Io } from './cli/io.ts';

const reportFormats = ['text', 'json', 'yaml'] as const;
export type ReportFormat = (typeof reportFormats)[number];

/** `addOptions` adds those of `serve`. */
export function addDoctorCommand(program: Command, io: Io, addOptions: (command: Command) => void): void {
  const command = new Command('doctor')
    .description('say whether `serve` with the same flags would run well, and what to do where it would not')
    .allowExcessArguments(false);
  program.addCommand(command.copyInheritedSettings(program));
  const { allowed, parse } = oneOf(reportFormats);
  command.addOption(flag('-o, --output <FORMAT>', `${allowed} (default text)`, allowed, parse));
  addOptions(command);
  command.addHelpText(
    'after',
    `
It changes nothing. One line for each check: ok, warn or fail, and what to do. Exit code 0: nothing keeps the server from
running (warnings included); 1: something does; 2: the flags, or a file that they name, cannot be used.`,
  );
  command.action(async ({ output, ...flags }: { output?: ReportFormat } & Record<string, string>) => {
    const { doctor } = await import('./doctor/doctor.ts');
    io.exit(await doctor(io, flags, output ?? 'text'));
  });
}
