// The saved log of an attempt whose pods are gone, and what a caller may ask of it.
import { text } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { SavedResults } from '../../../../internal/logs/saved-results.ts';
import type { ApiResult, Cluster } from '../../../../pkg/kubernetes/cluster.ts';
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

const attempt = (uid = 'u') => storedAttempt(1, { workload: { kind: 'Job', namespace: 'team', name: 'w', uid } });
const savedIn = (get: Cluster['get'] = cluster.get) => new SavedResults({ cluster: { get }, namespaces: [] });
const withMap = (change: object) =>
  savedIn(async () => ({ outcome: 'ok', value: { ...map, ...{ data: { ...data, ...change } } } }));

async function read(saved: SavedResults, request: { container?: string; tail?: number }, uid?: string) {
  const answer = await saved.log(attempt(uid), request);
  if (!answer) return undefined;
  return answer.ok ? text(answer.value) : `${answer.refusal.code}: ${answer.refusal.detail}`;
}

const answers: Array<[string, ApiResult<never>, string]> = [
  ['a timeout', { outcome: 'unknown', message: 'timed out' }, 'timed out'],
  ['no right', { outcome: 'refused', status: 403, reason: 'Forbidden', message: 'forbidden' }, 'forbidden'],
];

describe('the saved log of an attempt', () => {
  it.each([
    [{}, logs],
    [{ container: 'main' }, 'one\ntwo\n'],
    [{ container: 'main', tail: 1 }, 'two\n'],
    [{ tail: 1 }, 'three\n'],
    [{ tail: 0 }, ''],
    [{ tail: 1_000 }, logs],
  ])('is of %j what was asked for', async (request, expected) => {
    expect(await read(savedIn(), request)).toBe(said + expected);
  });

  it.each([
    [1, 'c\n'],
    [2, 'b\nc\n'],
    [3, '\nb\nc\n'],
    [4, '\nb\nc\n'],
  ])('has its last %i lines, also when it begins with an empty one', async (tail, expected) => {
    expect(await read(withMap({ logs: '\nb\nc\n' }), { tail })).toBe(said + expected);
  });

  it('is whole when its program prints what looks like the head of another', async () => {
    const forged = 'one\n=== Pod: x ===\nContainer: x, State: y\nContainer: main, State: z\nlast\n';
    const pods = JSON.stringify([{ name: 'a', containers: [{ name: 'main' }, { name: 'other' }] }]);
    const saved = withMap({ logs: logs.replace('one\ntwo\n', forged), pods });
    expect(await read(saved, { container: 'main' })).toBe(said + forged);
    expect(await read(saved, { container: 'other' })).toBe(`${said}three\n`);
  });

  it('is found by its heads when its pods are more than are listed', async () => {
    const more = `${logs}\n=== Pod: b ===\nPhase: Failed\nContainer: main, State: Running\nfour\n`;
    const pods = JSON.stringify([{ name: 'a', containers: [{ name: 'main' }, { name: 'other' }] }]);
    const saved = withMap({ logs: more, pods, 'pods-omitted': '1' });
    expect(await read(saved, { container: 'main' })).toBe(`${said}one\ntwo\nfour\n`);
  });

  it('is that of this very Job only', async () => {
    expect(await read(savedIn(), {}, 'another')).toBeUndefined();
  });

  it('is not found of a container that is not in it', async () => {
    expect(await read(savedIn(), { container: 'none' })).toBe(
      'log_not_found: No container named none is in the saved log.',
    );
  });

  it.each(answers)('is unavailable, not absent, after %s', async (_name, answer, words) => {
    const expected = `log_unavailable: The API server says: ${words}.`;
    expect(
      await read(
        savedIn(async () => answer),
        {},
      ),
    ).toBe(expected);
  });

  it('is in memory only a few times at once', async () => {
    const saved = savedIn();
    const open = await Promise.all([1, 2, 3, 4].map(() => saved.log(attempt(), {})));
    expect(open.map((answer) => answer?.ok)).toEqual([true, true, true, true]);
    expect(await read(saved, {})).toMatch(/^log_unavailable: Several saved logs are being read already/);
    expect(await saved.result('team', 'w', { logs: true })).toMatchObject({ refusal: { code: 'result_unavailable' } });
    expect(await saved.result('team', 'w', { logs: false })).toMatchObject({ ok: true });
    for (const answer of open) if (answer?.ok) await text(answer.value);
    expect(await read(saved, {})).toBe(said + logs);
  });
});

describe('the saved result of a Job', () => {
  it('is what its ConfigMap says, with the log when that is asked for', async () => {
    const shown = {
      namespace: 'team',
      jobName: 'w',
      status: 'completed',
      completionTime: '2030-01-01T00:00:00Z',
      pods: [],
    };
    expect(await savedIn().result('team', 'w', { logs: false })).toEqual({ ok: true, value: shown });
    expect(await savedIn().result('team', 'w', { logs: true })).toEqual({ ok: true, value: { ...shown, logs } });
  });

  it('is not found when there is none, nor in a namespace that is not ours', async () => {
    expect(await savedIn().result('team', 'v', { logs: true })).toMatchObject({
      refusal: { code: 'result_not_found' },
    });
    const elsewhere = new SavedResults({ cluster, namespaces: ['ours'] });
    expect(await elsewhere.result('team', 'w', { logs: true })).toMatchObject({
      refusal: { code: 'result_not_found' },
    });
  });

  it.each(answers)('is unavailable after %s', async (_name, answer, words) => {
    expect(await savedIn(async () => answer).result('team', 'w', { logs: true })).toMatchObject({
      refusal: { code: 'result_unavailable', detail: `The API server says: ${words}.` },
    });
  });

  it.each([
    ['is spoilt', Buffer.from('no gzip'), 'it is spoilt'],
    ['would unpack to more than any result', gzipSync(Buffer.alloc(81 * 1_048_576)), 'it is larger than any result'],
  ])('says so when its log %s', async (_name, packed, why) => {
    const { logs: _logs, ...others } = data;
    const spoilt = { ...map, ...{ data: others, binaryData: { 'logs.gz': packed.toString('base64') } } };
    const answer = await savedIn(async () => ({ outcome: 'ok', value: spoilt })).result('team', 'w', { logs: true });
    expect(answer).toMatchObject({ value: { logs: '', logProblem: `the saved log cannot be read: ${why}` } });
  });
});
