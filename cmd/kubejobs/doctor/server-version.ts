// What the first answer of an API server tells: that it is there, how new it is, and how far its clock is from ours.
import type { ApiResult } from '../../../pkg/kubernetes/cluster.ts';
import type { ServerVersion } from '../../../pkg/kubernetes/server-version.ts';
import { type Check, fail, ok, warn } from './check.ts';
import type { Settings } from './configuration.ts';

/** A request that takes its time and the Date header's whole seconds look like a skew too. */
const tolerableSkewMs = 5_000;
/** Tokens and certificates are valid from a moment on. */
const grossSkewMs = 300_000;

/** As `kubejobs install crds` needs it. */
const oldestForJobSets = [1, 36] as const;

export function checkAnswer(answer: ApiResult<ServerVersion>, server: string): Check {
  if (answer.outcome === 'ok') return ok('cluster', `${server} answers`);
  const status = answer.status === undefined ? '' : ` (${answer.status})`;
  const message = `${server} cannot be used${status}: ${answer.message}`;
  if (answer.status === 401) return fail('cluster', message, 'renew the credentials of the kubeconfig');
  return fail('cluster', message, 'check the address, the network and --kubeconfig; jobs wait until it answers');
}

export function checkKubernetes({ version }: ServerVersion, { controllers }: Pick<Settings, 'controllers'>): Check {
  const [, major = '0', minor = '0'] = /^v(\d+)\.(\d+)/.exec(version) ?? [];
  const isOld = Number(major) === oldestForJobSets[0] && Number(minor) < oldestForJobSets[1];
  if (!isOld || controllers?.includes('jobset') !== true) return ok('kubernetes', version);
  const message = `${version} is older than ${oldestForJobSets.join('.')}, which JobSets need`;
  return warn('kubernetes', message, 'leave jobset out of --controllers, or use a newer cluster');
}

/** `askedAt` and `now` are ours, before the request and after the answer. */
export function checkClock({ dateMs }: ServerVersion, askedAt: number, now: number): Check {
  if (dateMs === undefined) return ok('clock', 'the API server does not tell its time');
  const skewMs = dateMs > now ? dateMs - now : Math.max(0, askedAt - (dateMs + 1_000));
  const seconds = (skewMs / 1_000).toFixed(1);
  if (skewMs <= tolerableSkewMs) return ok('clock', 'agrees with that of the API server');
  const message = `this machine's clock is ${seconds} s ${dateMs > now ? 'behind' : 'ahead of'} that of the API server`;
  const advice = 'set the clock by NTP: start times, timeouts and tokens go by it';
  return (skewMs > grossSkewMs ? fail : warn)('clock', message, advice);
}
