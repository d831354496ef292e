// The real server dies by SIGKILL between any two steps of the results protocol, before a real API server: what the steps
// before wrote stays as it was written, those that are left follow in the next life, and nothing is there twice. Row 10 of the
// scorecard shows the same for every call and for pairs of deaths, on the simulated cluster.
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, it, onTestFinished } from 'vitest';
import { crashMark } from '../faults/support/kill/crash-points.ts';
import { repositoryRoot } from '../support/repository.ts';
import { getJson, listeningUrl, type Program, startProgram, submitJob } from '../support/server-process.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { apiObject } from './harness/api-request.ts';
import { describeCluster, type SharedCluster } from './harness/shared-cluster.ts';
import { fated, until } from './support/queue.ts';
import { accountWithRights, grant } from './support/rights.ts';

interface ObjectJson {
  metadata: { name: string; uid: string; resourceVersion: string; annotations?: Record<string, string> };
  involvedObject?: { name: string; uid: string };
  reason?: string;
  count?: number;
  data?: Record<string, string>;
  binaryData?: Record<string, string>;
}

interface Scenario {
  /** The Jobs of it begin like that. */
  job: string;
  /** In the order in which the protocol comes by. */
  points: string[];
  succeeds: boolean;
  make(world: World): Promise<void>;
}

const entry = `${repositoryRoot}test/cluster/support/results-crash-server.ts`;
const mark = 'job-handler/status';
const earlierUid = 'eeeeeeee-0000-4000-8000-000000000000';
const pointLimitMs = 60_000;
let counter = 0;

class World {
  readonly namespace: string;
  readonly #cluster: SharedCluster;
  readonly #flags: string[];
  #program: Program | undefined;
  url = '';

  constructor(cluster: SharedCluster, namespace: string, flags: string[]) {
    this.#cluster = cluster;
    this.namespace = namespace;
    this.#flags = ['--namespace', namespace, '--port', '0', '--settle-ms', '0', '--log-level', 'warn', ...flags];
  }

  static async open(cluster: SharedCluster): Promise<World> {
    counter += 1;
    const namespace = `rc${process.pid}-${counter}`;
    const folder = temporaryFolder();
    const kubeconfig = await accountWithRights({ ...cluster, namespace, others: [], folder: folder.path });
    await grant('results', cluster.kubectl, namespace);
    const store = `sqlite:${join(folder.path, 'queue.db')}`;
    const world = new World(cluster, namespace, ['--kubeconfig', kubeconfig, '--store', store]);
    onTestFinished(async () => {
      await world.kill();
      await cluster.kubectl('delete', 'namespace', namespace, '--wait=false');
      folder.remove();
    });
    return world;
  }

  /** Resolves when it takes requests, or has died before. */
  async start(point?: string): Promise<void> {
    this.#program = startProgram(['serve', ...this.#flags], point ? { CRASH_POINT: point } : {}, { entry });
    this.url = await listeningUrl(this.#program).catch((error: unknown) => {
      if (this.#crashedAt === undefined) throw error;
      return '';
    });
  }

  get #crashedAt(): string | undefined {
    const said = this.#program?.stderr() ?? '';
    const at = said.lastIndexOf(crashMark);
    return at < 0 ? undefined : said.slice(at + crashMark.length).trim();
  }

  /** Resolves when it has died there; rejects when it lives on. */
  async diesAt(point: string): Promise<void> {
    const limit = new AbortController();
    const late = delay(pointLimitMs, undefined, { signal: limit.signal }).catch(() => undefined);
    await Promise.race([this.#program?.ended, late]);
    limit.abort();
    expect(this.#crashedAt, this.#program?.stderr()).toBe(point);
  }

  async kill(): Promise<void> {
    this.#program?.process.kill('SIGKILL');
    await this.#program?.ended;
  }

  async all(kind: 'configmaps' | 'events' | 'jobs'): Promise<ObjectJson[]> {
    const group = kind === 'jobs' ? '/apis/batch/v1' : '/api/v1';
    const path = `${group}/namespaces/${this.namespace}/${kind}`;
    return (await apiObject<{ items: ObjectJson[] }>(this.#cluster, 'GET', path)).items;
  }

  async put(...items: object[]): Promise<void> {
    await this.#cluster.kubectl.withInput({ apiVersion: 'v1', kind: 'List', items }, 'create', '-f', '-');
  }

  job(name: string, fate: 'succeed' | 'fail'): Promise<void> {
    const labels = { 'job-handler/enabled': 'true' };
    const metadata = { name, namespace: this.namespace, labels };
    return this.put({ apiVersion: 'batch/v1', kind: 'Job', metadata, spec: fated(fate) });
  }

  map(name: string, content: object): object {
    const labels = { 'job-handler/created': 'true', 'job-name': 'kept', 'job-handler/job-uid': earlierUid };
    return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: this.namespace, labels }, ...content };
  }
}

const earlierData = { 'job-name': 'kept', status: 'completed', 'completion-time': '2030-01-01T00:00:00Z', pods: '[]' };

/** An earlier result of the name, its log in two parts. */
async function earlierResult(world: World): Promise<void> {
  const part = (number: number): object =>
    world.map(`kept-results-${number}`, {
      data: { 'job-name': 'kept', part: String(number), parts: '2' },
      binaryData: { [`logs.gz.${number}`]: Buffer.from(`part ${number}`).toString('base64') },
    });
  await world.put(part(1), part(2), world.map('kept-results', { data: { ...earlierData, 'log-parts': '2' } }));
}

const scenarios: Scenario[] = [
  {
    job: 'good',
    points: ['before save', 'after save', 'after event', 'after mark', 'after delete'],
    succeeds: true,
    make: (world) => world.job('good', 'succeed'),
  },
  {
    job: 'bad',
    points: ['after event', 'after mark'],
    succeeds: false,
    make: (world) => world.job('bad', 'fail'),
  },
  {
    job: 'split',
    points: ['after save part 1', 'after save part 2', 'before save', 'after save'],
    succeeds: true,
    make: (world) => world.job('split', 'succeed'),
  },
  {
    job: 'kept',
    points: [
      ...['after copy part 1', 'after copy part 2', 'after copy'],
      ...['after free', 'after free part 2', 'after free part 1'],
    ],
    succeeds: true,
    async make(world) {
      await earlierResult(world);
      await world.job('kept', 'succeed');
    },
  },
  {
    job: 'own',
    points: ['after save', 'after mark'],
    succeeds: true,
    async make(world) {
      const answer = await submitJob(world.url, { name: 'own', template: fated('succeed'), results: true } as never);
      expect(answer.status).toBe(201);
    },
  },
];

describeCluster('the result of a Job survives the death of the server', (cluster) => {
  it.each(scenarios)('between any two steps of that of $job', { timeout: 240_000 }, async (scenario) => {
    const { job, points, succeeds, make } = scenario;
    const world = await World.open(cluster);
    const seen = new Map<string, ObjectJson>();
    let uid = '';
    for (const [index, step] of points.entries()) {
      const point = `${job}: ${step}`;
      await world.start(point);
      if (index === 0) await make(world);
      await world.diesAt(point);
      const [found] = (await world.all('jobs')).filter(({ metadata }) => metadata.name.startsWith(job));
      uid = found?.metadata.uid ?? uid;
      expectNothingLost(await ofJob(world, uid), found !== undefined, seen);
    }
    await world.start();
    await until(async () => isOver(world, job, succeeds), 120_000);
    const { main, events } = await ofJob(world, uid);
    expect(main).toHaveLength(1);
    expect(events).toMatchObject([{ count: 1 }]);
    expectNothingLost({ main, events }, !succeeds, seen);
    const name = main[0]?.data?.['job-name'] ?? '';
    const result = await getJson<{ logs: string; status: string }>(`${world.url}/results/${world.namespace}/${name}`);
    expect(result).toMatchObject({ status: succeeds ? 'completed' : 'failed' });
    expect(result).not.toHaveProperty('log_problem');
    for (const words of [`begin of ${name}-`, `end of ${name}-`]) expect(result.logs.split(words)).toHaveLength(2);
    if (job === 'split') expect(main[0]?.data).toHaveProperty('log-parts', '3');
    if (job === 'kept') await expectEarlierKept(world);
  });
});

/** The ConfigMap of its result, and the events about it. */
async function ofJob(world: World, uid: string): Promise<{ main: ObjectJson[]; events: ObjectJson[] }> {
  const maps = (await world.all('configmaps')).filter(({ metadata }) => /-results$/.test(metadata.name));
  const main = maps.filter(
    (map) => (map.metadata as { labels?: object }).labels?.['job-handler/job-uid' as never] === uid,
  );
  const events = await world.all('events');
  return {
    main,
    events: events.filter((event) => event.reason === 'JobProcessing' && event.involvedObject?.uid === uid),
  };
}

/** What was there is there as it was, and without its result no Job is gone. */
function expectNothingLost(
  { main, events }: { main: ObjectJson[]; events: ObjectJson[] },
  jobIsThere: boolean,
  seen: Map<string, ObjectJson>,
): void {
  for (const [what, objects] of [['main', main] as const, ['event', events] as const]) {
    const [now] = objects;
    expect(objects.length).toBeLessThanOrEqual(1);
    const before = seen.get(what);
    if (before)
      expect(now?.metadata).toMatchObject({
        uid: before.metadata.uid,
        resourceVersion: before.metadata.resourceVersion,
      });
    if (now) seen.set(what, now);
  }
  if (!jobIsThere) expect([...seen.keys()]).toEqual(['main', 'event']);
}

async function isOver(world: World, job: string, succeeds: boolean): Promise<boolean> {
  const found = (await world.all('jobs')).find(({ metadata }) => metadata.name.startsWith(job));
  return succeeds ? found === undefined : found?.metadata.annotations?.[mark] === 'failed';
}

async function expectEarlierKept(world: World): Promise<void> {
  const maps = new Map((await world.all('configmaps')).map((map) => [map.metadata.name, map]));
  expect(maps.get('kept-results-eeeeeeee')?.data).toEqual({ ...earlierData, 'log-parts': '2' });
  for (const part of [1, 2]) {
    const packed = maps.get(`kept-results-eeeeeeee-${part}`)?.binaryData?.[`logs.gz.${part}`] ?? '';
    expect(Buffer.from(packed, 'base64').toString()).toBe(`part ${part}`);
    expect(maps.has(`kept-results-${part}`)).toBe(false);
  }
}
