// `kubejobs doctor`: tells whether `serve` with the same flags would run well, and what to do where it would not. It
// changes nothing: no row, no object, no file.
import { stringify } from 'yaml';
import { ConfigurationError, parseConfiguration, serveOptions } from '../../../internal/platform/configuration.ts';
import { exitDone, exitFailed, exitUsage } from '../cli/exit-codes.ts';
import { type Io, oneLine, write } from '../cli/io.ts';
import type { ReportFormat } from '../doctor-command.ts';
import { type Check, worstOf } from './check.ts';
import { checkCluster } from './cluster.ts';
import { checkConfiguration, type Settings, wrongFlags } from './configuration.ts';
import { checkListening, checkNode } from './machine.ts';
import { checkStore } from './store.ts';

type Flags = Readonly<Record<string, string | boolean | undefined>>;

/** Resolves with the exit code: 0 when nothing is wrong that would keep it from running, 1 when something is, 2 for flags. */
export async function doctor(io: Io, flags: Flags, format: ReportFormat): Promise<number> {
  const { checks, isConfigured } = await examine(flags, io.environment);
  await write(io, report(checks, format));
  if (!isConfigured) return exitUsage;
  return worstOf(checks) === 'fail' ? exitFailed : exitDone;
}

interface Examination {
  checks: Check[];
  /** The flags and the files they name can be used. */
  isConfigured: boolean;
}

async function examine(flags: Flags, environment: NodeJS.ProcessEnv): Promise<Examination> {
  const settings = settingsOf(flags, environment);
  if ('status' in settings) return { checks: [settings, checkNode()], isConfigured: false };
  const configuration = await checkConfiguration(settings, environment);
  const isConfigured = worstOf(configuration) !== 'fail';
  const listening = await checkListening(settings);
  const store = settings.store ?? (settings.dryRun ? 'memory' : 'sqlite:kubejobs.db');
  const checks = [...configuration, checkNode(), listening.check, ...checkStore(store, listening.isServing)];
  // The cluster is asked for what the files say, so without them it cannot be.
  if (isConfigured) checks.push(...(await checkCluster(settings, environment)));
  return { checks, isConfigured };
}

function settingsOf(flags: Flags, environment: NodeJS.ProcessEnv): Settings | Check {
  try {
    return parseConfiguration(serveOptions, flags, environment);
  } catch (error) {
    if (error instanceof ConfigurationError) return wrongFlags(error);
    throw error;
  }
}

function report(checks: readonly Check[], format: ReportFormat): string {
  const document = { status: worstOf(checks), checks };
  if (format === 'json') return `${JSON.stringify(document, null, 2)}\n`;
  if (format === 'yaml') return stringify(document);
  const widest = Math.max(...checks.map(({ check }) => check.length));
  const lines = checks.map(({ check, status, message, advice }) => {
    const what = advice === undefined ? message : `${message} → ${advice}`;
    return oneLine(`${status.padEnd(4)}  ${check.padEnd(widest)}  ${what}`);
  });
  return `${lines.join('\n')}\n`;
}
