// `kubejobs completion`: a script that lets a shell complete commands and flags. It is made from the command tree, so that
// neither can change alone, and it asks no server.
import type { Command } from 'commander';
import { exitDone } from './exit-codes.ts';
import { notAllowed } from './flags.ts';
import { type Io, write } from './io.ts';

const shells: Record<string, (program: Command) => string> = { bash: bashScript, zsh: zshScript, fish: fishScript };
const allowed = 'bash, zsh or fish';

export function addCompletionCommand(program: Command, io: Io): void {
  const command = program
    .command('completion <SHELL>')
    .description(`print a script for ${allowed} that completes commands and flags`)
    .allowExcessArguments(false)
    .action(async () => {
      const [shell = ''] = command.args;
      const script = Object.hasOwn(shells, shell) ? shells[shell] : undefined;
      if (script === undefined) throw notAllowed('the shell', shell, allowed);
      await write(io, script(program));
      io.exit(exitDone);
    });
}

interface Place {
  /** The words before, such as `kubejobs schedule`. */
  path: string;
  words: string[];
}

/** What can follow at each place of the tree. */
function places(command: Command, before: readonly string[] = []): Place[] {
  const path = [...before, command.name()];
  const words = [
    ...command.commands.map((child) => child.name()),
    ...command.options.flatMap(({ long }) => (long ? [long] : [])),
    '--help',
  ];
  return [{ path: path.join(' '), words }, ...command.commands.flatMap((child) => places(child, path))];
}

function bashScript(program: Command): string {
  const cases = places(program).map(({ path, words }) => `    '${path}') words='${words.join(' ')}' ;;`);
  const known = places(program).map(({ path }) => `'${path}'`);
  return `# bash completion for kubejobs: source <(kubejobs completion bash)
_kubejobs() {
  local path=kubejobs word words=''
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "$path $word" in
      ${known.join(' | ')}) path="$path $word" ;;
    esac
  done
  case "$path" in
${cases.join('\n')}
  esac
  COMPREPLY=($(compgen -W "$words" -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -o default -F _kubejobs kubejobs
`;
}

/** zsh understands bash’s. */
function zshScript(program: Command): string {
  return `#compdef kubejobs
# zsh completion for kubejobs: source <(kubejobs completion zsh)
autoload -U +X compinit && compinit
autoload -U +X bashcompinit && bashcompinit
${bashScript(program)}`;
}

function fishScript(program: Command): string {
  const names = program.commands.map((command) => command.name()).join(' ');
  const first = program.commands.map((command) =>
    line(`not __fish_seen_subcommand_from ${names}`, `-f -a ${command.name()}`, command.description()),
  );
  const second = program.commands.flatMap((command) => {
    const seen = `__fish_seen_subcommand_from ${command.name()}`;
    const children = command.commands.map((child) => line(seen, `-f -a ${child.name()}`, child.description()));
    const flags = command.options.flatMap(({ long, short, description }) =>
      long ? [line(seen, `-l ${long.slice(2)}${short ? ` -s ${short.slice(1)}` : ''}`, description)] : [],
    );
    return [...children, ...flags];
  });
  return `# fish completion for kubejobs: kubejobs completion fish | source\n${[...first, ...second].join('\n')}\n`;
}

function line(condition: string, what: string, description: string): string {
  return `complete -c kubejobs -n '${condition}' ${what} -d '${description.replaceAll(/['\\]/g, '\\$&')}'`;
}
