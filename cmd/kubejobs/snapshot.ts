// What `GET /debug/snapshot` answers: the server as it is, gathered from its parts. An option's value is told unless it may be
// a secret; files that hold secrets are told by their path, and never read.
import { arch, platform, release } from 'node:os';
import type { WatchState } from '../../internal/controllers/jobs/watchers.ts';
import type { Engine } from '../../internal/engine/engine.ts';
import type { Clock } from '../../internal/platform/clock.ts';
import { camelCase, type OptionDefinition, serveOptions } from '../../internal/platform/configuration.ts';
import { type ProblemMemory, redacted } from '../../internal/platform/problem-memory.ts';
import type { Store } from '../../internal/store/store.ts';
import type { DebugService } from '../../pkg/api/debug-service.ts';
import type { SnapshotDocument } from '../../pkg/api/schemas/snapshot.ts';
import { programVersion } from './version.ts';

export interface SnapshotDeps {
  settings: Readonly<Record<string, unknown>>;
  engine: Engine;
  store: Store;
  /** As `--store` would say it. */
  storeSpec: string;
  /** For people: the API server's URL, or what stands in for it. */
  cluster: string;
  /** Where jobs may go; empty for everywhere. */
  namespaces: readonly string[];
  watches(): WatchState[];
  memory: ProblemMemory;
  clock: Pick<Clock, 'now'>;
  metricsText(): Promise<{ body: string }>;
}

const mostSlots = 1_000;

export function snapshotService(deps: SnapshotDeps): DebugService {
  return { snapshot: () => takeSnapshot(deps) };
}

async function takeSnapshot(deps: SnapshotDeps): Promise<SnapshotDocument> {
  const { engine, store, clock, memory } = deps;
  const { body: metrics } = await deps.metricsText();
  const { maxConcurrency, paused } = engine.settings;
  return {
    taken_at: timeText(clock.now()),
    versions: versions(),
    configuration: configurationOf(deps.settings),
    queue: { jobs: { ...engine.counts }, max_concurrency: maxConcurrency, paused, slots: slotsOf(engine) },
    engine: { stopping: engine.stopping, accepting: engine.storeAvailable && !engine.stopping },
    store: {
      ...{ spec: deps.storeSpec, available: engine.storeAvailable, queue_id: store.queueId, epoch: store.epoch },
      ...(engine.storeAvailable && { last_event_id: store.reader.lastEventId() }),
    },
    cluster: { server: redacted(deps.cluster), reachable: engine.clusterReachable, namespaces: [...deps.namespaces] },
    watches: deps.watches().map(({ namespace, ...state }) => ({ ...state, ...(namespace && { namespace }) })),
    problems: memory.problems().map(({ firstAt, lastAt, ...problem }) => ({
      ...problem,
      ...{ first_at: timeText(firstAt), last_at: timeText(lastAt) },
    })),
    process: {
      ...{ pid: process.pid, uptime_seconds: Math.round(process.uptime()), memory_bytes: { ...process.memoryUsage() } },
      event_loop_lag_seconds: lagIn(metrics),
    },
    metrics,
  };
}

function versions(): Record<string, string> {
  const { node = '', v8 = '', openssl = '' } = process.versions;
  return { kubejobs: programVersion(), node, v8, openssl, system: `${platform()} ${release()} ${arch()}` };
}

/** Options without a value are left out: nobody gave them, and they have no default. */
function configurationOf(settings: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const options = Object.entries<OptionDefinition<unknown>>(serveOptions);
  const given = options.map(([name, { secret }]) => {
    const value = settings[camelCase(name)];
    return [name, typeof value === 'string' ? redacted(value) : value, secret] as const;
  });
  return Object.fromEntries(
    given
      .filter(([, value]) => value !== undefined)
      .map(([name, value, secret]) => [name, secret ? kindOf(value) : value]),
  );
}

/** `tokens:***` for `tokens:FILE`. */
function kindOf(value: unknown): string {
  const [kind, rest] = String(value).split(/:(.*)/s, 2);
  return rest === undefined ? String(kind) : `${kind}:***`;
}

function slotsOf(engine: Engine): SnapshotDocument['queue']['slots'] {
  const held = engine.core.runningInOrder().slice(0, mostSlots);
  return held.map(({ jobId, attempt, priority, dispatchedAt, creation, reason }) => ({
    ...{ job_id: jobId, attempt, priority, dispatched_at: timeText(dispatchedAt), creation },
    ...(reason && { reason }),
  }));
}

/** Right after another reading there is nothing to make a mean of: such a figure is left out. */
export function lagIn(metrics: string): Record<string, number> {
  const found = metrics.matchAll(/^kubejobs_nodejs_eventloop_lag_(\w+)_seconds (\S+)$/gm);
  const figures = [...found].map(([, name = '', value]) => [name, Number(value)] as const);
  return Object.fromEntries(figures.filter(([, value]) => Number.isFinite(value)));
}

function timeText(ms: number): string {
  return new Date(ms).toISOString();
}
