// A variable that looks like an option and is none is most likely misspelt, so the log names it. It does not stop the
// start: Kubernetes and others put names into an environment that nobody chose. Values are never told.
import { environmentName, serveOptions } from '../../internal/platform/configuration.ts';
import { type Environment, unknownVariables } from '../../internal/platform/environment.ts';
import type { Logger } from '../../internal/platform/logger.ts';

/** Where a client finds the server and its token, and how it answers: often set in the same shell. */
const variablesOfClients = ['SERVER', 'TOKEN', 'TOKEN_FILE', 'CONFIG', 'OUTPUT'].map((name) => `KUBEJOBS_${name}`);

export function warnOfUnknownVariables(environment: Environment, logger: Logger): void {
  const known = [...Object.keys(serveOptions).map(environmentName), ...variablesOfClients];
  const variables = unknownVariables('KUBEJOBS_', known, environment);
  if (variables.length === 0) return;
  logger.warn(
    { variables },
    'variables of the environment that no option reads; kubejobs serve --help lists those there are',
  );
}
