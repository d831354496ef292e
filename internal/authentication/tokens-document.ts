// The format of the tokens file: a YAML list with name, role, sha256 and perhaps expires_at of each token. Pure: a text in,
// entries out, or a sentence that names the entry and what is allowed. It never repeats a value of the file: whoever
// writes the token itself where its hash belongs must not find it in a log.
import { LineCounter, parseDocument } from 'yaml';
import { type Role, roles } from '../../pkg/models/index.ts';
import { type TokenEntry, tokenName } from './token-entry.ts';

/** What is wrong with a tokens file, as a sentence without its path. */
export class TokensFormatError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'TokensFormatError';
  }
}

const fields = ['name', 'role', 'sha256', 'expires_at'];
const listOf = `a list of tokens, each with ${fields.join(', ')}`;

/** An empty list is allowed, an empty file is not: that is what a file looks like that is just being written. */
export function tokenEntriesOf(text: string): TokenEntry[] {
  const document = yamlOf(text);
  if (!Array.isArray(document)) throw new TokensFormatError(`must be ${listOf}`);
  const entries = document.map(entryOf);
  refuseTwins(entries, 'name', 'name');
  refuseTwins(entries, 'sha256', 'token (the same sha256)');
  return entries;
}

/** The parser's own messages show the text around the mistake, so only its place is told. */
function yamlOf(text: string): unknown {
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { prettyErrors: false, lineCounter });
  const mistake = document.errors[0];
  if (mistake !== undefined) {
    const { line, col } = lineCounter.linePos(mistake.pos[0]);
    throw new TokensFormatError(`is not valid YAML at line ${line}, column ${col} (${mistake.code})`);
  }
  try {
    return document.toJS();
  } catch {
    throw new TokensFormatError(`uses YAML that cannot be resolved; it must be ${listOf}`);
  }
}

function entryOf(value: unknown, index: number): TokenEntry {
  const fail = (what: string): never => {
    throw new TokensFormatError(`entry ${labelOf(value, index)} ${what}`);
  };
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return fail(`must have ${fields.join(', ')}`);
  const unknown = Object.keys(value).find((key) => !fields.includes(key));
  if (unknown !== undefined) fail(`has ${fieldWords(unknown)} that is not known; allowed are ${fields.join(', ')}`);
  const { name, role, sha256, expires_at: expires } = value as Record<string, unknown>;
  if (!isText(name, tokenName.pattern)) return fail(`must have a name of ${tokenName.allowed}`);
  if (!isRole(role)) return fail(`must have a role of ${roles.join(', ')}`);
  if (!isText(sha256, /^[0-9a-fA-F]{64}$/)) {
    return fail(
      'must have a sha256 of 64 hexadecimal digits, the hash of the token and not the token (kubejobs token makes both)',
    );
  }
  const entry: TokenEntry = { name, role, sha256: sha256.toLowerCase() };
  if (expires === undefined) return entry;
  const expiresAt = timeOf(expires);
  if (expiresAt === undefined)
    return fail('must have an expires_at as in RFC 3339, such as "2027-01-31T00:00:00Z", or none');
  return { ...entry, expiresAt };
}

/** By its number, and by its name when it has a good one. */
function labelOf(value: unknown, index: number): string {
  const { name } = (value ?? {}) as { name?: unknown };
  return isText(name, tokenName.pattern) ? `${index + 1} (${name})` : String(index + 1);
}

/** A long key may be a token in the wrong place. */
function fieldWords(key: string): string {
  return key.length > 20 ? 'a field' : `a field ${JSON.stringify(key)}`;
}

function isText(value: unknown, pattern: RegExp): value is string {
  return typeof value === 'string' && pattern.test(value);
}

function isRole(value: unknown): value is Role {
  return (roles as readonly unknown[]).includes(value);
}

const rfc3339 = /^(\d{4}-\d\d-\d\d)[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[-+]\d\d:\d\d)$/;

function timeOf(value: unknown): number | undefined {
  const day = typeof value === 'string' ? rfc3339.exec(value)?.[1] : undefined;
  if (day === undefined || !isDay(day)) return undefined;
  const time = Date.parse((value as string).toUpperCase());
  return Number.isNaN(time) ? undefined : time;
}

/** Date.parse takes 31 February for a day of March. */
function isDay(day: string): boolean {
  const midnight = Date.parse(`${day}T00:00:00Z`);
  return !Number.isNaN(midnight) && new Date(midnight).toISOString().startsWith(day);
}

function refuseTwins(entries: readonly TokenEntry[], field: 'name' | 'sha256', words: string): void {
  const seen = new Map<string, number>();
  for (const [index, entry] of entries.entries()) {
    const twin = seen.get(entry[field]);
    if (twin !== undefined) {
      throw new TokensFormatError(
        `entry ${index + 1} (${entry.name}) has the ${words} of entry ${twin + 1}; each must be its own`,
      );
    }
    seen.set(entry[field], index);
  }
}
