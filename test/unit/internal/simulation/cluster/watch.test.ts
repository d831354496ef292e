import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  jobsResource,
  type KubernetesObject,
  podsResource,
  type WatchEvent,
} from '../../../../../pkg/kubernetes/cluster.ts';
import { okValue } from '../../../../support/simulated-job.ts';
import { lineOf, reading, simulatedWorld } from '../../../../support/simulated-world.ts';

describe('watch', () => {
  test('sends what happened after the version, then what happens, each with a growing version', async () => {
    const { clock, cluster, submit } = simulatedWorld();
    const first = await submit('a');
    await submit('b');
    const { events } = reading(cluster, jobsResource, { resourceVersion: first.metadata.resourceVersion ?? '' });
    await clock.settle();
    expect(events.map(lineOf)).toEqual(['ADDED b']);
    await submit('c');
    await clock.advance(10_000);
    expect(events.slice(0, 2).map(lineOf)).toEqual(['ADDED b', 'ADDED c']);
    const versions = events.map((event) =>
      event.type === 'ERROR' ? 0 : Number(event.object.metadata.resourceVersion),
    );
    expect(versions).toEqual(versions.toSorted((x, y) => x - y));
    expect(new Set(versions).size).toBe(versions.length);
    expect(events.at(-1)).toMatchObject({ type: 'MODIFIED', object: { status: { succeeded: 1 } } });
  });

  test('from version 0 begins with what is there', async () => {
    const { clock, cluster, submit } = simulatedWorld();
    await submit('b');
    await submit('a');
    await clock.advance(20_000);
    const { events } = reading(cluster, jobsResource);
    await clock.settle();
    expect(events.map(lineOf)).toEqual(['ADDED a', 'ADDED b']);
  });

  test('sends only what namespace and selector ask for', async () => {
    const { clock, cluster, submit } = simulatedWorld();
    const labelled = reading(cluster, jobsResource, { labelSelector: 'team=red' });
    const elsewhere = reading(cluster, jobsResource, { namespace: 'elsewhere' });
    const pods = reading(cluster, podsResource, { labelSelector: 'job-name=b' });
    await submit('a', { labels: { team: 'red' } });
    await submit('b', { labels: { team: 'blue' } });
    await submit('c', { namespace: 'elsewhere' });
    await clock.advance(2);
    expect(new Set(labelled.events.map(lineOf))).toEqual(new Set(['ADDED a', 'MODIFIED a']));
    expect(new Set(elsewhere.events.map(lineOf))).toEqual(new Set(['ADDED c', 'MODIFIED c']));
    expect(pods.events.map(({ type }) => type)).toEqual(['ADDED', 'MODIFIED']);
  });

  test('ends after timeoutSeconds with a bookmark', async () => {
    const { clock, cluster, submit } = simulatedWorld();
    const watch = reading(cluster, jobsResource, { timeoutSeconds: 5 });
    await submit('a');
    await clock.advance(5_000);
    await watch.ended;
    const { resourceVersion } = okValue(await cluster.list(jobsResource, {}));
    expect(watch.events.map(lineOf).at(-1)).toBe(`BOOKMARK ${resourceVersion}`);
  });

  test('sends a bookmark each minute, so that a quiet reader’s version does not grow old', async () => {
    const { clock, cluster, submit } = simulatedWorld();
    const { events } = reading(cluster, jobsResource, { labelSelector: 'nobody=here' });
    await submit('a');
    await clock.advance(121_000);
    expect(events.map(({ type }) => type)).toEqual(['BOOKMARK', 'BOOKMARK']);
  });

  test('ends when its reader aborts, and when the cluster is closed', async () => {
    const { clock, cluster } = simulatedWorld();
    const one = reading(cluster, jobsResource);
    const two = reading(cluster, jobsResource);
    await clock.settle();
    one.stop();
    await one.ended;
    await cluster.close();
    await two.ended;
    expect(one.events).toEqual([]);
  });

  test('answers 410 to a version older than the history', async () => {
    const { clock, cluster, submit } = simulatedWorld({ historyLimit: 10 });
    const first = await submit('a');
    for (let index = 0; index < 3; index += 1) await submit(`b${index}`);
    await clock.advance(20_000);
    const watch = reading(cluster, jobsResource, { resourceVersion: first.metadata.resourceVersion ?? '' });
    await watch.ended;
    expect(watch.events).toEqual([
      { type: 'ERROR', code: 410, message: expect.stringMatching(/^too old resource version: 1 \(/) },
    ]);
  });

  test('answers 410 to a reader that falls behind the history', async () => {
    const { clock, cluster, submit } = simulatedWorld({ historyLimit: 10 });
    const { signal } = new AbortController();
    const stream = cluster.watch(jobsResource, { resourceVersion: '0', signal })[Symbol.asyncIterator]();
    const first = stream.next();
    await submit('a');
    expect((await first).value).toMatchObject({ type: 'ADDED' });
    for (let index = 0; index < 5; index += 1) await submit(`b${index}`);
    await clock.advance(20_000);
    expect((await stream.next()).value).toMatchObject({ type: 'ERROR', code: 410 });
    expect(await stream.next()).toMatchObject({ done: true });
  });

  test('still serves a version that is exactly as old as the history', async () => {
    const { clock, cluster, submit } = simulatedWorld({ historyLimit: 3 });
    for (const name of ['a', 'b', 'c', 'd']) await submit(name);
    const { events } = reading(cluster, jobsResource, { resourceVersion: '1' });
    await clock.settle();
    expect(events.map(lineOf)).toEqual(['ADDED b', 'ADDED c', 'ADDED d']);
    const tooOld = reading(cluster, jobsResource, { resourceVersion: '0' });
    await clock.settle();
    expect(tooOld.events.map(lineOf)).toEqual(['ADDED a', 'ADDED b', 'ADDED c', 'ADDED d']);
  });
});

type Step =
  | { do: 'create'; name: string; exitCode: number }
  | { do: 'delete'; name: string; propagation: 'foreground' | 'background' }
  | { do: 'wait'; ms: number };

const nameOf = fc.constantFrom('a', 'b', 'c', 'd');
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ do: fc.constant('create' as const), name: nameOf, exitCode: fc.constantFrom(0, 0, 1) }),
  fc.record({
    do: fc.constant('delete' as const),
    name: nameOf,
    propagation: fc.constantFrom('foreground' as const, 'background' as const),
  }),
  fc.record({ do: fc.constant('wait' as const), ms: fc.constantFrom(0, 1, 3, 700, 4_000) }),
);

async function play(world: ReturnType<typeof simulatedWorld>, steps: readonly Step[]): Promise<void> {
  for (const one of steps) {
    if (one.do === 'wait') await world.clock.advance(one.ms);
    else if (one.do === 'delete') await world.remove(one.name, one.propagation);
    else {
      const annotations = {
        'kubejobs.io/simulate-duration': '2s',
        'kubejobs.io/simulate-exit-code': String(one.exitCode),
      };
      await world.submit(one.name, { annotations }).catch(() => undefined);
    }
  }
}

/** A reader without any cleverness: a list, then the events applied one by one. */
function readerOf(items: KubernetesObject[]) {
  const objects = new Map(items.map((item) => [item.metadata.name, item]));
  const apply = (event: WatchEvent): void => {
    if (event.type === 'ERROR') throw new Error(event.message);
    const { name } = event.object.metadata;
    if (event.type === 'ADDED' && objects.has(name)) throw new Error(`${name} was added twice`);
    if (event.type !== 'ADDED' && event.type !== 'BOOKMARK' && !objects.has(name))
      throw new Error(`${name} is unknown`);
    if (event.type === 'DELETED') objects.delete(name);
    else if (event.type !== 'BOOKMARK') objects.set(name, event.object);
  };
  return { apply, state: () => [...objects.values()].toSorted((x, y) => (x.metadata.name < y.metadata.name ? -1 : 1)) };
}

describe('any history', () => {
  test('a list at any moment and the watch from its version lead to the same state as a list at the end', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 30 }), fc.nat(30), fc.boolean(), async (steps, cut, live) => {
        const world = simulatedWorld({ terminationMs: 300 });
        for (const resource of [jobsResource, podsResource]) {
          await play(world, steps.slice(0, cut));
          const start = okValue(await world.cluster.list(resource, {}));
          const watch = (): ReturnType<typeof reading> =>
            reading(world.cluster, resource, { resourceVersion: start.resourceVersion });
          const early = live ? watch() : undefined;
          await play(world, steps.slice(cut));
          const { events, stop } = early ?? watch();
          await world.clock.settle();
          stop();
          const reader = readerOf(start.items);
          for (const event of events) reader.apply(event);
          expect(reader.state()).toEqual(okValue(await world.cluster.list(resource, {})).items);
        }
      }),
      { numRuns: 200 },
    );
  });

  test('the same seed and calls leave the same trace, another seed another one', async () => {
    const steps = fc.sample(step, { numRuns: 200, seed: 42 });
    const digest = async (seed: number): Promise<string> => {
      const world = simulatedWorld({ seed });
      const watches = [jobsResource, podsResource].map((resource) => reading(world.cluster, resource));
      await play(world, steps);
      await world.clock.advance(5_000);
      return createHash('sha256')
        .update(JSON.stringify(watches.map(({ events }) => events)))
        .digest('hex');
    };
    const first = await digest(7);
    expect(await digest(7)).toBe(first);
    expect(await digest(8)).not.toBe(first);
  });

  test('ten thousand Jobs at once are created, run and finished without quadratic work', async () => {
    const { clock, cluster, submit } = simulatedWorld();
    const cost = async (from: number, count: number): Promise<number> => {
      const startedMs = performance.now();
      for (let index = from; index < from + count; index += 1) await submit(`job-${index}`);
      await clock.advance(11_000);
      return (performance.now() - startedMs) / count;
    };
    const small = await cost(0, 1_000);
    const large = await cost(1_000, 9_000);
    const { items } = okValue(await cluster.list(jobsResource, {}));
    expect(items).toHaveLength(10_000);
    expect(items.every(({ status }) => status?.succeeded === 1)).toBe(true);
    // Quadratic work would make the ninefold number about nine times as dear for each.
    expect(large / small).toBeLessThan(5);
  });
});
