// An engine on a virtual clock and a store that the test holds, with short words for what tests do and look at.
import type { Effect } from '../../internal/core/decisions.ts';
import type { ClusterEvent } from '../../internal/core/events.ts';
import { restoreCore } from '../../internal/core/restore.ts';
import type { CoreSettings } from '../../internal/core/state.ts';
import { Engine, type EngineDeps } from '../../internal/engine/engine.ts';
import { EngineService } from '../../internal/engine/service.ts';
import { silentMetrics } from '../../internal/platform/metrics.ts';
import { seededRandom } from '../../internal/platform/random.ts';
import { coreSettings, eventOf } from './core-builders.ts';
import { HeldStore } from './held-store.ts';
import { aSubmission } from './job-builders.ts';
import { recordingLogger } from './recorders.ts';
import { virtualClock } from './virtual-clock.ts';

export const engineStartMs = 1_000_000;

export type TestEngine = Awaited<ReturnType<typeof anEngine>>;

type Options = Partial<CoreSettings> & {
  deps?: Partial<EngineDeps>;
  cluster?: 'up' | 'down';
  store?: HeldStore;
  seed?: number;
  /** Done before the start. */
  early?: (engine: Engine) => void;
};

/** Started, with a reachable cluster unless told otherwise. */
export async function anEngine(options: Options = {}) {
  const { deps, cluster = 'up', store = new HeldStore(), seed = 7, early, ...settings } = options;
  const clock = virtualClock(engineStartMs);
  const logger = recordingLogger();
  const released: Effect[] = [];
  const seen = { resyncs: 0 };
  const engine = new Engine({
    ...{ store, clock, logger, random: seededRandom(seed), metrics: silentMetrics, settings: coreSettings(settings) },
    nameWorkload: (job, attempt) => ({ kind: 'Job', namespace: 'default', name: `${job.name}-${attempt}` }),
    release: (effects) => released.push(...effects),
    resync: () => {
      seen.resyncs += 1;
    },
    ...deps,
  });
  const checkTemplate = () => Promise.resolve(undefined);
  const service = new EngineService({ engine, store, checkTemplate, simulated: false });
  const ids = new Map<string, string>();

  /** Submits and, unless the store holds the commit, waits for the answer. */
  async function submit(name: string, priority = 0): Promise<string> {
    const answer = await engine.submit(aSubmission(name, { priority }));
    if (!answer.ok) throw new Error(`${name} was refused: ${answer.refusal.code}`);
    ids.set(name, answer.value.jobId);
    return answer.value.jobId;
  }

  function idOf(name: string): string {
    const id = ids.get(name);
    if (!id) throw new Error(`${name} was not submitted`);
    return id;
  }

  /** News of the scenario language about a job by its name. */
  function news(word: string, name = ''): void {
    const event = eventOf(word, clock.now(), '') as ClusterEvent;
    engine.report(name ? ({ ...event, jobId: idOf(name) } as ClusterEvent) : event);
  }

  early?.(engine);
  await engine.start();
  if (cluster === 'up') news('up');
  await clock.settle();
  return { engine, service, store, clock, logger, released, seen, submit, idOf, ids, news };
}

/** `create a`, `delete a`. */
export function effectsOf({ released, ids }: Pick<TestEngine, 'released' | 'ids'>): string[] {
  const names = new Map([...ids].map(([name, id]) => [id, name]));
  return released.map((effect) => {
    if (effect.kind === 'create_workload') return `create ${effect.job.name}`;
    return `delete ${names.get(effect.jobId) ?? effect.jobId}`;
  });
}

export interface Seen {
  pending: string[];
  queue: string[];
  running: string[];
  totals: Array<number | undefined>;
  jobs: unknown[];
  health: unknown;
}

/** All that a reader of the API can see of the queue. */
export function seenBy({ service }: Pick<TestEngine, 'service'>): Seen {
  const pending = service.pending({ limit: 3 });
  const more = pending.next ? service.pending({ limit: 1_000, after: pending.next }) : undefined;
  const running = service.running({ limit: 1_000 });
  return {
    pending: [...pending.items, ...(more?.items ?? [])].map(({ name, priority }) => `${name}:${priority}`),
    queue: queueFromEachPosition(service, pending.total ?? 0),
    running: running.items.map(({ name }) => name),
    totals: [pending.total, running.total],
    jobs: service.jobs({}, { limit: 1_000 }).items,
    health: service.health(),
  };
}

/** The job at each position, asked for one by one, and one beyond the end. */
function queueFromEachPosition(service: TestEngine['service'], total: number): string[] {
  const at = (position: number) =>
    service.queue({ position, limit: 1 }).items.map(({ name, ...job }) => ({ name, job }));
  return Array.from({ length: total + 1 }, (_, position) =>
    at(position).map(({ name, job }) => `${name}:${job.priority}@${job.queuePosition}`),
  ).flat();
}

/** What a core made anew from the rows is like. */
export async function digestOfRows({ store, clock, engine }: TestEngine): Promise<string> {
  const core = restoreCore(await store.load(), engine.core.state.settings, clock.now());
  core.apply({ kind: 'cluster_reachability_changed', at: clock.now(), reachable: engine.clusterReachable });
  core.plan(clock.now());
  return core.digest();
}
