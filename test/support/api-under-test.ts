// A server of a test's own, on a fake service, closed when the test is finished.
import type { FastifyInstance } from 'fastify';
import { onTestFinished } from 'vitest';
import type { ServerDeps } from '../../pkg/api/server.ts';
import { newServer } from './api-server.ts';
import { FakeService } from './fake-service.ts';

export interface ApiUnderTest {
  app: FastifyInstance;
  service: FakeService;
}

export async function anApi(overrides: Partial<Omit<ServerDeps, 'service'>> = {}): Promise<ApiUnderTest> {
  const service = new FakeService();
  const app = await newServer({ ...overrides, service });
  onTestFinished(() => app.close());
  return { app, service };
}

/** The same, listening on a free loopback port. */
export async function aListeningApi(
  overrides: Partial<Omit<ServerDeps, 'service'>> = {},
): Promise<ApiUnderTest & { baseUrl: string; port: number }> {
  const api = await anApi(overrides);
  const baseUrl = await api.app.listen({ host: '127.0.0.1', port: 0 });
  return { ...api, baseUrl, port: Number(new URL(baseUrl).port) };
}
