// What `serve` needs of the machine: its Node, and its address. A kubejobs that answers there already is asked how it is.
import { createServer } from 'node:net';
import { fragileBuildMessage, hasFragileBuild } from '../../../internal/store/sqlite/fragile-build.ts';
import { programVersion } from '../version.ts';
import { type Check, fail, ok, warn } from './check.ts';
import type { Settings } from './configuration.ts';

const oldestNode = [20, 19] as const;
const patienceMs = 3_000;

export function checkNode(version: string = process.versions.node): Check {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const isOld = major < oldestNode[0] || (major === oldestNode[0] && minor < oldestNode[1]);
  const wanted = `install Node.js ${oldestNode.join('.')} or newer`;
  if (isOld) return fail('node', `Node.js ${version} is too old for kubejobs ${programVersion()}`, wanted);
  if (hasFragileBuild(`v${version}`))
    return fail('node', fragileBuildMessage, 'run .ci/mend-sqlite, or use another Node.js');
  return ok('node', `Node.js ${version}, kubejobs ${programVersion()}`);
}

export interface Listening {
  check: Check;
  /** A kubejobs answers at the address of these flags. */
  isServing: boolean;
}

/** Whether the address can be listened on, or whether a kubejobs does that already. */
export async function checkListening({ host, port }: Pick<Settings, 'host' | 'port'>): Promise<Listening> {
  const health = port === 0 ? undefined : await healthAt(host, port);
  if (health !== undefined) return { check: judgeHealth(health, `${host}:${port}`), isServing: true };
  const problem = await cannotListen(host, port);
  if (problem === undefined) return { check: ok('address', `${host}:${port} is free`), isServing: false };
  const message = `nothing can listen on ${host}:${port} (${problem})`;
  return { check: fail('address', message, 'end what uses it, or give another --host or --port'), isServing: false };
}

interface HealthAnswer {
  status: number;
  body: { version?: unknown; store?: unknown; cluster?: unknown };
}

/** Undefined when nothing answers there as a kubejobs does. */
async function healthAt(host: string, port: number): Promise<HealthAnswer | undefined> {
  const reachable = { '0.0.0.0': '127.0.0.1', '::': '::1' }[host] ?? host;
  const name = reachable.includes(':') ? `[${reachable}]` : reachable;
  try {
    const answer = await fetch(`http://${name}:${port}/health`, { signal: AbortSignal.timeout(patienceMs) });
    const body: unknown = await answer.json();
    if (typeof body !== 'object' || body === null || !('version' in body) || !('max_concurrency' in body))
      return undefined;
    return { status: answer.status, body };
  } catch {
    return undefined;
  }
}

function judgeHealth({ status, body }: HealthAnswer, address: string): Check {
  const { version, store, cluster } = body;
  const found = `kubejobs ${version} answers on ${address}: store ${store}, cluster ${cluster}`;
  if (status !== 200) return fail('server', found, 'look into its log for what the store says');
  if (version !== programVersion())
    return warn('server', `${found}; this program is ${programVersion()}`, 'restart the server to use this version');
  if (cluster === 'unreachable') return warn('server', found, 'see the checks of the cluster below');
  return ok('server', found);
}

function cannotListen(host: string, port: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    server.listen({ host, port }, () => server.close(() => resolve(undefined)));
  });
}
