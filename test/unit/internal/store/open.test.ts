import { statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { silentLogger } from '../../../../internal/platform/logger.ts';
import { seededRandom } from '../../../../internal/platform/random.ts';
import { openStore, StoreSpecError } from '../../../../internal/store/open.ts';
import type { StoreFailure } from '../../../../internal/store/store.ts';
import { insertJobs, storedJob } from '../../../support/store-builders.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

const deps = { clock: { now: () => 0 }, random: seededRandom(1), logger: silentLogger };

test('memory is a store that keeps jobs', async () => {
  const store = await openStore('memory', deps);
  await insertJobs(store, storedJob(1));
  expect((await store.load()).pending.count).toBe(1);
  expect(store.queueId).toMatch(/^[0-9a-f-]{36}$/);
});

test('sqlite: with a path is a database there, in a folder with spaces too', async () => {
  const folder = temporaryFolder();
  const spec = `sqlite:${join(folder.path, 'my jobs?.db')}`;
  const store = await openStore(spec, deps);
  await insertJobs(store, storedJob(1));
  await store.close();
  const again = await openStore(spec, deps);
  expect((await again.load()).pending.count).toBe(1);
  await again.close();
  folder.remove();
});

test('jobs of a dry run are never handed to a real cluster, nor the other way round', async () => {
  const folder = temporaryFolder();
  for (const [first, second] of [
    ['simulated', 'kubernetes'],
    ['kubernetes', 'simulated'],
  ] as const) {
    const spec = `sqlite:${join(folder.path, `${first}.db`)}`;
    await (await openStore(spec, { ...deps, cluster: first })).close();
    const refusal = await openStore(spec, { ...deps, cluster: second }).catch((error: StoreFailure) => error);
    expect(refusal).toMatchObject({ code: 'foreign', message: expect.stringContaining('--store') });
    await (await openStore(spec, { ...deps, cluster: first })).close();
  }
  folder.remove();
});

test('a new database can be read by its owner only', async () => {
  const folder = temporaryFolder();
  const path = join(folder.path, 'jobs.db');
  const store = await openStore(`sqlite:${path}`, deps);
  await insertJobs(store, storedJob(1));
  for (const file of [path, `${path}-wal`]) expect(statSync(file).mode & 0o777).toBe(0o600);
  await store.close();
  folder.remove();
});

test.each(['', 'sqlite', 'sqlite:', 'postgres://host/db', 'jobs.db', 'Memory'])(
  'the text "%s" names no store, and the error says what would',
  async (spec) => {
    const failure = await openStore(spec, deps).catch((error: Error) => error);
    expect(failure).toBeInstanceOf(StoreSpecError);
    expect((failure as Error).message).toContain('allowed are sqlite:PATH and memory');
  },
);
