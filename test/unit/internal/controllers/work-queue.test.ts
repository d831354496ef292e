import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type LookAgain, type Retry, WorkQueue } from '../../../../internal/controllers/work-queue.ts';
import { sleep } from '../../../../internal/platform/clock.ts';
import { seededRandom } from '../../../../internal/platform/random.ts';
import { recordingLogger, recordingMetrics } from '../../../support/recorders.ts';
import { virtualClock } from '../../../support/virtual-clock.ts';

function queueOf(process: (key: string) => Promise<Retry | LookAgain | undefined>, concurrency = 1) {
  const clock = virtualClock(0);
  const logger = recordingLogger();
  const metrics = recordingMetrics();
  const queue = new WorkQueue({
    ...{ name: 'test', clock, random: seededRandom(1), logger, metrics },
    ...{ concurrency, process },
  });
  /** The values of one metric, in their order. */
  const measured = (metric: string): number[] => {
    const values = metrics.measured.filter(({ name }) => name === `kubejobs_controller_${metric}`);
    for (const { labels } of values) expect(labels).toEqual({ controller: 'test' });
    return values.map(({ value }) => value);
  };
  return { clock, logger, queue, measured };
}

describe('a work queue', () => {
  it('processes a key once however often it was added before its turn', async () => {
    const seen: string[] = [];
    const { clock, queue } = queueOf(async (key) => void seen.push(key));
    for (const key of ['a', 'b', 'a', 'c', 'b']) queue.add(key);
    queue.start();
    await clock.settle();
    expect(seen).toEqual(['a', 'b', 'c']);
  });

  it('processes a key again that is added while it is processed, but not twice at once', async () => {
    let underWay = 0;
    const seen: number[] = [];
    const { clock, queue } = queueOf(async () => {
      underWay += 1;
      seen.push(underWay);
      await sleep(clock, 100);
      underWay -= 1;
      return undefined;
    }, 5);
    queue.start();
    queue.add('a');
    await clock.advance(50);
    queue.add('a');
    queue.add('a');
    await clock.advance(1_000);
    expect(seen).toEqual([1, 1]);
  });

  it('brings a failed key back after a pause that grows, and short again after a success', async () => {
    const at: number[] = [];
    let failing = true;
    const { clock, queue } = queueOf(async () => {
      at.push(clock.now());
      return failing ? { retry: true } : undefined;
    });
    queue.start();
    queue.add('a');
    await clock.advance(10_000);
    const pauses = at.slice(1).map((time, index) => time - (at[index] as number));
    expect(pauses.length).toBeGreaterThan(2);
    for (const [index, pause] of pauses.entries()) {
      expect(pause).toBeGreaterThanOrEqual(250 * 2 ** index);
      expect(pause).toBeLessThanOrEqual(500 * 2 ** index);
    }
    failing = false;
    await clock.advance(60_000);
    failing = true;
    const first = at.push(clock.now());
    queue.add('a');
    await clock.advance(600);
    expect(at.slice(first)).toHaveLength(2);
  });

  it('waits at least as long as it was told', async () => {
    const at: number[] = [];
    const { clock, queue } = queueOf(async () => {
      at.push(clock.now());
      return at.length === 1 ? { retry: true, atLeastMs: 45_000 } : undefined;
    });
    queue.start();
    queue.add('a');
    await clock.advance(100_000);
    expect(at).toEqual([0, 45_000]);
  });

  it('looks at a key again as often as it is told to, and fails from the beginning after that', async () => {
    const at: number[] = [];
    const { clock, measured, queue } = queueOf(async () => {
      at.push(clock.now());
      return at.length < 50 ? { lookAgainMs: 2_000 } : { retry: true };
    });
    queue.start();
    queue.add('a');
    await clock.advance(49 * 2_000);
    expect(at).toEqual(Array.from({ length: 50 }, (_, index) => index * 2_000));
    expect(measured('retries_total')).toEqual([1]);
    await clock.advance(1_000);
    expect(at.length).toBeGreaterThan(50);
  });

  it('does not let a pause keep news of a key', async () => {
    let runs = 0;
    const { clock, queue } = queueOf(async () => {
      runs += 1;
      return runs === 1 ? { retry: true, atLeastMs: 45_000 } : undefined;
    });
    queue.start();
    queue.add('a');
    await clock.advance(1);
    queue.add('a');
    await clock.advance(100_000);
    expect(runs).toBe(2);
  });

  it('logs a rejection and tries again', async () => {
    let runs = 0;
    const { clock, logger, queue } = queueOf(async () => {
      runs += 1;
      if (runs === 1) throw new Error('a bug');
      return undefined;
    });
    queue.start();
    queue.add('a');
    await clock.advance(1_000);
    expect(runs).toBe(2);
    expect(logger.lines).toMatchObject([{ level: 'error', fields: { controller: 'test', key: 'a' } }]);
  });

  it('waits with what is added before it starts', async () => {
    const seen: string[] = [];
    const { clock, queue } = queueOf(async (key) => void seen.push(key));
    queue.add('a');
    await clock.settle();
    expect(seen).toEqual([]);
    expect(queue.size).toBe(1);
  });

  it('that stops waits for what is under way and does nothing more', async () => {
    const ended: string[] = [];
    const { clock, queue } = queueOf(async (key) => {
      await sleep(clock, 100);
      ended.push(key);
      return { retry: true };
    });
    queue.start();
    queue.add('a');
    queue.add('b');
    await clock.advance(10);
    const stopped = queue.stop().then(() => ended.push('stopped'));
    queue.add('c');
    await clock.advance(3_600_000);
    await stopped;
    expect(ended).toEqual(['a', 'stopped']);
  });
});

describe('the metrics of a work queue', () => {
  it('tell how long each key waited and was looked at, and how many wait', async () => {
    const { clock, queue, measured } = queueOf(async () => {
      await sleep(clock, 2_000);
      return undefined;
    });
    for (const key of ['a', 'b', 'c']) queue.add(key);
    await clock.advance(1_000);
    queue.start();
    await clock.advance(10);
    expect([measured('queue_depth').at(-1), measured('keys_processing').at(-1)]).toEqual([2, 1]);
    await clock.advance(10_000);
    expect(measured('wait_seconds')).toEqual([1, 3, 5]);
    expect(measured('reconcile_seconds')).toEqual([2, 2, 2]);
    expect(measured('retries_total')).toEqual([]);
    expect([measured('queue_depth').at(-1), measured('keys_processing').at(-1)]).toEqual([0, 0]);
  });

  it('count retries, and leave their pauses out of the waiting', async () => {
    let runs = 0;
    const { clock, queue, measured } = queueOf(async () => {
      runs += 1;
      if (runs === 1) throw new Error('a bug');
      return runs === 2 ? { retry: true, atLeastMs: 5_000 } : undefined;
    });
    queue.start();
    queue.add('a');
    await clock.advance(2_000);
    expect(measured('queue_depth').at(-1)).toBe(1);
    await clock.advance(10_000);
    expect(measured('retries_total')).toEqual([1, 1]);
    expect(measured('wait_seconds')).toEqual([0, 0, 0]);
  });

  it('count the wait of a key that is added while it is processed from when it was added first', async () => {
    const { clock, queue, measured } = queueOf(async () => {
      await sleep(clock, 1_000);
      return undefined;
    });
    queue.start();
    queue.add('a');
    await clock.advance(400);
    queue.add('a');
    await clock.advance(400);
    queue.add('a');
    await clock.advance(5_000);
    expect(measured('wait_seconds')).toEqual([0, 0.6]);
  });

  it('say that nothing waits any more after a stop', async () => {
    const { clock, queue, measured } = queueOf(async () => ({ retry: true, atLeastMs: 60_000 }));
    queue.start();
    queue.add('a');
    await clock.advance(10);
    expect(measured('queue_depth').at(-1)).toBe(1);
    await queue.stop();
    expect(measured('queue_depth').at(-1)).toBe(0);
  });
});

interface Step {
  atMs: number;
  key: string;
}

const steps = fc.array(
  fc.record({ atMs: fc.integer({ min: 0, max: 2_000 }), key: fc.constantFrom('a', 'b', 'c', 'd') }),
  { maxLength: 40 },
);
const durations = fc.array(fc.integer({ min: 0, max: 300 }), { minLength: 1, maxLength: 10 });

/** Runs a history on a queue whose runs take these times, every third one failing. */
async function history(adds: Step[], takesMs: number[], concurrency: number) {
  const starts: Step[] = [];
  const underWay = new Map<string, number>();
  let together = 0;
  const { clock, queue } = queueOf(async (key) => {
    const run = starts.push({ atMs: clock.now(), key });
    underWay.set(key, (underWay.get(key) ?? 0) + 1);
    const all = [...underWay.values()];
    together = Math.max(
      together,
      all.reduce((sum, count) => sum + count, 0),
    );
    expect(Math.max(...all)).toBe(1);
    await sleep(clock, takesMs[run % takesMs.length] as number);
    underWay.set(key, 0);
    return run % 3 === 0 ? { retry: true } : undefined;
  }, concurrency);
  queue.start();
  for (const { atMs, key } of adds) clock.schedule(atMs, () => queue.add(key));
  await clock.advance(600_000);
  return { starts, together, left: queue.size };
}

describe('whatever is added whenever, a work queue', () => {
  it('never loses a key, never runs one twice at once, and keeps to its concurrency', async () => {
    const property = fc.asyncProperty(
      steps,
      durations,
      fc.integer({ min: 1, max: 3 }),
      async (adds, takesMs, places) => {
        const { starts, together, left } = await history(adds, takesMs, places);
        expect(together).toBeLessThanOrEqual(places);
        expect(left).toBe(0);
        for (const { atMs, key } of adds) {
          expect(starts.some((start) => start.key === key && start.atMs >= atMs)).toBe(true);
        }
      },
    );
    await fc.assert(property, { numRuns: 60 });
  });

  it('says in the log of which job the key is that could not be processed', async () => {
    const clock = virtualClock(0);
    const logger = recordingLogger();
    const queue = new WorkQueue({
      ...{ name: 'test', clock, random: seededRandom(1), logger, metrics: recordingMetrics(), concurrency: 1 },
      process: () => Promise.reject(new Error('a bug')),
      fieldsOf: (key) => ({ jobId: key.toUpperCase() }),
    });
    queue.add('a');
    queue.start();
    await clock.settle();
    await queue.stop();
    expect(logger.lines[0]).toMatchObject({ level: 'error', fields: { controller: 'test', key: 'a', jobId: 'A' } });
  });
});
