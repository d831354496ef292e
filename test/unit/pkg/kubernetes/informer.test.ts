import { describe, expect, it } from 'vitest';
import type { KubernetesObject, WatchEvent } from '../../../../pkg/kubernetes/cluster.ts';
import { page } from '../../../support/scripted-cluster.ts';
import { informed, pod } from './informed.ts';

const added = (object: KubernetesObject): WatchEvent => ({ type: 'ADDED', object });
const modified = (object: KubernetesObject): WatchEvent => ({ type: 'MODIFIED', object });
const deleted = (object: KubernetesObject): WatchEvent => ({ type: 'DELETED', object });
const bookmark = (version: number): WatchEvent => ({ type: 'BOOKMARK', object: pod('', version) });
const gone: WatchEvent = { type: 'ERROR', code: 410, message: 'too old' };

describe('an event without an object', () => {
  it.each([null, 5, 'text', {}, { metadata: null }])('such as %j does not stop the stream', async (object) => {
    const { cluster, news, start } = informed([pod('a', 1)]);
    await start();
    const before = news().length;
    const watches = cluster.watches.length;
    cluster.watchNow().send(modified(object as unknown as KubernetesObject), added(pod('b', 2, 'blue')));
    await expect.poll(() => news().slice(before)).toEqual(['team/b: - → blue']);
    expect(cluster.watches).toHaveLength(watches);
  });
});

describe('an informer that starts', () => {
  it('lists what there is, tells it, and watches from there', async () => {
    const { clock, cluster, informer, news } = informed([pod('a', 1), pod('b', 2, 'blue')]);
    expect(informer.synced).toBe(false);
    informer.start();
    await clock.settle();
    expect(news()).toEqual(['team/a: - → red', 'team/b: - → blue', 'synced', 'reachable']);
    expect(cluster.lists).toEqual([{ namespace: 'team', labelSelector: 'a=b', limit: 500 }]);
    expect(cluster.watchNow().options).toMatchObject({
      namespace: 'team',
      labelSelector: 'a=b',
      resourceVersion: '100',
    });
    expect(informer.synced).toBe(true);
  });

  it('lists in pages', async () => {
    const { clock, cluster, informer, news } = informed([], { pageSize: 2 });
    cluster.nextLists = [
      { outcome: 'ok', value: page([pod('a', 1), pod('b', 2)], '50', 'next') },
      { outcome: 'ok', value: page([pod('c', 3)], '50') },
    ];
    informer.start();
    await clock.settle();
    expect(news()).toHaveLength(5);
    expect(cluster.lists.map(({ limit, continue: token }) => [limit, token])).toEqual([
      [2, undefined],
      [2, 'next'],
    ]);
    expect(cluster.watchNow().options.resourceVersion).toBe('50');
  });

  it('answers by key and by index', async () => {
    const { informer, start } = informed([pod('a', 1), pod('b', 2, 'blue'), pod('c', 3)]);
    await start();
    expect(informer.get('team/b')).toBe('blue');
    expect(informer.byIndex('red')).toEqual(['red', 'red']);
    expect(informer.byIndex('green')).toEqual([]);
    expect([...informer.values()]).toEqual(['red', 'blue', 'red']);
    expect(informer.size).toBe(3);
  });

  it('keeps trying while the first list is not answered, with growing pauses', async () => {
    const { clock, cluster, informer, news } = informed([pod('a', 1)]);
    cluster.nextLists = Array.from({ length: 12 }, () => ({ outcome: 'unknown', message: 'away' }) as const);
    informer.start();
    await clock.advance(1_000);
    const early = cluster.lists.length;
    expect(early).toBeGreaterThanOrEqual(2);
    await clock.advance(119_000);
    expect(cluster.lists.length).toBe(13);
    expect(news().slice(-3)).toEqual(['team/a: - → red', 'synced', 'reachable']);
  });

  it('waits as long as the server asked before it lists again', async () => {
    const { clock, cluster, informer } = informed();
    cluster.nextLists = [{ outcome: 'refused', status: 429, reason: 'X', message: 'slow', retryAfterMs: 20_000 }];
    informer.start();
    await clock.advance(19_900);
    expect(cluster.lists).toHaveLength(1);
    await clock.advance(200);
    expect(cluster.lists).toHaveLength(2);
  });

  it('tells of a refusal, but not of a server that only asks to wait', async () => {
    const { clock, cluster, informer, news } = informed();
    cluster.nextLists = [
      { outcome: 'refused', status: 429, reason: 'X', message: 'slow' },
      { outcome: 'refused', status: 403, reason: 'Forbidden', message: 'no rights' },
    ];
    informer.start();
    await clock.advance(10_000);
    expect(news()).toEqual(['refused: no rights', 'synced', 'reachable']);
  });

  it('whose pages expire starts over, at last without pages', async () => {
    const { clock, cluster, informer } = informed([pod('a', 1)]);
    cluster.nextLists = [
      { outcome: 'ok', value: page([pod('a', 1)], '50', 'next') },
      { outcome: 'refused', status: 410, reason: 'Expired', message: 'too old' },
    ];
    informer.start();
    await clock.advance(1_000);
    expect(cluster.lists.at(-1)).toEqual({ namespace: 'team', labelSelector: 'a=b' });
    expect(informer.get('team/a')).toBe('red');
  });
});

describe('an informer that watches', () => {
  it('tells additions, changes and deletions', async () => {
    const { clock, cluster, informer, news, start } = informed([pod('a', 1)]);
    await start();
    cluster.watchNow().send(added(pod('b', 101)), modified(pod('a', 102, 'blue')), deleted(pod('b', 103)));
    await clock.settle();
    expect(news()).toEqual(['team/b: - → red', 'team/a: red → blue', 'team/b: red → -']);
    expect(informer.byIndex('red')).toEqual([]);
    expect(informer.byIndex('blue')).toEqual(['blue']);
  });

  it('takes a repeated or an older event of an object for nothing', async () => {
    const { clock, cluster, news, start } = informed([pod('a', 99)]);
    await start();
    cluster.watchNow().send(modified(pod('a', 102, 'blue')), modified(pod('a', 102, 'blue')), modified(pod('a', 101)));
    await clock.settle();
    expect(news()).toEqual(['team/a: red → blue']);
  });

  it('tells a deletion and an addition when a name comes back as another object', async () => {
    const { clock, cluster, news, start } = informed([pod('a', 1)]);
    await start();
    cluster.watchNow().send(modified(pod('a', 105, 'blue', 'other')), deleted(pod('a', 104)));
    await clock.settle();
    expect(news()).toEqual(['team/a: red → -', 'team/a: - → blue']);
  });

  it('opens the watch again where it ended, with the version of the last event or bookmark', async () => {
    const { clock, cluster, news, start } = informed([pod('a', 1)]);
    await start();
    cluster.watchNow().send(modified(pod('a', 150, 'blue')), bookmark(180));
    await clock.advance(5_000);
    cluster.watchNow().end();
    await clock.advance(1);
    expect(cluster.watchNow().options.resourceVersion).toBe('180');
    expect(cluster.lists).toHaveLength(1);
    expect(news()).toEqual(['team/a: red → blue']);
  });

  it('lists again after a 410 and tells only what differs', async () => {
    const { clock, cluster, news, start } = informed([pod('a', 1), pod('b', 2), pod('c', 3)]);
    await start();
    cluster.stored = [pod('a', 1), pod('b', 110, 'blue'), pod('d', 111)];
    await clock.advance(11_000);
    cluster.watchNow().send(gone);
    await clock.settle();
    expect(news()).toEqual(['team/c: red → -', 'team/b: red → blue', 'team/d: - → red', 'synced']);
  });

  it('heals a deletion and creation of one name that it missed', async () => {
    const { clock, cluster, news, start } = informed([pod('a', 1)]);
    await start();
    cluster.stored = [pod('a', 120, 'red', 'other')];
    await clock.advance(11_000);
    cluster.watchNow().send(gone);
    await clock.settle();
    expect(news()).toEqual(['team/a: red → -', 'team/a: - → red', 'synced']);
  });

  it('believes a list that counts back, as after a restore of the cluster’s store', async () => {
    const { clock, cluster, news, start } = informed([pod('a', 500)]);
    await start();
    cluster.stored = [pod('a', 40, 'blue')];
    await clock.advance(11_000);
    cluster.watchNow().send(gone);
    await clock.settle();
    expect(news()).toEqual(['team/a: red → blue', 'synced']);
  });

  it('pauses before it lists again when every watch ends with a 410 at once', async () => {
    const { clock, cluster, start } = informed();
    await start();
    for (let second = 0; second < 60; second += 1) {
      if (!cluster.watchNow().over) cluster.watchNow().send(gone);
      await clock.advance(1_000);
    }
    expect(cluster.lists.length).toBeGreaterThan(3);
    expect(cluster.lists.length).toBeLessThan(20);
  });

  it('does not open watches in a hot loop when each is closed at once', async () => {
    const { clock, cluster, start } = informed([pod('a', 1)]);
    await start();
    for (let tick = 0; tick < 600; tick += 1) {
      cluster.watchNow().end();
      await clock.advance(100);
    }
    expect(cluster.watches.length).toBeLessThan(20);
  });

  it('lists again after an error event that it does not know', async () => {
    const { clock, cluster, start } = informed();
    await start();
    cluster.watchNow().send({ type: 'ERROR', code: 500, message: 'etcd' });
    await clock.advance(1_000);
    expect(cluster.lists).toHaveLength(2);
  });
});

describe('an informer that is cut off', () => {
  it('says so, comes back with pauses, and lists after the third failure in a row', async () => {
    const { clock, cluster, news, start } = informed();
    await start();
    cluster.refuseWatches = new Error('refused');
    cluster.watchNow().fail(new Error('reset'));
    await clock.runUntil(() => cluster.lists.length === 2, 4_000);
    expect(news()).toEqual([
      'unreachable: reset',
      'unreachable: refused',
      'unreachable: refused',
      'synced',
      'reachable',
      'unreachable: refused',
    ]);
    cluster.refuseWatches = undefined;
    await clock.advance(11_000);
    expect(cluster.watchNow().over).toBe(false);
  });

  it('waits as long as the server asked', async () => {
    const { clock, cluster, start } = informed();
    await start();
    cluster.watchNow().fail(Object.assign(new Error('slow'), { retryAfterMs: 30_000 }));
    await clock.advance(29_900);
    expect(cluster.watches).toHaveLength(1);
    await clock.advance(200);
    expect(cluster.watches).toHaveLength(2);
  });

  it('notices a stream on which nothing comes any more, and opens another from where it was', async () => {
    const { clock, cluster, news, start } = informed([pod('a', 1)]);
    await start();
    const silent = cluster.watchNow();
    for (let minute = 0; minute < 3; minute += 1) {
      silent.send(bookmark(200 + minute));
      await clock.advance(60_000);
    }
    expect(silent.over).toBe(false);
    await clock.advance(16_000);
    expect(silent.over).toBe(true);
    expect(cluster.watchNow().options.resourceVersion).toBe('202');
    expect(cluster.lists).toHaveLength(1);
    expect(news()).toEqual(['unreachable: the watch is silent']);
  });

  it('lists again when the next stream is as silent as the one before', async () => {
    const { clock, cluster, news, start } = informed([pod('a', 1)]);
    await start();
    cluster.stored = [];
    await clock.advance(151_000);
    expect(cluster.lists).toHaveLength(2);
    expect(news().slice(-2)).toEqual(['team/a: red → -', 'synced']);
  });

  it('lists now and then although nothing is wrong, and heals what a watch kept to itself', async () => {
    const { clock, cluster, metrics, news, start } = informed([pod('a', 1)]);
    await start();
    cluster.stored = [pod('a', 1), pod('b', 90)];
    for (let minute = 0; minute < 12; minute += 1) {
      cluster.watchNow().send(bookmark(100));
      await clock.advance(60_000);
    }
    expect(news()).toEqual(['team/b: - → red', 'synced']);
    expect(metrics.measured).toEqual(
      Array(2).fill({ name: 'kubejobs_informer_relists_total', value: 1, labels: { resource: 'pods' } }),
    );
  });
});

describe('an informer and objects that make no sense', () => {
  const broken = { apiVersion: 'v1', kind: 'Pod' } as unknown as KubernetesObject;
  const nameless = pod('', 5);
  const colorless = { ...pod('x', 6), metadata: { name: 'x', namespace: 'team', uid: 'x' } };

  it('skips them in a list, reports it once, and keeps the others', async () => {
    const { informer, logger, start } = informed([broken, pod('a', 1), nameless, colorless]);
    await start();
    expect([...informer.values()]).toEqual(['red']);
    expect(logger.lines.filter(({ message }) => message === 'an object was skipped')).toHaveLength(2);
  });

  it('skips them in a watch and goes on', async () => {
    const { clock, cluster, news, start } = informed();
    await start();
    cluster.watchNow().send(added(broken), deleted(broken), added(colorless), added(pod('a', 101)));
    await clock.settle();
    expect(news()).toEqual(['team/a: - → red']);
    expect(cluster.watches).toHaveLength(1);
  });

  it('does not go on with what an object was before it made no sense any more', async () => {
    const { clock, cluster, informer, news, start } = informed([pod('a', 1), pod('b', 1)]);
    await start();
    const { color: _color, ...labels } = pod('a', 2).metadata.labels ?? {};
    const senseless = { ...pod('a', 2), metadata: { ...pod('a', 2).metadata, labels } };
    cluster.watchNow().send({ type: 'MODIFIED', object: senseless });
    await clock.settle();
    expect(news()).toEqual(['team/a: red → -']);
    expect(informer.get('team/a')).toBeUndefined();
  });

  it('goes on when a reader fails', async () => {
    const { clock, cluster, informer, logger, start, told } = informed();
    await start();
    told.push = () => {
      throw new Error('a bug');
    };
    cluster.watchNow().send(added(pod('a', 101)), added(pod('b', 102)));
    await clock.settle();
    expect(informer.size).toBe(2);
    expect(logger.lines.filter(({ level }) => level === 'error')).toHaveLength(2);
  });
});

describe('an informer that stops', () => {
  it('ends its watch, tells nothing more and leaves no timer that does anything', async () => {
    const { clock, cluster, informer, news, start } = informed([pod('a', 1)]);
    await start();
    await informer.stop();
    expect(cluster.watchNow().over).toBe(true);
    await clock.advance(3_600_000);
    expect(news()).toEqual([]);
    expect(cluster.lists).toHaveLength(1);
  });

  it('does not wait for a list that hangs, nor takes in its answer', async () => {
    const { clock, cluster, informer, news } = informed();
    let answer = (): void => {};
    cluster.nextLists = [
      new Promise((resolve) => {
        answer = () => resolve({ outcome: 'ok', value: page([pod('a', 1)]) });
      }),
    ];
    informer.start();
    await clock.settle();
    await informer.stop();
    answer();
    await clock.advance(3_600_000);
    expect(news()).toEqual([]);
    expect(cluster.watches).toEqual([]);
  });

  it('does not finish a pause first', async () => {
    const { clock, cluster, informer } = informed();
    cluster.nextLists = [{ outcome: 'unknown', message: 'away' }];
    informer.start();
    await clock.settle();
    await informer.stop();
    await clock.advance(3_600_000);
    expect(cluster.lists).toHaveLength(1);
  });
});
