// Which server a command speaks to, and with which token. A flag wins over the environment, and that over the current
// context; a context’s token goes to that context’s server and to no other.
import { readFileSync } from 'node:fs';
import type { Option } from 'commander';
import { ConfigurationError } from '../../../internal/platform/configuration.ts';
import { type Client, createClient, type Retrying } from '../../../pkg/client/index.ts';
import { whyUnreadable } from '../mistakes.ts';
import { type ClientContext, configurationPath, contextOf, readClientConfiguration } from './configuration-file.ts';
import { flag, notAllowed, text } from './flags.ts';
import { type Io, note } from './io.ts';

export const serverDefault = 'http://127.0.0.1:8000';
export const serverAllowed = 'a URL such as http://127.0.0.1:8000, without a name or a password in it';

export interface ConnectionFlags {
  server?: string;
  tokenFile?: string;
  context?: string;
}

export function connectionFlags(): Option[] {
  return [
    flag('--server <URL>', `the server (default ${serverDefault}) [KUBEJOBS_SERVER]`, serverAllowed, serverUrl),
    flag(
      '--token-file <FILE>',
      'file with the token for it [KUBEJOBS_TOKEN_FILE, or the token itself in KUBEJOBS_TOKEN]',
      'the path of a file',
      text,
    ),
    flag('--context <NAME>', 'context of the client’s configuration (see kubejobs config)', 'a name', text),
  ];
}

/** The base URL, ending in a slash so that a path in it is kept; undefined when it is none of ours. */
export function serverUrl(given: string): string | undefined {
  if (!URL.canParse(given)) return undefined;
  const url = new URL(given);
  const plain = url.username === '' && url.password === '' && url.search === '' && url.hash === '';
  if (!plain || !['http:', 'https:'].includes(url.protocol)) return undefined;
  return url.href.endsWith('/') ? url.href : `${url.href}/`;
}

export interface Connection {
  client: Client;
  /** For jobs that name none. */
  namespace: string | undefined;
}

interface Target {
  server: string;
  token: string | undefined;
  namespace: string | undefined;
}

/** Throws a ConfigurationError for what cannot be read. `streams`: answers may pause for as long as they like. */
export async function connect(io: Io, flags: ConnectionFlags, streams: boolean): Promise<Connection> {
  const { server, token, namespace } = targetOf(io, flags);
  const options = {
    baseUrl: server,
    token,
    ...patience(io, streams ? await streamingFetch() : fetch),
  };
  try {
    return { client: createClient(options), namespace };
  } catch (error) {
    if (error instanceof TypeError) throw new ConfigurationError(error.message);
    throw error;
  }
}

function targetOf(io: Io, flags: ConnectionFlags): Target {
  const { KUBEJOBS_SERVER: ofEnvironment } = io.environment;
  const own = environmentToken(io, flags);
  const context = contextFor(io, flags);
  if (context !== undefined) {
    const server = serverUrl(context.server);
    if (server === undefined) throw notAllowed('the context’s server', context.server, serverAllowed);
    const token = own ?? (context.token_file === undefined ? undefined : readToken(context.token_file));
    return { server, token, namespace: context.namespace };
  }
  const given = flags.server ?? serverUrl(ofEnvironment || serverDefault);
  if (given === undefined) {
    // What stands there may be a secret in the wrong place.
    throw new ConfigurationError(`KUBEJOBS_SERVER has a value that is not allowed; allowed is ${serverAllowed}`);
  }
  return { server: given, token: own, namespace: undefined };
}

/** None when the server is named otherwise. */
function contextFor({ environment }: Io, { server, context }: ConnectionFlags): ClientContext | undefined {
  if (server !== undefined && context !== undefined) {
    throw new ConfigurationError('--server and --context name two servers; allowed is one of them');
  }
  if (server !== undefined || (context === undefined && environment.KUBEJOBS_SERVER)) return undefined;
  const path = configurationPath(environment);
  const configuration = readClientConfiguration(path);
  const name = context ?? configuration.current_context;
  return name === undefined ? undefined : contextOf(configuration, name, path);
}

/** With --context the environment's token is not meant: it belongs to whatever server the environment is for. */
function environmentToken({ environment }: Io, { tokenFile, context }: ConnectionFlags): string | undefined {
  if (tokenFile !== undefined) return readToken(tokenFile);
  if (context !== undefined) return undefined;
  if (environment.KUBEJOBS_TOKEN_FILE) return readToken(environment.KUBEJOBS_TOKEN_FILE);
  return environment.KUBEJOBS_TOKEN || undefined;
}

function readToken(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new ConfigurationError(`the token file ${file} cannot be read: ${whyUnreadable(error)}`);
  }
}

/** Node's own fetch ends an answer that is silent for five minutes, as the logs of a job may be. */
async function streamingFetch(): Promise<typeof fetch> {
  const { Agent, fetch: undiciFetch } = await import('undici');
  const dispatcher = new Agent({ bodyTimeout: 0 });
  const streaming = (input: string | URL, init: object): unknown => undiciFetch(input, { ...init, dispatcher });
  return streaming as typeof fetch;
}

const triesAtFirst = 4;
/** Some five minutes, as long as an upgrade of the server may take. */
const triesLater = 65;
const pausesUntold = 2;

/** A server that has answered once is waited for when it goes away; one that never did may be the wrong address. */
function patience(io: Io, plain: typeof fetch): { retrying: Retrying; fetch: typeof fetch } {
  let hasAnswered = false;
  let pauses = 0;
  return {
    fetch: async (input, init) => {
      const answer = await plain(input, init);
      if (answer.status < 500) {
        hasAnswered = true;
        pauses = 0;
      }
      return answer;
    },
    retrying: {
      random: io.random,
      get limit() {
        return hasAnswered ? triesLater : triesAtFirst;
      },
      pause: (ms, signal) => {
        pauses += 1;
        if (hasAnswered && pauses === pausesUntold + 1) note(io, 'kubejobs: the server does not answer; trying again');
        return io.pause(ms, signal);
      },
    },
  };
}
