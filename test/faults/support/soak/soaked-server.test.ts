// The harness of the soak on a server that runs for a moment: what is sampled is there, and means something.
import { afterAll, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../../support/temporary-folder.ts';
import { SoakedServer } from './soaked-server.ts';
import { SteadyLoad } from './steady-load.ts';

const folder = temporaryFolder();
let server: SoakedServer | undefined;
afterAll(async () => {
  await server?.kill();
  folder.remove();
});

describe.skipIf(process.platform !== 'linux')('a server under a soak', () => {
  it('tells what it holds before, after and under load, and ends well', async () => {
    const flags = ['--max-concurrency', '20', '--dry-run-duration', '50ms', '--settle-ms', '0', '--job-ttl', '1s'];
    server = await SoakedServer.start(folder.path, flags);
    const before = await server.sample(0);
    const load = new SteadyLoad(server.url, { seed: 1, perSecond: 200 });
    load.start();
    await expect.poll(() => load.accepted, { timeout: 20_000 }).toBeGreaterThan(50);
    await load.stop();
    const after = await server.sample(load.accepted);
    expect(load.failures).toEqual([]);
    expect(after.databaseBytes).toBeGreaterThan(before.databaseBytes);
    expect(after.atMs).toBeGreaterThan(before.atMs);
    for (const { heapBytes, residentBytes, descriptors } of [before, after]) {
      expect(heapBytes).toBeGreaterThan(5_000_000);
      expect(residentBytes).toBeGreaterThan(heapBytes);
      expect(descriptors).toBeGreaterThan(10);
    }
    expect(after.logBytes).toBeGreaterThan(before.logBytes);
    expect(await server.stop()).toBe(0);
  });
});
