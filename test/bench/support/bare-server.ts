// The counterpart of the submit benchmark: the same Fastify server, route, validation and answer, storing nothing.

import { systemClock } from '../../../internal/platform/clock.ts';
import { silentLogger } from '../../../internal/platform/logger.ts';
import { silentMetrics } from '../../../internal/platform/metrics.ts';
import { systemRandom } from '../../../internal/platform/random.ts';
import { buildServer } from '../../../pkg/api/server.ts';
import type { JobService } from '../../../pkg/api/service.ts';
import { FakeEvents } from '../../support/fake-events.ts';
import { FakeLogs } from '../../support/fake-logs.ts';
import { FakeSchedules } from '../../support/fake-schedules.ts';
import { FakeWebhooks } from '../../support/fake-webhooks.ts';

const random = systemRandom();
const nothing = (): never => {
  throw new Error('the bare server only takes submissions');
};
const service: JobService = {
  submit: async ({ name }) => ({ ok: true, value: { jobId: random.uuid(0), name, queuePosition: 0, replayed: false } }),
  submitEach: nothing,
  submitAll: nothing,
  cancel: nothing,
  change: nothing,
  retry: nothing,
  settings: nothing,
  configure: nothing,
  job: nothing,
  pending: nothing,
  running: nothing,
  queue: nothing,
  finished: nothing,
  jobs: nothing,
  health: nothing,
};
const server = await buildServer({
  service,
  events: new FakeEvents(),
  logs: new FakeLogs(),
  schedules: new FakeSchedules(),
  webhooks: new FakeWebhooks(),
  debug: { snapshot: nothing },
  logger: silentLogger,
  clock: systemClock(),
  metrics: silentMetrics,
  version: '0.0.0',
  authentication: undefined,
  metricsText: async () => ({ contentType: 'text/plain', body: '' }),
});
process.stdout.write(`${await server.listen({ host: '127.0.0.1', port: 0 })}\n`);
