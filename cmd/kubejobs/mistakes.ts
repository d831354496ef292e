// What is said to someone who has misspelt a command or a flag: in the style of every other mistake, with the help of that
// very command and with the word that was probably meant.
import type { Command } from 'commander';
import { ConfigurationError } from '../../internal/platform/configuration.ts';

const readingErrors: Record<string, string> = {
  ENOENT: 'there is no such file',
  EACCES: 'this user may not read it',
  EISDIR: 'it is a folder',
};

/** Why a file could not be read, with the system's code. */
export function whyUnreadable(error: unknown): string {
  const { code = 'I/O error' } = error as NodeJS.ErrnoException;
  const words = readingErrors[code];
  return words === undefined ? code : `${words} (${code})`;
}

/** The parser's own `error: …` with its guess in a second line. */
export function inOurStyle(text: string): string {
  return text.replace(/^error: /, 'kubejobs: ').replace(/\n\(Did you mean (.+)\?\)/, ' (did you mean $1?)');
}

/** After a mistake of the parser each command names its own help. */
export function hintAtHelp(command: Command, before: readonly string[]): void {
  const path = [...before, command.name()];
  command.showHelpAfterError(`(${path.join(' ')} --help shows what is allowed)`);
  for (const child of command.commands) hintAtHelp(child, path);
}

/** Before the flags are read: those behind a misspelt command would be taken for flags of the default one. */
export function refuseUnknownCommand(program: Command, [word]: readonly string[]): void {
  if (word === undefined || word.startsWith('-') || word === 'help') return;
  if (!program.commands.some((command) => command.name() === word)) throw unknownCommand(program, word);
}

export function unknownCommand(program: Command, word: string): ConfigurationError {
  const names = program.commands.map((command) => command.name());
  const meant = closest(word, names);
  const guess = meant === undefined ? '' : ` (did you mean ${meant}?)`;
  return new ConfigurationError(
    `there is no command ${JSON.stringify(word)}${guess}; there are ${names.join(', ')} (see kubejobs --help)`,
  );
}

/** The likest word, when a third of its letters at most is wrong; undefined when none is. */
function closest(word: string, names: readonly string[]): string | undefined {
  const [best] = names
    .map((name) => ({ name, far: distance(word, name) }))
    .filter(({ name, far }) => far <= Math.max(1, Math.floor(Math.max(name.length, word.length) / 3)))
    .sort((a, b) => a.far - b.far);
  return best?.name;
}

/** Letters to add, drop, replace or swap with their neighbour (optimal string alignment). */
function distance(one: string, other: string): number {
  const rows = [Array.from({ length: other.length + 1 }, (_, j) => j)];
  const at = (i: number, j: number): number => rows[i]?.[j] ?? Number.POSITIVE_INFINITY;
  for (let i = 1; i <= one.length; i++) {
    rows[i] = [i];
    for (let j = 1; j <= other.length; j++) {
      const same = one[i - 1] === other[j - 1];
      const isSwapped = one[i - 1] === other[j - 2] && one[i - 2] === other[j - 1];
      const steps = [at(i - 1, j) + 1, at(i, j - 1) + 1, at(i - 1, j - 1) + (same ? 0 : 1)];
      if (isSwapped) steps.push(at(i - 2, j - 2) + 1);
      (rows[i] as number[])[j] = Math.min(...steps);
    }
  }
  return at(one.length, other.length);
}
