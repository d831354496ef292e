// One finished Job, the controller that saves its result, and deaths of that controller between any two of its calls, on a
// simulated cluster and a virtual clock. What is promised is looked at with every change of the cluster and at the end: no
// result is lost, none is there twice, one event, and no Job goes before its result is there.
import { setTimeout as delay } from 'node:timers/promises';
import { resultMaps } from '../../../../internal/controllers/results/result-maps.ts';
import {
  type ResultsController,
  resultsController,
} from '../../../../internal/controllers/results/results-controller.ts';
import { silentLogger } from '../../../../internal/platform/logger.ts';
import { silentMetrics } from '../../../../internal/platform/metrics.ts';
import { seededRandom } from '../../../../internal/platform/random.ts';
import { simulatedCluster } from '../../../../internal/simulation/cluster/simulated-cluster.ts';
import {
  configMapsResource,
  eventsResource,
  jobsResource,
  type KubernetesObject,
  podsResource,
} from '../../../../pkg/kubernetes/cluster.ts';
import type { LogSource } from '../../../../pkg/kubernetes/log-source.ts';
import {
  type ConfigMap,
  enabledLabel,
  jobUidLabel,
  resultName,
  statusAnnotation,
} from '../../../../pkg/kubernetes/results/marks.ts';
import { findResult, readLog } from '../../../../pkg/kubernetes/results/saved-result.ts';
import { testJobId, testQueueId } from '../../../support/kubernetes-objects.ts';
import { virtualClock } from '../../../support/virtual-clock.ts';
import { type Death, MortalCluster } from './mortal-cluster.ts';

export interface ResultsScene {
  seed: number;
  fails?: boolean;
  /** Whose ConfigMap has the result's name already. */
  taken?: 'by an earlier Job' | 'by somebody else';
  /** The log does not fit into one ConfigMap, however it is compressed; the same of an earlier Job's. */
  large?: boolean;
  /** The Job is the queue's, which writes down its end so long after it. */
  recordedAfterMs?: number;
  /** Of the first life, the second, and so on. */
  deaths?: Death[];
}

export interface ResultsEnd {
  problems: string[];
  /** Calls of each life. */
  calls: number[];
  diedAt: string[];
}

const name = 'work';
const namespace = 'default';
const earlierUid = 'eeeeeeee-0000-4000-8000-000000000000';
const startMs = Date.UTC(2030, 0, 1);
const longestMs = 4 * 3_600_000;
const largeBytes = 1_500_000;

export async function playResults(scene: ResultsScene): Promise<ResultsEnd> {
  const world = new ResultsWorld(scene);
  await world.prepare();
  for (const death of scene.deaths ?? []) await world.live(death);
  await world.live(undefined);
  return { problems: await world.judge(), calls: world.calls, diedAt: world.diedAt };
}

class ResultsWorld {
  readonly calls: number[] = [];
  readonly diedAt: string[] = [];
  readonly #scene: ResultsScene;
  readonly #clock = virtualClock(startMs);
  readonly #cluster;
  readonly #problems: string[] = [];
  #uid = '';
  #endedAtMs = 0;
  #mainWrites = 0;

  constructor(scene: ResultsScene) {
    this.#scene = scene;
    this.#cluster = simulatedCluster({
      ...{ clock: this.#clock, random: seededRandom(scene.seed), durationMs: 1_000 },
      onEvent: ({ type, resource, object }) => {
        if (resource.kind === 'Job' && type === 'DELETED') this.#jobIsGone();
        const isMain = object.metadata.name === resultName(name) && object.metadata.labels?.[jobUidLabel] === this.#uid;
        if (resource.kind === 'ConfigMap' && isMain) this.#mainWrites += 1;
      },
    });
  }

  async prepare(): Promise<void> {
    if (this.#scene.taken === 'by somebody else') await this.#put({ data: { theirs: 'yes' } }, {});
    if (this.#scene.taken === 'by an earlier Job') await this.#putEarlier();
    const made = await this.#cluster.create(jobsResource, this.#job());
    if (made.outcome !== 'ok') throw new Error(made.message);
    this.#uid = made.value.metadata.uid ?? '';
    await this.#clock.advance(5_000);
    this.#endedAtMs = this.#clock.now();
  }

  /** Until it dies or has nothing more to do; without a death until the end. */
  async live(death: Death | undefined): Promise<void> {
    const mortal = new MortalCluster(this.#clock, death);
    const controller = this.#controller(mortal);
    controller.start();
    const untilMs = this.#clock.now() + longestMs;
    while (!mortal.isDead && this.#clock.now() < untilMs && !(await this.#isOver())) {
      await this.#clock.advance(1_000);
      // Compression takes real time.
      if (this.#scene.large) await delay(2);
    }
    mortal.isDead = true;
    void controller.stop();
    this.calls.push(mortal.calls);
    if (mortal.diedAt) this.diedAt.push(mortal.diedAt);
    // What was late is carried out.
    if (death === undefined) await this.#clock.advance(60_000);
  }

  async judge(): Promise<string[]> {
    const problems = [...this.#problems];
    if (this.#clock.now() > startMs + longestMs) problems.push('it did not come to an end');
    const events = await this.#all(eventsResource);
    if (events.length !== 1) problems.push(`there are ${events.length} events instead of one`);
    if (this.#scene.taken === 'by somebody else') return [...problems, ...(await this.#judgeTaken())];
    if (this.#mainWrites !== 1) problems.push(`the result was written ${this.#mainWrites} times`);
    problems.push(...(await this.#judgeLog('the result', this.#uid, this.#expectedLog())));
    if (this.#scene.taken === 'by an earlier Job')
      problems.push(...(await this.#judgeLog('the earlier result', earlierUid, earlierLog(this.#scene))));
    const job = await this.#cluster.get(jobsResource, namespace, name);
    const isThere = job.outcome === 'ok';
    if (isThere !== (this.#scene.fails === true)) problems.push(`the Job is ${isThere ? 'still there' : 'gone'}`);
    const mark = isThere ? job.value.metadata.annotations?.[statusAnnotation] : 'failed';
    if (mark !== 'failed') problems.push(`the Job is marked ${mark}`);
    return problems;
  }

  async #judgeTaken(): Promise<string[]> {
    const map = await this.#cluster.get(configMapsResource, namespace, resultName(name));
    const job = await this.#cluster.get(jobsResource, namespace, name);
    const theirs = map.outcome === 'ok' && (map.value as ConfigMap).data?.theirs === 'yes';
    return [
      ...(theirs ? [] : ['somebody else’s ConfigMap was changed']),
      ...(job.outcome === 'ok' ? [] : ['a Job was deleted whose result is not saved']),
    ];
  }

  async #judgeLog(what: string, uid: string, expected: string[]): Promise<string[]> {
    const found = await findResult(this.#cluster, namespace, name, uid);
    if (found.outcome !== 'ok' || !found.value) return [`${what} is lost`];
    const log = await readLog(this.#cluster, found.value);
    if (log.outcome !== 'ok') return [`${what} cannot be read`];
    if (log.value.problem) return [`${what}: ${log.value.problem}`];
    const text = log.value.text.toString('latin1');
    return expected.filter((part) => text.split(part).length !== 2).map((part) => `${what} lacks ${part.slice(0, 40)}`);
  }

  #jobIsGone(): void {
    const { recordedAfterMs = 0 } = this.#scene;
    if (this.#clock.now() < this.#endedAtMs + recordedAfterMs)
      this.#problems.push('the Job went before it was recorded');
    if (this.#mainWrites === 0) this.#problems.push('the Job went before its result was saved');
  }

  async #isOver(): Promise<boolean> {
    if (this.#scene.taken === 'by somebody else') return (await this.#all(eventsResource)).length > 0;
    const job = await this.#cluster.get(jobsResource, namespace, name);
    if (job.outcome !== 'ok') return true;
    return this.#scene.fails === true && job.value.metadata.annotations?.[statusAnnotation] !== undefined;
  }

  #controller(mortal: MortalCluster): ResultsController {
    const { recordedAfterMs = 0, seed } = this.#scene;
    return resultsController({
      ...{ cluster: mortal.before(this.#cluster), source: mortal.source(this.#source()), queueId: testQueueId },
      ...{ clock: this.#clock, random: seededRandom(seed), logger: silentLogger, metrics: silentMetrics },
      ...{ logs: 'full', maxBytes: 8_388_608 },
      keptForMs: () => Math.max(0, this.#endedAtMs + recordedAfterMs - this.#clock.now()),
    });
  }

  #source(): LogSource {
    return {
      log: async (_namespace, pod) => {
        const found = await this.#cluster.get(podsResource, namespace, pod);
        if (found.outcome !== 'ok') return found;
        const all = (await this.#all(podsResource)).map(({ metadata }) => metadata.name).sort();
        const text = this.#expectedLog()[all.indexOf(pod)] ?? '';
        return { outcome: 'ok', value: stamped(text) };
      },
    };
  }

  #expectedLog(): string[] {
    const { seed, large } = this.#scene;
    return Array.from({ length: podsOf(this.#scene) }, (_, index) =>
      large && index === 0 ? noise(seed, largeBytes) : `what pod ${index} of ${seed} said`,
    );
  }

  #job(): KubernetesObject {
    const { fails, recordedAfterMs } = this.#scene;
    const count = podsOf(this.#scene);
    const annotations = fails ? { 'kubejobs.io/simulate-exit-code': '3' } : {};
    const marks = { 'kubejobs.io/queue-id': testQueueId, 'kubejobs.io/job-id': testJobId, 'kubejobs.io/attempt': '1' };
    const labels = { [enabledLabel]: 'true', ...(recordedAfterMs === undefined ? {} : marks) };
    const spec = { restartPolicy: 'Never', containers: [{ name: 'main', image: 'busybox' }] };
    const template = { metadata: { annotations }, spec };
    return {
      ...{ apiVersion: 'batch/v1', kind: 'Job', metadata: { name, namespace, labels, annotations } },
      spec: { completions: count, parallelism: count, backoffLimit: 0, template },
    };
  }

  async #put(
    content: Pick<ConfigMap, 'data' | 'binaryData'>,
    labels: Record<string, string>,
    mapName = resultName(name),
  ) {
    const metadata = { name: mapName, namespace, labels };
    await this.#cluster.create(configMapsResource, { apiVersion: 'v1', kind: 'ConfigMap', metadata, ...content });
  }

  async #putEarlier(): Promise<void> {
    const end = { status: 'completed', at: '2029-12-31T00:00:00Z' } as const;
    const text = [Buffer.from(earlierLog(this.#scene).join('\n'), 'latin1')];
    const job = { namespace, name, uid: earlierUid, end };
    const maps = await resultMaps({ job, pods: [], omittedPods: 0, text, own: {} });
    for (const make of maps) await this.#cluster.create(configMapsResource, make());
  }

  async #all(resource: typeof podsResource): Promise<KubernetesObject[]> {
    const page = await this.#cluster.list(resource, { namespace });
    return page.outcome === 'ok' ? page.value.items : [];
  }
}

/** The first to fail ends the others. */
function podsOf({ fails }: ResultsScene): number {
  return fails ? 1 : 2;
}

function earlierLog({ seed, large }: ResultsScene): string[] {
  return large ? [noise(seed + 1, largeBytes)] : [`what an earlier Job of ${seed} said`];
}

async function* stamped(text: string): AsyncGenerator<Uint8Array> {
  const line = Buffer.from(`2030-01-01T00:00:00.123456789Z ${text}\n`, 'latin1');
  for (let at = 0; at < line.length; at += 65_536) yield line.subarray(at, at + 65_536);
}

/** Nothing can compress it. */
function noise(seed: number, bytes: number): string {
  const random = seededRandom(seed);
  const buffer = Buffer.alloc(bytes);
  for (let at = 0; at < bytes; at += 1) {
    const byte = Math.floor(random.next() * 256);
    buffer[at] = byte === 0x0a ? 0x20 : byte;
  }
  return buffer.toString('latin1');
}
