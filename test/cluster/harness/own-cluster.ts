/**
 * A cluster for one suite alone: for tests that stop the API server, or that need nodes of another size.
 */
import { afterAll, beforeAll, describe, inject } from 'vitest';
import { type ClusterOptions, startCluster, type TestCluster } from './index.ts';

/** `suite` gets a function instead of the cluster: it is there once the tests run, not while they are collected. */
export function describeOwnCluster(
  title: string,
  options: ClusterOptions,
  suite: (cluster: () => TestCluster) => void,
): void {
  const shared = inject('cluster');
  if (!shared.available) {
    describe.skip(`${title} (skipped: ${shared.reason})`, () => suite(notStarted));
    return;
  }
  describe(title, () => {
    let cluster: TestCluster | undefined;
    beforeAll(async () => {
      cluster = await startCluster(options);
    });
    afterAll(() => cluster?.stop());
    suite(() => cluster ?? notStarted());
  });
}

function notStarted(): never {
  throw new Error('the cluster of this suite has not been started');
}
