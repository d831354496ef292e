// One trial: for five minutes whatever the API server shows of one running job's workload, or of its pods, is poisoned; then
// it is honest again. The others run as if nothing were wrong, nothing that was shown can stop a commit or make the
// program ask without end, and when it is over the job ends as well.
import { seededRandom } from '../../../../internal/platform/random.ts';
import { oneOf } from '../../../../internal/simulation/weather.ts';
import type { Cluster, KubernetesObject, Resource, WatchEvent } from '../../../../pkg/kubernetes/cluster.ts';
import { jobIdLabel } from '../../../../pkg/kubernetes/labels.ts';
import { idOf } from '../../../support/store-builders.ts';
import { type ObjectMutation, objectMutation, poisoned } from './object-mutations.ts';
import { type PoisonedWorld, poisonedWorld } from './poisoned-world.ts';
import { hexOf, lookAround, othersOf, rowsOf } from './row-trial.ts';
import { blocked, held, killedAt, running, type SoundDatabase, waitedFor } from './sound-database.ts';

export interface ObjectTrial {
  problems: string[];
  poison: string;
  /** How often the program was shown it. */
  shown: number;
}

const poisonMs = 300_000;
/** A regular list comes every ten minutes or so. */
const honestMs = 1_500_000;
/** Of the program in the five minutes, with all its ordinary ones. */
const mostCalls = 2_000;
const longestMessage = 4_000;

export async function objectTrial(seed: number, folder: string, sound: SoundDatabase): Promise<ObjectTrial> {
  const random = seededRandom(seed);
  const mutation = objectMutation(random);
  const job = oneOf(random, [...running, waitedFor]);
  const path = sound.copyTo(folder);
  const poisoner = new Poisoner(mutation, idOf(job));
  const world = await poisonedWorld({ path, seed, sound, seen: (cluster) => poisoner.before(cluster) });
  const poison = `${mutation.name} of job ${job}`;
  try {
    poisoner.isOn = (): boolean => world.clock.now() < killedAt + poisonMs;
    const problems = await live(world, poisoner);
    const rows = rowsOf(path);
    const affected = new Set(job === waitedFor ? [job, blocked] : [job]);
    problems.push(...othersOf(affected, rows));
    const row = rows.jobs.get(hexOf(job));
    const { core, storeAvailable } = world.program.engine;
    if (core.state.running.size > 0) problems.push(`${core.state.running.size} slots are still held`);
    if (!storeAvailable || world.reports.some((report) => report.includes('a commit failed')))
      problems.push('a commit failed');
    if (String(row?.message ?? '').length > longestMessage) problems.push('a message without end was written down');
    return { problems, poison, shown: poisoner.shown };
  } finally {
    await world.close();
  }
}

async function live(world: PoisonedWorld, poisoner: Poisoner): Promise<string[]> {
  const { clock, program, truth } = world;
  await clock.advance(20_000);
  const problems = await lookAround(world, 'while an object is poisoned');
  const submitted = await program.engine.submit({ name: 'newcomer', priority: 0, queue: 'default', workload: {} });
  await program.engine.change('cancel', idOf(held));
  await clock.advance(poisonMs - 20_000);
  const newcomer = submitted.ok ? world.store.reader.job(submitted.value.jobId)?.state : submitted.refusal.code;
  if (newcomer !== 'succeeded') problems.push(`a new job is ${newcomer} after five minutes`);
  if (poisoner.calls > mostCalls) problems.push(`${poisoner.calls} calls in five minutes`);
  truth.compact();
  await clock.advance(honestMs);
  return [...problems, ...(await lookAround(world, 'at the end'))];
}

/** Stands before the cluster and shows one job's objects poisoned. */
class Poisoner {
  readonly #mutation: ObjectMutation;
  readonly #jobId: string;
  isOn = (): boolean => true;
  shown = 0;
  calls = 0;

  constructor(mutation: ObjectMutation, jobId: string) {
    this.#mutation = mutation;
    this.#jobId = jobId;
  }

  before(cluster: Cluster): Cluster {
    return {
      create: (...args) => this.#counted(cluster.create(...args)),
      get: async (resource, namespace, name) => {
        const found = await this.#counted(cluster.get(resource, namespace, name));
        return found.outcome === 'ok' ? { ...found, value: this.#seen(resource, found.value) } : found;
      },
      list: async (resource, options) => {
        const page = await this.#counted(cluster.list(resource, options));
        if (page.outcome !== 'ok') return page;
        return {
          ...page,
          value: { ...page.value, items: page.value.items.map((object) => this.#listed(resource, object)) },
        };
      },
      watch: (resource, options) => this.#watch(resource, cluster.watch(resource, options)),
      delete: (...args) => this.#counted(cluster.delete(...args)),
      patch: (...args) => this.#counted(cluster.patch(...args)),
      ping: () => cluster.ping(),
      close: () => cluster.close(),
    };
  }

  #counted<T>(answer: Promise<T>): Promise<T> {
    if (this.isOn()) this.calls += 1;
    return answer;
  }

  async *#watch(resource: Resource, events: AsyncIterable<WatchEvent>): AsyncGenerator<WatchEvent> {
    for await (const event of events) {
      if (event.type === 'ERROR' || event.type === 'BOOKMARK') yield event;
      else yield { ...event, object: this.#seen(resource, event.object) };
    }
  }

  /** Another version: a true API server never changes an object without it. */
  #listed(resource: Resource, object: KubernetesObject): KubernetesObject {
    if (!this.#isMeant(resource, object)) return object;
    const resourceVersion = `${object.metadata.resourceVersion}-${this.isOn() ? 'poisoned' : 'honest'}`;
    return this.#seen(resource, { ...object, metadata: { ...object.metadata, resourceVersion } });
  }

  #isMeant(resource: Resource, object: KubernetesObject): boolean {
    return resource.plural === this.#mutation.of && object.metadata.labels?.[jobIdLabel] === this.#jobId;
  }

  #seen(resource: Resource, object: KubernetesObject): KubernetesObject {
    if (!this.#isMeant(resource, object) || !this.isOn()) return object;
    this.shown += 1;
    return poisoned(object, this.#mutation);
  }
}
