import { describe, expect, test } from 'vitest';
import { seededRandom } from '../../../../internal/platform/random.ts';
import { badDay, callFaults, type FaultRates, watchFaults } from '../../../../internal/simulation/fault-plan.ts';
import { faultyCluster } from '../../../../internal/simulation/faulty-cluster.ts';
import { type ApiResult, jobsResource, type WatchEvent } from '../../../../pkg/kubernetes/cluster.ts';
import { okValue, simulatedJob } from '../../../support/simulated-job.ts';
import { lineOf, reading, simulatedWorld } from '../../../support/simulated-world.ts';

function faultyWorld(rates: FaultRates, seed = 1) {
  const world = simulatedWorld();
  const { clock, cluster } = world;
  const faulty = faultyCluster({ cluster, clock, random: seededRandom(seed), rates, timeoutMs: 1_000 });
  const exists = async (name: string): Promise<boolean> =>
    (await cluster.get(jobsResource, 'default', name)).outcome === 'ok';
  /** Runs the clock until the call has answered, and tells how long that took. */
  const answer = async <T>(call: Promise<ApiResult<T>>): Promise<{ result: ApiResult<T>; tookMs: number }> => {
    const startedMs = clock.now();
    let result: ApiResult<T> | undefined;
    void call.then((value) => {
      result = value;
    });
    await clock.runUntil(() => result !== undefined, 600_000);
    return { result: await call, tookMs: clock.now() - startedMs };
  };
  const create = (name: string) => answer(faulty.create(jobsResource, simulatedJob(name)));
  return { ...world, faulty, exists, answer, create };
}

describe('a faulty call', () => {
  test.each([
    ['too_many_requests', { outcome: 'refused', status: 429, retryAfterMs: expect.any(Number) }, false],
    ['unavailable', { outcome: 'unknown', status: 503, retryAfterMs: expect.any(Number) }, false],
    ['server_error', { outcome: 'unknown', status: 500 }, false],
    ['quota_refused', { outcome: 'refused', status: 403, message: expect.stringContaining('exceeded quota') }, false],
    ['answer_lost', { outcome: 'unknown' }, true],
    ['delay', { outcome: 'ok' }, true],
  ] as const)('%s: the answer is right for it, and so is what became of the request', async (kind, expected, made) => {
    const { create, exists } = faultyWorld({ [kind]: 1 });
    const { result } = await create('a');
    expect(result).toMatchObject(expected);
    expect(await exists('a')).toBe(made);
  });

  test.each([
    ['hang', false],
    ['hang_executed', true],
    ['executed_late', false],
  ] as const)('%s: nothing is answered before the timeout', async (kind, made) => {
    const { create, exists } = faultyWorld({ [kind]: 1 });
    const { result, tookMs } = await create('a');
    expect(result).toMatchObject({ outcome: 'unknown' });
    expect(tookMs).toBe(1_000);
    expect(await exists('a')).toBe(made);
  });

  test('executed_late: the request is carried out after its caller gave up', async () => {
    const { clock, create, exists } = faultyWorld({ executed_late: 1 });
    await create('a');
    expect(await exists('a')).toBe(false);
    await clock.advance(60_000);
    expect(await exists('a')).toBe(true);
  });

  test('delay: takes time on the way there and back, and answers the truth', async () => {
    const { answer, faulty } = faultyWorld({ delay: 1 });
    const { result, tookMs } = await answer(faulty.ping());
    expect(result).toMatchObject({ outcome: 'ok' });
    expect(tookMs).toBeGreaterThan(0);
  });

  test('reads never meet a quota or a late execution', async () => {
    const { faulty } = faultyWorld({ quota_refused: 0.5, executed_late: 0.5 });
    for (let index = 0; index < 20; index += 1) expect(await faulty.ping()).toMatchObject({ outcome: 'ok' });
  });

  test('during an outage every call is unknown and every stream breaks; afterwards all is well', async () => {
    const { clock, faulty, submit } = faultyWorld({});
    const watch = reading(faulty, jobsResource);
    await clock.settle();
    faulty.faults.setReachable(false);
    expect(await faulty.ping()).toMatchObject({ outcome: 'unknown' });
    await submit('a');
    await expect(watch.ended).rejects.toThrow('connection broke');
    await expect(reading(faulty, jobsResource).ended).rejects.toThrow('connection broke');
    faulty.faults.setReachable(true);
    expect(await faulty.ping()).toMatchObject({ outcome: 'ok' });
  });

  test('switched off, nothing fails; switched on again with other rates, those apply', async () => {
    const { faulty } = faultyWorld({ server_error: 1 });
    faulty.faults.switchOff();
    expect(await faulty.ping()).toMatchObject({ outcome: 'ok' });
    faulty.faults.switchOn({ too_many_requests: 1 });
    expect(await faulty.ping()).toMatchObject({ status: 429 });
  });
});

describe('a faulty watch', () => {
  const watchWith = async (rates: FaultRates, seed = 1) => {
    const world = faultyWorld({}, seed);
    const { faulty, clock, submit } = world;
    const watch = reading(faulty, jobsResource);
    await clock.settle();
    faulty.faults.switchOn(rates);
    for (const name of ['a', 'b', 'c', 'd']) await submit(name, { spec: { suspend: true, parallelism: 1 } });
    return { ...world, watch };
  };

  test('watch_drop breaks the connection', async () => {
    const { watch } = await watchWith({ watch_drop: 1 });
    await expect(watch.ended).rejects.toThrow('connection broke');
    expect(watch.events).toEqual([]);
  });

  test('watch_end ends the stream without a word', async () => {
    const { watch } = await watchWith({ watch_end: 1 });
    await watch.ended;
    expect(watch.events).toEqual([]);
  });

  test('watch_expire says 410 and ends', async () => {
    const { watch } = await watchWith({ watch_expire: 1 });
    await watch.ended;
    expect(watch.events.map(lineOf)).toEqual(['ERROR 410']);
  });

  test('watch_silent keeps the stream open and says nothing, until its reader aborts', async () => {
    const { watch, clock, faulty } = await watchWith({ watch_silent: 1 });
    let ended = false;
    void watch.ended.then(() => {
      ended = true;
    });
    faulty.faults.switchOff();
    await clock.advance(3_600_000);
    expect([watch.events, ended]).toEqual([[], false]);
    watch.stop();
    await watch.ended;
  });

  test('watch_repeat sends events twice', async () => {
    const { watch, clock } = await watchWith({ watch_repeat: 1 });
    await clock.settle();
    expect(watch.events.map(lineOf).slice(0, 4)).toEqual(['ADDED a', 'ADDED a', 'ADDED b', 'ADDED b']);
  });

  test('watch_reorder swaps neighbours about different objects', async () => {
    const { watch, clock } = await watchWith({ watch_reorder: 1 });
    await clock.settle();
    expect(watch.events.map(lineOf)).toEqual(['ADDED b', 'ADDED a', 'ADDED d', 'ADDED c']);
  });

  test('watch_delay holds an event and those after it back for a while', async () => {
    const { watch, clock, faulty } = await watchWith({ watch_delay: 1 });
    await clock.settle();
    expect(watch.events).toEqual([]);
    faulty.faults.switchOff();
    await clock.advance(5_000);
    expect(watch.events.map(lineOf).slice(0, 4)).toEqual(['ADDED a', 'ADDED b', 'ADDED c', 'ADDED d']);
  });

  test('no fault ever changes the order of one object’s events', async () => {
    const { faulty, clock, submit } = faultyWorld({ watch_repeat: 0.2, watch_reorder: 0.4, watch_delay: 0.2 });
    const { events } = reading(faulty, jobsResource);
    for (let index = 0; index < 50; index += 1) {
      await submit(`job-${index}`);
      await clock.advance(700);
    }
    await clock.advance(60_000);
    const last = new Map<string, number>();
    for (const { object } of events as Array<Exclude<WatchEvent, { type: 'ERROR' }>>) {
      const version = Number(object.metadata.resourceVersion);
      expect(version).toBeGreaterThanOrEqual(last.get(object.metadata.name) ?? 0);
      last.set(object.metadata.name, version);
    }
    expect(faulty.faults.counts()['watch:watch_reorder']).toBeGreaterThan(10);
  });
});

describe('a bad day', () => {
  async function aDay(seed: number): Promise<{ trace: string[]; counts: Record<string, number> }> {
    const { faulty, clock } = faultyWorld(badDay, seed);
    const trace: string[] = [];
    const note = (name: string, answer: ApiResult<unknown>): void => void trace.push(`${name} ${answer.outcome}`);
    for (let index = 0; index < 400; index += 1) {
      const name = `job-${index}`;
      void faulty.create(jobsResource, simulatedJob(name)).then((answer) => note(`create ${name}`, answer));
      void faulty.get(jobsResource, 'default', name).then((answer) => note(`get ${name}`, answer));
      const options = { propagation: 'background' as const };
      if (index % 3 === 0) {
        void faulty.delete(jobsResource, 'default', name, options).then((answer) => note(`delete ${name}`, answer));
      }
      if (index % 4 === 0) void reading(faulty, jobsResource, { timeoutSeconds: 50 }).ended.catch(() => undefined);
      await clock.advance(50);
    }
    await clock.advance(120_000);
    return { trace, counts: faulty.faults.counts() };
  }

  test('meets every kind of fault', async () => {
    const { counts } = await aDay(3);
    for (const kind of [...callFaults, ...watchFaults]) {
      const struck = Object.keys(counts).filter((name) => name.endsWith(`:${kind}`));
      expect(struck, kind).not.toEqual([]);
    }
  });

  test('is the same for the same seed and another one for another', async () => {
    const first = await aDay(5);
    expect(await aDay(5)).toEqual(first);
    expect((await aDay(6)).trace).not.toEqual(first.trace);
  });
});

test('a delayed answer still carries what was asked for', async () => {
  const { answer, faulty, submit } = faultyWorld({ delay: 1 });
  await submit('a');
  const { result } = await answer(faulty.list(jobsResource, {}));
  expect(okValue(result).items.map(({ metadata }) => metadata.name)).toEqual(['a']);
});
