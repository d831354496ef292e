// A server on a fake service, for tests by injection or over a loopback port.
import type { FastifyInstance } from 'fastify';
import { onTestFinished } from 'vitest';
import { silentLogger } from '../../internal/platform/logger.ts';
import { buildServer, type ServerDeps } from '../../pkg/api/server.ts';
import { FakeService } from './fake-service.ts';

export interface ApiUnderTest {
  app: FastifyInstance;
  service: FakeService;
}

/** Closed when the test is finished. */
export async function anApi(overrides: Partial<ServerDeps> & { service?: FakeService } = {}): Promise<ApiUnderTest> {
  const service = overrides.service ?? new FakeService();
  const app = await newServer({ ...overrides, service });
  onTestFinished(() => app.close());
  return { app, service };
}

export function newServer(overrides: Partial<ServerDeps> = {}): Promise<FastifyInstance> {
  return buildServer({
    service: new FakeService(),
    logger: silentLogger,
    version: '0.0.0-test',
    metricsText: async () => ({ contentType: 'text/plain; version=0.0.4', body: 'up 1\n' }),
    ...overrides,
  });
}
