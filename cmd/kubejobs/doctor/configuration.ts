// Whether `serve` would take these flags and the files that they name. It goes through the very functions that `serve` goes
// through, so that the two cannot disagree; what those would log as a warning is a warning here.
import { systemClock } from '../../../internal/platform/clock.ts';
import { type Configuration, ConfigurationError, type serveOptions } from '../../../internal/platform/configuration.ts';
import { type Logger, silentLogger } from '../../../internal/platform/logger.ts';
import { silentMetrics } from '../../../internal/platform/metrics.ts';
import { openAuthentication } from '../authentication.ts';
import { warnOfIdleOptions } from '../idle-options.ts';
import { readJobTemplate } from '../job-template.ts';
import { connectionsThatFit } from '../open-files.ts';
import { podGroupLabels } from '../podgroups.ts';
import { checkOwnTemplate, effectivePolicy, readPolicy } from '../policy.ts';
import { tracesUrl } from '../tracing.ts';
import { warnOfUnknownVariables } from '../unknown-variables.ts';
import { readWebhookSettings } from '../webhooks.ts';
import { type Check, fail, ok, warn } from './check.ts';

export type Settings = Configuration<typeof serveOptions>;

const name = 'configuration';
const helpHint = 'kubejobs serve --help lists the options and what is allowed';

export function wrongFlags(error: ConfigurationError): Check {
  return fail(name, error.message, helpHint);
}

export async function checkConfiguration(settings: Settings, environment: NodeJS.ProcessEnv): Promise<Check[]> {
  const warnings: Check[] = [];
  const logger = warningLogger(warnings);
  const problems = await problemsOf([
    () => openAuthentication(settings, { clock: systemClock(), logger, metrics: silentMetrics }),
    () => podGroupLabels(settings),
    () => readWebhookSettings(settings),
    () => tracesUrl(settings, environment),
    () => {
      const policy = effectivePolicy(readPolicy(settings), settings.namespace ?? 'default');
      checkOwnTemplate(settings.jobTemplate, readJobTemplate(settings.jobTemplate), policy);
    },
  ]);
  warnOfUnknownVariables(environment, logger);
  warnOfIdleOptions(settings, logger);
  connectionsThatFit(settings.maxConnections, logger);
  if (!settings.dryRun && settings.store === 'memory') {
    const advice = 'give --store sqlite:PATH, or leave it out';
    warnings.push(warn(name, 'with --store memory all jobs are lost when the server ends', advice));
  }
  if (problems.length > 0) return [...problems, ...warnings];
  return [ok(name, 'the options and the files that they name can be used'), ...warnings];
}

async function problemsOf(steps: ReadonlyArray<() => unknown>): Promise<Check[]> {
  const problems: Check[] = [];
  for (const step of steps) {
    try {
      await step();
    } catch (error) {
      if (!(error instanceof ConfigurationError)) throw error;
      problems.push(wrongFlags(error));
    }
  }
  return problems;
}

/** What `serve` would say at its start. */
function warningLogger(warnings: Check[]): Logger {
  const note = (fields: object, message: string): void => {
    const details = Object.entries(fields).map(([field, value]) => `${field}: ${String(value)}`);
    warnings.push(warn(name, [message, ...details].join('; '), helpHint));
  };
  return { ...silentLogger, warn: note, error: note };
}
