// The saved log of an attempt whose pods are gone, and what a caller may ask of it.
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { savedLog } from '../../../../internal/logs/saved-log.ts';
import type { Cluster } from '../../../../pkg/kubernetes/cluster.ts';
import { storedAttempt } from '../../../support/store-builders.ts';

const logs = [
  '=== Pod: a ===',
  'Phase: Succeeded',
  'Container: main, State: Terminated, Ready: false, RestartCount: 0, Image: i',
  'one',
  'two',
  'Container: other, State: Terminated, Ready: false, RestartCount: 0, Image: i',
  'three',
  '',
].join('\n');
const labels = { 'job-handler/created': 'true', 'job-handler/job-uid': 'u' };
const data = { 'job-name': 'w', status: 'completed', 'completion-time': '2030-01-01T00:00:00Z', pods: '[]', logs };
const map = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'w-results', namespace: 'team', labels }, data };
const cluster: Pick<Cluster, 'get'> = {
  get: async (_resource, namespace, name) =>
    namespace === 'team' && name === 'w-results'
      ? { outcome: 'ok', value: map }
      : { outcome: 'refused', status: 404, reason: 'NotFound', message: 'not found' },
};
const said = '[kubejobs] the pods are gone; this is what was saved\n';

async function read(request: { container?: string; tail?: number }, uid = 'u'): Promise<string | undefined> {
  const attempt = storedAttempt(1, { workload: { kind: 'Job', namespace: 'team', name: 'w', uid } });
  const stream = await savedLog(cluster, attempt, request);
  return stream && text(stream);
}

describe('the saved log of an attempt', () => {
  it.each([
    [{}, logs],
    [{ container: 'main' }, 'one\ntwo\n'],
    [{ container: 'main', tail: 1 }, 'two\n'],
    [{ container: 'none' }, ''],
    [{ tail: 1 }, 'three\n'],
    [{ tail: 0 }, ''],
    [{ tail: 1_000 }, logs],
  ])('is of %j what was asked for', async (request, expected) => {
    expect(await read(request)).toBe(said + expected);
  });

  it('is that of this very Job only', async () => {
    expect(await read({}, 'another')).toBeUndefined();
  });
});
