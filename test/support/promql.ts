// What a PromQL expression names: its metrics with the labels that it selects by, and the labels that it groups by. It knows
// the language's words and its brackets, and judges nothing else: promtool does that where it can be had.
// https://prometheus.io/docs/prometheus/latest/querying/basics/

export interface Selector {
  metric: string;
  labels: string[];
}

export interface Named {
  selectors: Selector[];
  /** Behind `by`, `without`, `on`, `ignoring` and their kin. */
  groupedBy: string[];
}

const grouping = new Set(['by', 'without', 'on', 'ignoring', 'group_left', 'group_right']);
const operators = new Set(['and', 'or', 'unless', 'bool', 'offset', 'atan2']);
const token =
  /\s+|"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|\[[^\]]*\]|[a-zA-Z_:][\w:]*|\d[\w.]*|=~|!~|[=!<>]=?|[-+*/%^(){},]/y;

/** Throws for what is no expression: a stray character, or brackets that do not match. */
export function namedIn(expression: string): Named {
  const tokens = tokensOf(expression);
  const named: Named = { selectors: [], groupedBy: [] };
  for (let at = 0; at < tokens.length; at += 1) {
    const word = tokens[at] as string;
    if (!/^[a-zA-Z_:]/.test(word) || operators.has(word)) continue;
    const next = tokens[at + 1];
    if (grouping.has(word)) {
      const end = tokens.indexOf(')', at);
      named.groupedBy.push(...namesIn(tokens.slice(at + 1, end)));
      at = end;
    } else if (next === '{') {
      const end = tokens.indexOf('}', at);
      named.selectors.push({ metric: word, labels: namesIn(tokens.slice(at + 2, end)) });
      at = end;
    } else if (next !== '(' && !grouping.has(next ?? '')) named.selectors.push({ metric: word, labels: [] });
  }
  return named;
}

function namesIn(tokens: readonly string[]): string[] {
  return tokens.filter((each) => /^[a-zA-Z_]/.test(each));
}

const closing: Readonly<Record<string, string>> = { '(': ')', '{': '}' };

function tokensOf(expression: string): string[] {
  const tokens: string[] = [];
  const open: string[] = [];
  token.lastIndex = 0;
  while (token.lastIndex < expression.length) {
    const at = token.lastIndex;
    const found = token.exec(expression)?.[0];
    if (found === undefined) throw new Error(`${expression}: not understood at ${at}`);
    if (found.trim() !== '') tokens.push(found);
    if (closing[found] !== undefined) open.push(closing[found]);
    else if (found === ')' || found === '}')
      if (open.pop() !== found) throw new Error(`${expression}: ${found} at ${at}`);
  }
  if (open.length > 0) throw new Error(`${expression}: ${open.join(' ')} is missing`);
  return tokens;
}
