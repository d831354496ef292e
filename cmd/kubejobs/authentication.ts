// Who may call, as `--auth` says: nobody is asked (none), or tokens of a file. Without the option nobody is asked on an
// address that only this machine reaches; on any other the start is refused, so that no queue is open by an oversight.
import { lookup } from 'node:dns/promises';
import { TokensFile } from '../../internal/authentication/tokens-file.ts';
import type { Clock } from '../../internal/platform/clock.ts';
import { type Configuration, ConfigurationError, type serveOptions } from '../../internal/platform/configuration.ts';
import type { Part } from '../../internal/platform/lifecycle.ts';
import type { Logger } from '../../internal/platform/logger.ts';
import { isLoopbackHost } from '../../internal/platform/loopback.ts';
import type { Metrics } from '../../internal/platform/metrics.ts';
import type { Authentication } from '../../pkg/api/server.ts';

type Settings = Pick<Configuration<typeof serveOptions>, 'auth' | 'host'>;

export interface AuthenticationSide {
  authentication: Authentication | undefined;
  part: Part;
}

interface Deps {
  clock: Clock;
  logger: Logger;
  metrics: Metrics;
}

/** Throws a ConfigurationError when the choice is missing where it is needed, or when the file cannot be used. */
export async function openAuthentication(settings: Settings, deps: Deps): Promise<AuthenticationSide> {
  const path = tokensPath(settings);
  if (path !== undefined) return openTokens(path, deps);
  if (settings.auth === undefined) await refuseOpenHost(settings.host);
  else await warnOfOpenHost(settings.host, deps.logger);
  return { authentication: undefined, part: { name: 'authentication' } };
}

/** The file of `--auth tokens:FILE`. */
export function tokensPath({ auth }: Pick<Settings, 'auth'>): string | undefined {
  return auth?.startsWith('tokens:') ? auth.slice('tokens:'.length) : undefined;
}

async function openTokens(path: string, deps: Deps): Promise<AuthenticationSide> {
  const tokens = new TokensFile({ path, ...deps });
  await tokens.load().catch((error: Error) => {
    throw new ConfigurationError(`--auth cannot be used: ${error.message}`);
  });
  const reload = (): void => void tokens.reload();
  return {
    authentication: { authenticator: tokens, ...deps },
    part: {
      name: 'authentication',
      start() {
        process.on('SIGHUP', reload);
        tokens.start();
      },
      stop() {
        tokens.stop();
        process.off('SIGHUP', reload);
      },
    },
  };
}

async function refuseOpenHost(host: string): Promise<void> {
  const local = await isLoopbackHost(host, addressesOf).catch((error: NodeJS.ErrnoException) => {
    throw new ConfigurationError(
      `--host ${host} cannot be resolved (${error.code}); allowed is an address or a host name`,
    );
  });
  if (local) return;
  throw new ConfigurationError(
    `--host ${host} can be reached from other machines, and whoever reaches it could run pods: give --auth tokens:FILE ` +
      '(kubejobs token makes a token), or write out --auth none to let everyone in',
  );
}

async function warnOfOpenHost(host: string, logger: Logger): Promise<void> {
  const local = await isLoopbackHost(host, addressesOf).catch(() => true); // listening will say what is wrong with it
  if (!local) logger.warn({ host }, 'whoever reaches this host can submit and cancel jobs: --auth none asks nobody');
}

async function addressesOf(name: string): Promise<string[]> {
  return (await lookup(name, { all: true })).map(({ address }) => address);
}
