// What stands between the parts of a server that is to be killed at a named point: everything is handed through as it is,
// and each point is passed at its place. Where it matters what left the process before, an armed point waits a moment:
// before a commit, so that an answer given too early would be seen, and before a create, so that the answers to the same
// turn are out. A watch is ended with 410 and the list after it read in small pages, or neither would happen here.
import { setTimeout as delay, setImmediate as nextLoop } from 'node:timers/promises';
import type { Seams } from '../../../../cmd/kubejobs/serve.ts';
import type { Commit, Store } from '../../../../internal/store/store.ts';
import type { JobService } from '../../../../pkg/api/service.ts';
import { type Cluster, jobsResource, type WatchEvent } from '../../../../pkg/kubernetes/cluster.ts';
import type { Bomb, CrashPoint } from './crash-points.ts';

/** More than the answers of a turn take to be sent. */
const answersAreOutMs = 20;
const smallPage = 2;

export function crashSeams(bomb: Bomb): Seams {
  return {
    store: (store) => crashingStore(store, bomb),
    cluster: (cluster) => crashingCluster(cluster, bomb),
    logs: (source) => source,
    service: (service) => crashingService(service, bomb),
  };
}

function crashingStore(store: Store, bomb: Bomb): Store {
  return withOthers(store, {
    async load() {
      bomb.reached('before_load');
      const snapshot = await store.load();
      bomb.reached('after_load');
      return snapshot;
    },
    async commit(commit) {
      const points = pointsBefore(commit);
      if (points.some((point) => bomb.isArmedFor(point))) await delay(answersAreOutMs);
      for (const point of points) bomb.reached(point);
      const written = store.commit(commit);
      bomb.reached('during_commit');
      const receipt = await written;
      bomb.reached('after_commit');
      return receipt;
    },
  });
}

function pointsBefore({ inserts, attemptChanges }: Commit): CrashPoint[] {
  const points: CrashPoint[] = ['before_commit'];
  if (inserts.length > 0) points.push('before_acceptance');
  if (attemptChanges.some(({ set }) => set.creation === 'made')) points.push('before_made_is_recorded');
  if (attemptChanges.some(({ set }) => set.finishedAt !== undefined)) points.push('before_end_is_recorded');
  return points;
}

function crashingService(service: JobService, bomb: Bomb): JobService {
  return withOthers(service, {
    async submit(submission, key) {
      const answer = await service.submit(submission, key);
      if (answer.ok) void afterTheAnswer(bomb);
      return answer;
    },
  });
}

/** What is written to a socket now has left the process one loop later. */
async function afterTheAnswer(bomb: Bomb): Promise<void> {
  await nextLoop();
  await nextLoop();
  bomb.reached('after_answer');
}

function crashingCluster(cluster: Cluster, bomb: Bomb): Cluster {
  let lists = 0;
  return withOthers(cluster, {
    async create(resource, object, options) {
      if (options?.dryRun) return cluster.create(resource, object, options);
      if (bomb.isArmedFor('before_create')) await delay(answersAreOutMs);
      bomb.reached('before_create');
      const created = cluster.create(resource, object, options);
      if (bomb.isArmedFor('during_create')) await delay(1);
      bomb.reached('during_create');
      const result = await created;
      bomb.reached('after_create');
      bomb.reached('after_first_look');
      return result;
    },
    async get(resource, namespace, name) {
      const result = await cluster.get(resource, namespace, name);
      bomb.reached('after_first_look');
      return result;
    },
    async delete(resource, namespace, name, options) {
      const cleansUp = options.propagation === 'background';
      bomb.reached(cleansUp ? 'before_clean_up' : 'before_delete');
      const result = await cluster.delete(resource, namespace, name, options);
      bomb.reached(cleansUp ? 'after_clean_up' : 'after_delete');
      return result;
    },
    async list(resource, options) {
      const relists = bomb.isArmedFor('during_relist') && resource === jobsResource;
      const page = await cluster.list(resource, relists ? { ...options, limit: smallPage } : options);
      lists += 1;
      if (lists === 1) bomb.reached('after_first_list');
      if (relists) bomb.reached('during_relist');
      return page;
    },
    watch(resource, options) {
      const events = cluster.watch(resource, options);
      return resource === jobsResource ? endedByGap(events, bomb) : events;
    },
  });
}

async function* endedByGap(events: AsyncIterable<WatchEvent>, bomb: Bomb): AsyncGenerator<WatchEvent> {
  for await (const event of events) {
    if (bomb.isArmedFor('during_relist')) {
      yield { type: 'ERROR', code: 410, message: 'too old resource version' };
      return;
    }
    yield event;
  }
}

/** `whole` with some of its methods replaced; the others are called on `whole` itself. */
function withOthers<T extends object>(whole: T, replaced: Partial<T>): T {
  return new Proxy(whole, {
    get(target, key) {
      if (key in replaced) return replaced[key as keyof T];
      const value: unknown = Reflect.get(target, key, target);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
}
