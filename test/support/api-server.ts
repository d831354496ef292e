// A server on a fake service, for tests by injection or over a loopback port, and for openapi.yaml.
import type { FastifyInstance } from 'fastify';
import { systemClock } from '../../internal/platform/clock.ts';
import { silentLogger } from '../../internal/platform/logger.ts';
import { silentMetrics } from '../../internal/platform/metrics.ts';
import type { SnapshotDocument } from '../../pkg/api/schemas/snapshot.ts';
import { buildServer, type ServerDeps } from '../../pkg/api/server.ts';
import { FakeEvents } from './fake-events.ts';
import { FakeLogs } from './fake-logs.ts';
import { FakeSchedules } from './fake-schedules.ts';
import { FakeService } from './fake-service.ts';
import { FakeWebhooks } from './fake-webhooks.ts';

const at = '2026-11-22T00:00:00.000Z';

export const emptySnapshot: SnapshotDocument = {
  ...{ taken_at: at, versions: {}, configuration: {}, engine: {}, store: {}, cluster: {}, watches: [], problems: [] },
  queue: { jobs: {}, max_concurrency: 2, paused: false, slots: [] },
  process: { pid: 1, uptime_seconds: 0, memory_bytes: {}, event_loop_lag_seconds: {} },
  metrics: '',
};

export function newServer(overrides: Partial<ServerDeps> = {}): Promise<FastifyInstance> {
  return buildServer({
    service: new FakeService(),
    events: new FakeEvents(),
    logs: new FakeLogs(),
    schedules: new FakeSchedules(),
    webhooks: new FakeWebhooks(),
    debug: { snapshot: async () => emptySnapshot },
    logger: silentLogger,
    clock: systemClock(),
    metrics: silentMetrics,
    version: '0.0.0-test',
    authentication: undefined,
    metricsText: async () => ({ contentType: 'text/plain; version=0.0.4', body: 'up 1\n' }),
    ...overrides,
  });
}
