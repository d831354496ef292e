#!/usr/bin/env node
// The program: subcommands and their options. `kubejobs` alone is `kubejobs serve`.
// Exit codes: 0 done, 1 failed, 2 wrong usage, 3 server unreachable.
import { Command, CommanderError, Option } from 'commander';
import {
  ConfigurationError,
  environmentName,
  type OptionTable,
  serveOptions,
} from '../../internal/platform/configuration.ts';
import { exitDone, exitFailed, exitUsage } from './cli/exit-codes.ts';
import { addClientCommands, explainClientError, type Io, processIo } from './cli/index.ts';
import { addDoctorCommand } from './doctor-command.ts';
import { addInstallCommand } from './install-command.ts';
import { hintAtHelp, inOurStyle, refuseUnknownCommand, unknownCommand } from './mistakes.ts';
import { addMonitorCommand } from './monitor-command.ts';
import { policyCheckOptions } from './policy-options.ts';
import { tokenOptions } from './token-options.ts';
import { programVersion } from './version.ts';

/** The command tree; the docs test reads its help. */
export function buildProgram(io: Io = processIo()): Command {
  const program = new Command('kubejobs')
    .description('A durable priority queue that takes jobs over HTTP and runs them as Kubernetes Jobs.')
    .version(programVersion())
    .exitOverride()
    .configureOutput({
      writeOut: (text) => io.stdout.write(text),
      writeErr: (text) => io.stderr.write(text),
      outputError: (text, write) => write(inOurStyle(text)),
    });
  const serve = program
    .command('serve', { isDefault: true })
    .description('take jobs over HTTP and run them (the default)')
    .allowExcessArguments()
    .action(async (flags: Record<string, string | boolean>, command: Command) => {
      refuseArguments(program, command);
      const { serve: run } = await import('./serve.ts');
      await run(flags, process.env);
    });
  addOptions(serve, serveOptions);
  program.addHelpText('after', () => `\nkubejobs alone is \`kubejobs serve\`. ${serveHelp(serve)}`);
  program
    .command('demo')
    .description('play the sample timeline in a dry run and print it (about 35 seconds)')
    .allowExcessArguments(false)
    .action(async () => {
      const { demo } = await import('./demo.ts');
      await demo();
    });
  const token = program
    .command('token')
    .description('make a token for --auth: the token on stdout, its entry for the tokens file on stderr')
    .allowExcessArguments(false)
    .action(async (flags: Record<string, string | boolean>) => {
      const { token: make } = await import('./token.ts');
      make(flags);
    });
  addOptions(token, tokenOptions, false);
  addPolicyCommand(program);
  addClientCommands(program, io);
  addMonitorCommand(program, io);
  addInstallCommand(program, io);
  addDoctorCommand(program, io, (command) => addOptions(command, serveOptions));
  hintAtHelp(program, []);
  return program;
}

function addPolicyCommand(program: Command): void {
  const check = program
    .command('policy')
    .description('what jobs may ask for: `policy check` says whether jobs would be accepted')
    .command('check')
    .description('say of each document of a file whether it would be accepted; without -f print the policy in force')
    .option('-f, --filename <FILE>', 'jobs to judge, as YAML or JSON: bodies of POST /jobs, or whole Jobs; - is stdin')
    .allowExcessArguments(false)
    .action(async (flags: Record<string, string | boolean>) => {
      const { policyCheck } = await import('./policy-check.ts');
      const accepted = policyCheck(flags, process.env, (line) => process.stdout.write(`${line}\n`));
      process.exitCode = accepted ? 0 : exitFailed;
    });
  addOptions(check, policyCheckOptions);
}

/** `serve` is the default, so a misspelt command arrives here as its argument. */
function refuseArguments(program: Command, serve: Command): void {
  const [word] = serve.args;
  if (word !== undefined) throw unknownCommand(program, word);
}

/** The options of `serve`, for the help of the whole program. */
function serveHelp(serve: Command): string {
  const help = serve.helpInformation();
  return help.slice(help.indexOf('Options:'));
}

function addOptions(command: Command, table: OptionTable, fromEnvironment = true): void {
  for (const [name, definition] of Object.entries(table)) {
    const flag = definition.placeholder ? `--${name} <${definition.placeholder}>` : `--${name}`;
    const fallback = definition.default && definition.placeholder ? ` (default ${definition.default})` : '';
    const variable = fromEnvironment ? ` [${environmentName(name)}]` : '';
    command.addOption(new Option(flag, `${definition.help}${fallback}${variable}`));
  }
}

/** `words` as they stand behind the program’s name. Never rejects: what goes wrong is told, and is an exit code. */
export async function runCommandLine(words: readonly string[], io: Io = processIo()): Promise<void> {
  try {
    const program = buildProgram(io);
    refuseUnknownCommand(program, words);
    await program.parseAsync(words, { from: 'user' });
  } catch (error) {
    const { code, lines } = explain(error);
    for (const line of lines) io.stderr.write(`${line}\n`);
    io.exit(code);
  }
}

interface Explained {
  code: number;
  lines: string[];
}

/** Says what went wrong in one line and gives the exit code. Only a bug shows its stack. */
function explain(error: unknown): Explained {
  // It has spoken already.
  if (error instanceof CommanderError) return { code: error.exitCode === 0 ? exitDone : exitUsage, lines: [] };
  const ofClient = explainClientError(error);
  if (ofClient !== undefined) return { ...ofClient, lines: [`kubejobs: ${ofClient.lines.join('\n')}`] };
  if (!(error instanceof Error)) return failed(String(error));
  if (error instanceof ConfigurationError) return { ...failed(error.message), code: exitUsage };
  if ('code' in error) return failed(error.message);
  // By name: the class would load the Kubernetes client for every command.
  if (error.name === 'KubeconfigError') return failed(`${error.message} (--dry-run needs no cluster)`);
  return failed(String(error.stack));
}

function failed(what: string): Explained {
  return { code: exitFailed, lines: [`kubejobs: ${what}`] };
}

/** As in `kubejobs list | head`. */
function leaveWhenNobodyReads(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
  process.exit();
}

if (isMain()) {
  process.stdout.on('error', leaveWhenNobodyReads);
  await runCommandLine(process.argv.slice(2));
}

function isMain(): boolean {
  return import.meta.filename === process.argv[1] || process.argv[1]?.endsWith('/kubejobs') === true;
}
