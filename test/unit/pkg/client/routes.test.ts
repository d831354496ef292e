// The client has a call for every route of the API, and no other.
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { type Client, createClient } from '../../../../pkg/client/index.ts';
import { readRepositoryFile } from '../../../support/repository.ts';

/** For machines and for people with a browser. */
const without = ['/readyz', '/livez', '/metrics', '/errors', '/errors/{code}', '/openapi.json'];

async function readAll(stream: AsyncIterable<unknown>): Promise<void> {
  for await (const _each of stream);
}

const calls: Record<keyof Client, (client: Client) => Promise<unknown>> = {
  submit: (client) => client.submit({ name: 'a' }),
  submitAll: (client) => client.submitAll([{ name: 'a' }]),
  submitStream: (client) => readAll(client.submitStream([{ name: 'a' }])),
  get: (client) => client.get('JOB'),
  list: (client) => client.list({ states: ['failed'], name: 'a' }),
  pending: (client) => client.pending({ limit: 1 }),
  running: (client) => client.running(),
  queue: (client) => client.queue({ position: 3, limit: 2 }),
  finished: (client) => client.finished(),
  wait: (client) => client.wait('JOB'),
  events: (client) => readAll(client.events({ queue: 'a' })),
  logs: (client) => readAll(client.logs('JOB', { follow: true })),
  cancel: (client) => client.cancel('JOB'),
  reprioritise: (client) => client.reprioritise('JOB', 1),
  hold: (client) => client.hold('JOB'),
  release: (client) => client.release('JOB'),
  retry: (client) => client.retry('JOB'),
  pause: (client) => client.pause(),
  resume: (client) => client.resume(),
  settings: (client) => client.settings(),
  snapshot: (client) => client.snapshot(),
  configure: (client) => client.configure({ paused: true }),
  createSchedule: (client) => client.createSchedule({ name: 'a', cron: '@daily', job: { name: 'a' } }),
  schedules: (client) => client.schedules(),
  schedule: (client) => client.schedule('NAME'),
  changeSchedule: (client) => client.changeSchedule('NAME', { suspend: true }),
  deleteSchedule: (client) => client.deleteSchedule('NAME'),
  deliveries: (client) => client.deliveries({ state: 'failed' }),
  redeliver: (client) => client.redeliver('DELIVERY'),
  podGroups: (client) => client.podGroups({ ready: false }),
  podGroup: (client) => client.podGroup('NAMESPACE', 'NAME'),
  workloads: (client) => client.workloads({ kind: 'Job', namespace: 'a', unhealthy: false }),
  workload: (client) => client.workload('Job', 'NAMESPACE', 'NAME'),
  workloadEvents: (client) => readAll(client.workloadEvents({ kind: 'Job', namespace: 'a' })),
  result: (client) => client.result('NAMESPACE', 'RESULT', { logs: false }),
  health: (client) => client.health(),
  caller: (client) => client.caller(),
};

async function called(): Promise<string[]> {
  const routes = new Set<string>();
  const fetch = async (url: string | URL | Request, init?: RequestInit): Promise<Response> => {
    const path = new URL(String(url)).pathname
      .replace('/Job/', '/{kind}/')
      .replace('NAMESPACE', '{namespace}')
      .replace('RESULT', '{job}')
      .replace('JOB', '{job_id}')
      .replace('NAME', '{name}')
      .replace('DELIVERY', '{delivery_id}');
    routes.add(`${init?.method} ${path}`);
    return new Response('[]');
  };
  const client = createClient({ baseUrl: 'http://127.0.0.1', fetch });
  for (const call of Object.values(calls)) await call(client).catch(() => {});
  return [...routes].sort();
}

it('the client’s calls are the routes of openapi.yaml', async () => {
  const { paths } = parse(readRepositoryFile('openapi.yaml')) as { paths: Record<string, object> };
  const routes = Object.entries(paths)
    .filter(([path]) => !without.includes(path))
    .flatMap(([path, methods]) => Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`));
  expect(await called()).toEqual(routes.sort());
});
