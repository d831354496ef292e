// What a request needs to be let in: headers and TLS material, as the kubeconfig's user gives them now.
// Kept for about a minute, since reading them may read files or run a plug-in; read again then, and at once when the
// server says 401, so rotated token files, rewritten kubeconfigs and new plug-in tokens are noticed.
// A failed refresh keeps the old credentials. Nothing here is ever logged but what failed and where.
import { createHash } from 'node:crypto';
import type { RequestOptions } from 'node:https';
import { createSecureContext } from 'node:tls';
import type { Clock } from '../../../internal/platform/clock.ts';
import type { Logger } from '../../../internal/platform/logger.ts';
import type { LoadedKubeconfig } from './kubeconfig.ts';
import { codeOf, KubeconfigError } from './kubeconfig-file.ts';

export type TlsOptions = Pick<
  RequestOptions,
  'ca' | 'cert' | 'key' | 'pfx' | 'passphrase' | 'rejectUnauthorized' | 'servername'
>;

export interface Credentials {
  server: string;
  proxyUrl?: string;
  headers: Record<string, string>;
  tls: TlsOptions;
  /** Equal as long as the connections made with them may be kept. */
  connectionKey: string;
}

export interface CredentialCache {
  /** Rejects with an Error that is safe to show when there are none at all. */
  current(): Promise<Credentials>;
  /** Others than the ones that the server refused; asked of the source only once for all who were refused. */
  renewed(refused: Credentials): Promise<Credentials>;
}

export interface CredentialDeps {
  load: () => LoadedKubeconfig;
  clock: Clock;
  logger: Logger;
  maxAgeMs: number;
  /** How long a plug-in may take. */
  timeoutMs: number;
}

const failureHoldMs = 5_000;
/** A server that refuses every token must not make a plug-in run for every request. */
const forcedApartMs = 1_000;

export function credentialCache(first: LoadedKubeconfig, deps: CredentialDeps): CredentialCache {
  let loaded = first;
  let held: Credentials | undefined;
  let staleAt = 0;
  let failure: Error | undefined;
  let refresh: Promise<Credentials> | undefined;
  let forceableAt = 0;

  const read = async (forced: boolean): Promise<Credentials> => {
    try {
      loaded = newest(loaded, deps.load(), forced);
      held = await withTimeout(readCredentials(loaded), loaded, deps);
      failure = undefined;
      staleAt = deps.clock.now() + deps.maxAgeMs;
      return held;
    } catch (error) {
      failure = error instanceof Error ? error : new Error('the credentials cannot be read');
      staleAt = deps.clock.now() + failureHoldMs;
      deps.logger.warn({ problem: failure.message }, 'the Kubernetes credentials cannot be refreshed');
      if (held) return held;
      throw failure;
    } finally {
      refresh = undefined;
    }
  };
  const refreshed = (forced: boolean): Promise<Credentials> => {
    refresh ??= read(forced);
    return refresh;
  };

  return {
    async current() {
      if (deps.clock.now() >= staleAt) return refreshed(false);
      if (held) return held;
      throw failure ?? new Error('there are no credentials');
    },
    async renewed(refused) {
      if (refresh) return refresh;
      const now = deps.clock.now();
      if (held && (held !== refused || now < forceableAt)) return held;
      forceableAt = now + forcedApartMs;
      return refreshed(true);
    },
  };
}

/** Plug-ins and OIDC keep their tokens in the loaded object, so that is kept until its source changes or it fails. */
function newest(old: LoadedKubeconfig, fresh: LoadedKubeconfig, forced: boolean): LoadedKubeconfig {
  const remembers = Boolean(old.user.exec) || old.user.authProvider?.name === 'oidc';
  return remembers && !forced && old.fingerprint === fresh.fingerprint ? old : fresh;
}

/** Throws KubeconfigError when a file that the kubeconfig names is unreadable or not a certificate or key. */
export async function checkCredentialFiles(loaded: LoadedKubeconfig): Promise<void> {
  if (loaded.user.exec || loaded.user.authProvider?.name === 'oidc') return;
  const { tls } = await readCredentials(loaded);
  try {
    createSecureContext(tls);
  } catch (error) {
    throw new KubeconfigError(loaded.source, `its certificates or keys cannot be used (${codeOf(error)})`);
  }
}

async function readCredentials(loaded: LoadedKubeconfig): Promise<Credentials> {
  const options: RequestOptions = { headers: {} };
  try {
    await loaded.config.applyToHTTPSOptions(options);
  } catch (error) {
    throw new KubeconfigError(loaded.source, describe(loaded, error));
  }
  const { ca, cert, key, pfx, passphrase, rejectUnauthorized, servername } = options;
  const tls = present({ ca, cert, key, pfx, passphrase, rejectUnauthorized, servername });
  const { server, proxyUrl } = loaded;
  const connectionKey = createHash('sha256')
    .update(JSON.stringify([server, proxyUrl, tls]))
    .digest('hex');
  return { ...present({ proxyUrl }), server, headers: headersOf(options), tls, connectionKey };
}

function headersOf(options: RequestOptions): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(options.headers ?? {})) headers[name.toLowerCase()] = String(value).trim();
  if (options.auth) headers.authorization = `Basic ${Buffer.from(options.auth).toString('base64')}`;
  return headers;
}

function present<T extends object>(fields: T): { [K in keyof T]?: NonNullable<T[K]> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined && value !== null)) as {
    [K in keyof T]?: NonNullable<T[K]>;
  };
}

/** A plug-in's standard output may hold the token, and errors of JSON parsing quote it: only stderr is passed on. */
function describe(loaded: LoadedKubeconfig, error: unknown): string {
  const exec: unknown = loaded.user.exec?.command;
  if (!exec) return error instanceof Error ? error.message : 'the credentials cannot be read';
  if (error instanceof SyntaxError || error instanceof TypeError) {
    return `the credential plug-in ${exec} did not print an ExecCredential`;
  }
  const words = error instanceof Error ? error.message.trim().slice(0, 500) : '';
  return `the credential plug-in ${exec} failed: ${words || 'it said nothing'}`;
}

function withTimeout(
  reading: Promise<Credentials>,
  loaded: LoadedKubeconfig,
  { clock, timeoutMs }: CredentialDeps,
): Promise<Credentials> {
  return new Promise((resolve, reject) => {
    const cancel = clock.schedule(timeoutMs, () => {
      reject(new KubeconfigError(loaded.source, `its credentials did not come within ${timeoutMs / 1000} s`));
    });
    reading.then(resolve, reject).finally(cancel);
  });
}
