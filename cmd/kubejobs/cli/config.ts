// `kubejobs config`: the client’s own file of servers. It asks no server, and it shows where tokens are, never what they are.
import { resolve } from 'node:path';
import type { Command, Option } from 'commander';
import { stringify } from 'yaml';
import { ConfigurationError } from '../../../internal/platform/configuration.ts';
import {
  type ClientConfiguration,
  configurationPath,
  contextOf,
  readClientConfiguration,
  writeClientConfiguration,
} from './configuration-file.ts';
import { serverAllowed, serverUrl } from './connection.ts';
import { exitDone } from './exit-codes.ts';
import { addFlags, flag, notAllowed, text } from './flags.ts';
import { type Io, note, write } from './io.ts';

interface ContextFlags {
  server?: string;
  tokenFile?: string;
  namespace?: string;
}

type Run = (path: string, operands: readonly string[], flags: ContextFlags) => Promise<void> | void;

export function addConfigCommands(program: Command, io: Io): void {
  const config = program
    .command('config')
    .description('which servers the client knows (a file: KUBEJOBS_CONFIG, or ~/.config/kubejobs/config.yaml)');
  const add = (usage: string, help: string, flags: readonly Option[], run: Run): void => {
    const command = addFlags(config.command(usage).description(help).allowExcessArguments(false), flags);
    command.action(async () => {
      await run(configurationPath(io.environment), command.args, command.opts());
      io.exit(exitDone);
    });
  };
  add('set-context <NAME>', 'add or change a context; the first one is used at once', contextFlags(), setContext(io));
  add('use-context <NAME>', 'make a context the current one', [], useContext(io));
  add('delete-context <NAME>', 'forget a context', [], deleteContext(io));
  add('current-context', 'print the name of the current context', [], (path) => currentContext(io, path));
  add('view', 'print the file', [], (path) => write(io, stringify(readClientConfiguration(path))));
}

function contextFlags(): Option[] {
  return [
    flag('--server <URL>', 'the server', serverAllowed, serverUrl),
    flag('--token-file <FILE>', 'file with the token for it', 'the path of a file', text),
    flag('-n, --namespace <NAME>', 'namespace for jobs that name none', 'a name', text),
  ];
}

function setContext(io: Io): Run {
  return (path, [name = ''], { server: given, tokenFile, namespace }) => {
    if (!/^[-\w.@:/]{1,100}$/.test(name) || name === '__proto__') {
      throw notAllowed('the context’s name', name, 'letters, digits and -_.@:/');
    }
    const configuration = readClientConfiguration(path);
    const before = Object.hasOwn(configuration.contexts, name) ? configuration.contexts[name] : undefined;
    const server = given ?? before?.server;
    if (server === undefined) throw new ConfigurationError(`--server is missing; allowed is ${serverAllowed}`);
    const context = {
      ...before,
      server,
      ...(tokenFile !== undefined && { token_file: resolve(tokenFile) }),
      ...(namespace !== undefined && { namespace }),
    };
    const contexts = { ...configuration.contexts, [name]: context };
    writeClientConfiguration(path, { current_context: configuration.current_context ?? name, contexts });
    const isCurrent = (configuration.current_context ?? name) === name;
    note(io, `context ${name} is set${isCurrent ? ' and is the current one' : ''}`);
  };
}

function useContext(io: Io): Run {
  return (path, [name = '']) => {
    const configuration = readClientConfiguration(path);
    contextOf(configuration, name, path);
    writeClientConfiguration(path, { ...configuration, current_context: name });
    note(io, `context ${name} is the current one`);
  };
}

function deleteContext(io: Io): Run {
  return (path, [name = '']) => {
    const configuration = readClientConfiguration(path);
    contextOf(configuration, name, path);
    const { [name]: _deleted, ...contexts } = configuration.contexts;
    const { current_context: current } = configuration;
    const left: ClientConfiguration =
      current === undefined || current === name ? { contexts } : { current_context: current, contexts };
    writeClientConfiguration(path, left);
    note(io, `context ${name} is deleted`);
  };
}

async function currentContext(io: Io, path: string): Promise<void> {
  const { current_context: current } = readClientConfiguration(path);
  if (current === undefined) throw new ConfigurationError(`there is no current context in ${path}`);
  await write(io, `${current}\n`);
}
