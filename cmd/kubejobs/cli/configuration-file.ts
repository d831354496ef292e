// The client's own file: which servers there are (contexts), which one is meant, and where the token of each is kept.
// Never a token itself. It is written whole, by renaming, and readable by its owner only.
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { parse, stringify } from 'yaml';
import { ConfigurationError } from '../../../internal/platform/configuration.ts';
import type { Environment } from '../../../internal/platform/environment.ts';

export interface ClientContext {
  server: string;
  token_file?: string;
  namespace?: string;
}

export interface ClientConfiguration {
  current_context?: string;
  contexts: Record<string, ClientContext>;
}

const contextFields = ['server', 'token_file', 'namespace'];

export function configurationPath(environment: Environment): string {
  if (environment.KUBEJOBS_CONFIG) return environment.KUBEJOBS_CONFIG;
  const folder = environment.XDG_CONFIG_HOME || join(environment.HOME || homedir(), '.config');
  return join(folder, 'kubejobs', 'config.yaml');
}

/** Without contexts when there is no file. */
export function readClientConfiguration(path: string): ClientConfiguration {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { contexts: {} };
    throw unusable(path, (error as NodeJS.ErrnoException).code ?? 'it cannot be read');
  }
  return checked(path, text);
}

export function writeClientConfiguration(path: string, configuration: ClientConfiguration): void {
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    writeFileSync(`${path}.new`, stringify(configuration), { mode: 0o600 });
    renameSync(`${path}.new`, path);
  } catch (error) {
    throw new ConfigurationError(`${path} cannot be written: ${(error as NodeJS.ErrnoException).code}`);
  }
}

/** The context of that name; a ConfigurationError says which there are. */
export function contextOf({ contexts }: ClientConfiguration, name: string, path: string): ClientContext {
  const context = Object.hasOwn(contexts, name) ? contexts[name] : undefined;
  if (context !== undefined) return context;
  const names = Object.keys(contexts);
  const known = names.length === 0 ? 'it has none' : `it has ${names.join(', ')}`;
  throw new ConfigurationError(`there is no context ${JSON.stringify(name)} in ${path}; ${known}`);
}

function checked(path: string, text: string): ClientConfiguration {
  let document: unknown;
  try {
    document = parse(text);
  } catch {
    throw unusable(path, 'it is not YAML');
  }
  if (document === null) return { contexts: {} };
  if (!isRecord(document)) throw unusable(path, 'it must be a map');
  const { current_context: current, contexts = {} } = document;
  if (current !== undefined && typeof current !== 'string') throw unusable(path, 'current_context must be a name');
  if (!isRecord(contexts)) throw unusable(path, 'contexts must be a map');
  for (const [name, context] of Object.entries(contexts)) checkContext(path, name, context);
  return { ...(current && { current_context: current }), contexts: contexts as Record<string, ClientContext> };
}

function checkContext(path: string, name: string, context: unknown): void {
  const where = `contexts.${name}`;
  if (!isRecord(context)) throw unusable(path, `${where} must be a map`);
  for (const [field, value] of Object.entries(context)) {
    if (!contextFields.includes(field)) throw unusable(path, `${where}.${field} is not a field`);
    if (typeof value !== 'string') throw unusable(path, `${where}.${field} must be a text`);
  }
  if (context.server === undefined) throw unusable(path, `${where}.server is missing`);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function unusable(path: string, why: string): ConfigurationError {
  return new ConfigurationError(`${path} cannot be used: ${why}`);
}
