// One kubeconfig file: read, parsed and made absolute. Owns the typed error for everything that can be wrong with it.
// It never puts a value of the file into an error, since any of them may be a token or a key.
// It also mends three things that the library's loader does not know: `tokenFile`, a plug-in's relative command, and
// the cluster information that exec plug-ins may ask for.
import { readFileSync } from 'node:fs';
import { dirname, isAbsolute, join } from 'node:path';
import { type Document, LineCounter, parseDocument } from 'yaml';

/** The kubeconfig or the service account cannot be used; the message names the file and what is wrong with it. */
export class KubeconfigError extends Error {
  override readonly name = 'KubeconfigError';
  readonly source: string;

  constructor(source: string, problem: string) {
    super(`${source}: ${problem}`);
    this.source = source;
  }
}

type Entry = Record<string, unknown>;

/** The file as JSON text (which is YAML) for the library's loader. Throws KubeconfigError. */
export function readKubeconfigFile(file: string): string {
  const document = parsed(file, contents(file));
  for (const entry of entries(document.users)) mendUser(entry, dirname(file));
  return JSON.stringify(document);
}

function contents(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new KubeconfigError(file, `cannot be read (${codeOf(error)})`);
  }
}

function parsed(file: string, text: string): Entry {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const error = document.errors[0];
  if (error)
    throw new KubeconfigError(file, `is not valid YAML (line ${lines.linePos(error.pos[0]).line}, ${error.code})`);
  const value = resolved(file, document);
  if (!isEntry(value))
    throw new KubeconfigError(file, 'is not a kubeconfig (a mapping with clusters, users, contexts)');
  return value;
}

function resolved(file: string, document: Document): unknown {
  try {
    return document.toJS();
  } catch {
    throw new KubeconfigError(file, 'uses YAML that cannot be resolved (an alias without its anchor)');
  }
}

function mendUser(entry: Entry, folder: string): void {
  const user = entry.user;
  if (!isEntry(user)) return;
  if (typeof user.tokenFile === 'string') {
    user['auth-provider'] = { name: 'tokenFile', config: { tokenFile: absolute(folder, user.tokenFile) } };
    delete user.token;
  }
  if (isEntry(user.exec) && typeof user.exec.command === 'string' && user.exec.command.includes('/')) {
    user.exec.command = absolute(folder, user.exec.command);
  }
}

function absolute(folder: string, path: string): string {
  return isAbsolute(path) ? path : join(folder, path);
}

function entries(value: unknown): Entry[] {
  return Array.isArray(value) ? value.filter(isEntry) : [];
}

export function isEntry(value: unknown): value is Entry {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function codeOf(error: unknown): string {
  if (error instanceof Error && 'code' in error && typeof error.code === 'string') return error.code;
  return error instanceof Error ? error.name : 'unknown error';
}
