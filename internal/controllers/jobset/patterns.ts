// Regular expressions that users write into failure rules: RE2's syntax and its promise, time that grows with the text and
// never with the pattern's alternatives, so that none can hang the program.
import { RE2JS } from 're2js';

const mostKept = 1_000;
/** Undefined: no regular expression. */
const compiled = new Map<string, RE2JS | undefined>();

/** Somewhere in the text. A pattern that is none is found nowhere. */
export function isFound(pattern: string, text: string): boolean {
  return compile(pattern)?.test(text) ?? false;
}

export function isPattern(pattern: string): boolean {
  return compile(pattern) !== undefined;
}

function compile(pattern: string): RE2JS | undefined {
  if (compiled.has(pattern)) return compiled.get(pattern);
  if (compiled.size >= mostKept) compiled.clear();
  const expression = parse(pattern);
  compiled.set(pattern, expression);
  return expression;
}

function parse(pattern: string): RE2JS | undefined {
  try {
    return RE2JS.compile(pattern);
  } catch {
    return undefined;
  }
}
