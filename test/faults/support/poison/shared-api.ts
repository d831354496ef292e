// The HTTP API for many worlds after each other: compiling its schemas takes longer than a trial.
import type { FastifyInstance } from 'fastify';
import { silentLogger } from '../../../../internal/platform/logger.ts';
import { silentMetrics } from '../../../../internal/platform/metrics.ts';
import { buildServer } from '../../../../pkg/api/server.ts';
import type { JobService } from '../../../../pkg/api/service.ts';
import { FakeEvents } from '../../../support/fake-events.ts';
import { FakeLogs } from '../../../support/fake-logs.ts';
import { FakeSchedules } from '../../../support/fake-schedules.ts';
import { FakeWebhooks } from '../../../support/fake-webhooks.ts';
import { virtualClock } from '../../../support/virtual-clock.ts';

let current: JobService | undefined;
let building: Promise<FastifyInstance> | undefined;

const service = new Proxy({} as JobService, {
  get(_target, name) {
    const method: unknown = current?.[name as keyof JobService];
    return typeof method === 'function' ? method.bind(current) : method;
  },
});

/** From now on it speaks for this service, and no longer for the one before. */
export function apiFor(next: JobService): Promise<FastifyInstance> {
  current = next;
  building ??= buildServer({
    ...{ service, logger: silentLogger, clock: virtualClock(), metrics: silentMetrics, version: '0' },
    ...{
      events: new FakeEvents(),
      logs: new FakeLogs(),
      schedules: new FakeSchedules(),
      webhooks: new FakeWebhooks(),
      debug: { snapshot: () => Promise.reject(new Error('nobody asks for it')) },
      authentication: undefined,
    },
    metricsText: () => Promise.resolve({ contentType: 'text/plain', body: '' }),
  });
  return building;
}
