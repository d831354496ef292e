// The commands of a shell example as words, for tests that look at their flags. Knows quotes, comments, continued lines,
// pipes and lists, redirections and $(…); no loops, functions or here-documents.

const control = /^(?:\|\||&&|[|;&\n()])/;
const redirection = /^\d*(?:>>?|<)(?!\()\s*[^\s;|&]*/;
const blank = /^(?:\s|\\\n)+?(?=\S|$)|^[ \t]+|^\\\n/;
const part = /^(?:'[^']*'|"(?:\\.|[^"\\])*"|\\.|[^\s'"|;&()])+/s;

/** Each simple command with its words; those inside $(…) and <(…) are commands of their own. */
export function shellCommands(text: string): string[][] {
  const inner: string[][] = [];
  let rest = text.replace(/[$<]\(([^()]*)\)/g, (_all, commands: string) => {
    inner.push(...shellCommands(commands));
    return 'substituted';
  });
  const commands: string[][] = [[]];
  while (rest !== '') {
    const ends = control.exec(rest);
    const skipped = ends ?? redirection.exec(rest) ?? /^[ \t]*#.*/.exec(rest) ?? blank.exec(rest);
    const word = skipped === null ? part.exec(rest) : null;
    if (ends) commands.push([]);
    if (word) commands.at(-1)?.push(unquoted(word[0]));
    rest = rest.slice((skipped ?? word)?.[0].length ?? 1) || '';
  }
  return [...commands, ...inner].map(withoutAssignments).filter((words) => words.length > 0);
}

function unquoted(word: string): string {
  const quoted = /'([^']*)'|"((?:\\.|[^"\\])*)"|\\(.)/gs;
  return word.replace(
    quoted,
    (_all, single?: string, double?: string, escaped?: string) => single ?? double ?? escaped ?? '',
  );
}

function withoutAssignments(words: string[]): string[] {
  const first = words.findIndex((word) => word !== 'export' && !/^\w+=/.test(word));
  return first === -1 ? [] : words.slice(first);
}
