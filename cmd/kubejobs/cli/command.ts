// How a client command is put into the tree: its operands and flags, those that all of them share, and what runs it.
import type { Command, Option } from 'commander';
import { type Client, Problem } from '../../../pkg/client/index.ts';
import { type ConnectionFlags, connect, connectionFlags } from './connection.ts';
import { type FlagOf, problemLines, Refused } from './explain.ts';
import { addFlags } from './flags.ts';
import type { Io } from './io.ts';
import { type Format, formatOf, type OutputFlags, outputFlag } from './output.ts';

export interface Invocation<F> {
  io: Io;
  client: Client;
  flags: F;
  /** What stands beside the flags, all of it in order. */
  operands: readonly string[];
  format: Format;
  /** The context's, for jobs that name none. */
  namespace: string | undefined;
}

export interface CommandDefinition<F> {
  /** With its operands, such as `get <JOB-ID...>`. */
  usage: string;
  help: string;
  flags?: readonly Option[];
  /** False for a command that prints something of its own form. */
  output?: boolean;
  /** Whether it follows an answer that may pause for long. */
  streams?: boolean;
  /** What the server's fields are called here, given the flags. */
  flagOf?(flags: F): FlagOf;
  /** The exit code. */
  run(invocation: Invocation<F>): Promise<number>;
}

export function addClientCommand<F extends object>(parent: Command, io: Io, definition: CommandDefinition<F>): void {
  const { usage, help, flags = [], output = true, streams = false, flagOf, run } = definition;
  const command = parent.command(usage).description(help).allowExcessArguments(false);
  addFlags(command, [...flags, ...(output ? [outputFlag()] : []), ...connectionFlags()]);
  command.action(async () => {
    const given: F & ConnectionFlags & OutputFlags = command.opts();
    const { client, namespace } = await connect(io, given, streams);
    const format = formatOf(io, given);
    const { args: operands } = command;
    try {
      io.exit(await run({ io, client, flags: given, operands, format, namespace }));
    } catch (error) {
      throw error instanceof Problem ? new Refused(problemLines(error, flagOf?.(given), operands)) : error;
    }
  });
}
