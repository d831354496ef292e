// `kubejobs serve` that kills itself by SIGKILL at a named point of the results protocol, wired by the program's own file. A
// point is `<job>: before <step>` or `<job>: after <step>`, where the step is a call to the API server that is about the result
// of a Job whose name begins like that. Logs are made up here, so that no node is needed: those of pods that are called
// split-… are too large for one ConfigMap, however they are compressed.
import { createCipheriv } from 'node:crypto';
import { writeSync } from 'node:fs';
import { serve } from '../../../cmd/kubejobs/serve.ts';
import { camelCase } from '../../../internal/platform/configuration.ts';
import type { ApiResult, Cluster, KubernetesObject, Resource } from '../../../pkg/kubernetes/cluster.ts';
import type { LogSource } from '../../../pkg/kubernetes/log-source.ts';
import { crashMark } from '../../faults/support/kill/crash-points.ts';

const armed = process.env.CRASH_POINT;
const noiseBytes = 1_600_000;

function reached(point: string): void {
  if (point !== armed) return;
  writeSync(2, `${crashMark}${point}\n`);
  process.kill(process.pid, 'SIGKILL');
  // The signal may reach another thread of the process a little earlier than this one.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
}

/** In the words of the protocol, and whose step it is; undefined for a call that is no part of it. */
function stepOf(method: string, { kind }: Resource, name: string): { job: string; step: string } | undefined {
  if (kind === 'Event') return { job: name, step: 'event' };
  if (kind === 'Job' && method === 'patch') return { job: name, step: 'mark' };
  if (kind === 'Job' && method === 'delete') return { job: name, step: 'delete' };
  const [, job = '', kept, part] = /^(.+)-results(-[0-9a-f]{8})?(-\d{1,3})?$/.exec(name) ?? [];
  if (kind !== 'ConfigMap' || job === '') return undefined;
  const what = part === undefined ? '' : ` part ${part.slice(1)}`;
  if (method === 'delete') return { job, step: `free${what}` };
  return { job, step: `${kept === undefined ? 'save' : 'copy'}${what}` };
}

async function passing<T>(
  method: string,
  resource: Resource,
  name: string,
  call: () => Promise<ApiResult<T>>,
): Promise<ApiResult<T>> {
  const of = stepOf(method, resource, name);
  const job = armed?.slice(0, armed.indexOf(':')) ?? '';
  if (!of?.job.startsWith(job)) return call();
  reached(`${job}: before ${of.step}`);
  const answer = await call();
  reached(`${job}: after ${of.step}`);
  return answer;
}

/** An event is about a Job; everything else has a name of its own. */
function nameOf(object: KubernetesObject): string {
  const { involvedObject } = object as { involvedObject?: { name: string } };
  return involvedObject?.name ?? object.metadata.name;
}

function crashing(cluster: Cluster): Cluster {
  return new Proxy(cluster, {
    get(target, key) {
      if (key === 'create')
        return (...[resource, object, options]: Parameters<Cluster['create']>) =>
          passing('create', resource, nameOf(object), () => target.create(resource, object, options));
      if (key === 'patch')
        return (...[resource, namespace, name, patch]: Parameters<Cluster['patch']>) =>
          passing('patch', resource, name, () => target.patch(resource, namespace, name, patch));
      if (key === 'delete')
        return (...[resource, namespace, name, options]: Parameters<Cluster['delete']>) =>
          passing('delete', resource, name, () => target.delete(resource, namespace, name, options));
      const value: unknown = Reflect.get(target, key, target);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
}

/** The same of each life; nothing can compress it. */
function noise(): Buffer {
  const cipher = createCipheriv('aes-128-ctr', Buffer.alloc(16, 1), Buffer.alloc(16));
  return cipher.update(Buffer.alloc(noiseBytes));
}

const logs: LogSource = {
  log: async (_namespace, pod) => ({ outcome: 'ok', value: said(pod) }),
};

async function* said(pod: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(`2030-01-01T00:00:00.123456789Z begin of ${pod}\n`);
  if (pod.startsWith('split-')) yield noise();
  yield Buffer.from(`\n2030-01-01T00:00:00.123456789Z end of ${pod}\n`);
}

const flags: Record<string, string> = {};
const words = process.argv.slice(3);
for (let i = 0; i + 1 < words.length; i += 2) flags[camelCase((words[i] ?? '').slice(2))] = words[i + 1] ?? '';

await serve(flags, process.env, {
  store: (store) => store,
  cluster: crashing,
  logs: () => logs,
  service: (service) => service,
});
