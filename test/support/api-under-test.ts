// Servers on a fake service. Building one takes a while, so tests that ask for nothing special share one in their file,
// with the service as new; it does not listen, so there is nothing to close.
import type { FastifyInstance } from 'fastify';
import { onTestFinished } from 'vitest';
import type { ServerDeps } from '../../pkg/api/server.ts';
import { newServer } from './api-server.ts';
import { FakeService } from './fake-service.ts';

export interface ApiUnderTest {
  app: FastifyInstance;
  service: FakeService;
}

type Overrides = Partial<Omit<ServerDeps, 'service'>>;

let shared: Promise<ApiUnderTest> | undefined;

/** To inject requests into. */
export async function anApi(overrides?: Overrides): Promise<ApiUnderTest> {
  if (overrides !== undefined) return anApiOfItsOwn(overrides);
  shared ??= newApi({});
  const api = await shared;
  api.service.reset();
  return api;
}

async function anApiOfItsOwn(overrides: Overrides): Promise<ApiUnderTest> {
  const api = await newApi(overrides);
  onTestFinished(() => api.app.close());
  return api;
}

async function newApi(overrides: Overrides): Promise<ApiUnderTest> {
  const service = new FakeService();
  const app = await newServer({ ...overrides, service });
  return { app, service };
}

/** Listening on a free loopback port, closed when the test is finished. */
export async function aListeningApi(
  overrides: Overrides = {},
): Promise<ApiUnderTest & { baseUrl: string; port: number }> {
  const api = await anApiOfItsOwn(overrides);
  const baseUrl = await api.app.listen({ host: '127.0.0.1', port: 0 });
  return { ...api, baseUrl, port: Number(new URL(baseUrl).port) };
}
