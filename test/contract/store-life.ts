// What every store promises of the rest of a job's life: conditions and rules, events, idempotency keys, settings, pruning.
import { describe, expect, test } from 'vitest';
import type { Store } from '../../internal/store/store.ts';
import type { JobRules } from '../../pkg/models/index.ts';
import { commitOf, idOf, insertJobs, storedAttempt, storedJob } from '../support/store-builders.ts';
import { freshStores, type OpenStore } from './fresh-stores.ts';

const rules: JobRules = {
  after: [{ jobId: idOf(1), on: 'finish' }],
  timeoutMs: 5_000,
  retries: { max: 2, backoffMs: 1_000, backoffFactor: 2, maxBackoffMs: 60_000, on: ['failed', 'exit:7'] },
};

export function describeLifeOfJobs(name: string, open: OpenStore): void {
  describe(`the store contract, the life of jobs: ${name}`, () => {
    const { fresh, freshStore } = freshStores(open);

    describeConditions(freshStore);
    describeEvents(fresh);
    describeKeys(freshStore);
    describeSettings(fresh);
    describePruning(fresh);
  });
}

function describeConditions(freshStore: () => Promise<Store>): void {
  test('conditions and rules come back as they were given, and change', async () => {
    const store = await freshStore();
    const waitsFor = [{ jobId: idOf(1), on: 'finish' as const }];
    const full = storedJob(2, {
      ...{ state: 'held', reason: 'held_by_user', held: true, startAt: 5_000.5, expiresAt: 9_000 },
      ...{ rules, waitsFor, attemptsBefore: 3, gaveWayTimes: 2 },
    });
    await insertJobs(store, storedJob(1), full);
    expect(store.reader.jobs([full.jobId])).toEqual([full]);
    const set = { held: null, startAt: null, expiresAt: null, waitsFor: null, attemptsBefore: 4, gaveWayTimes: null };
    await store.commit(commitOf({ jobChanges: [{ jobId: full.jobId, set }] }));
    const { held, startAt, expiresAt, waitsFor: _, gaveWayTimes: __, ...rest } = full;
    expect(store.reader.jobs([full.jobId])).toEqual([{ ...rest, attemptsBefore: 4 }]);
    await store.commit(commitOf({ jobChanges: [{ jobId: full.jobId, set: { held: true, waitsFor } }] }));
    expect(store.reader.jobs([full.jobId])[0]).toMatchObject({ held: true, waitsFor });
  });

  test('the snapshot tells what jobs that do not run wait for, and how many attempts they had', async () => {
    const store = await freshStore();
    const waitsFor = [{ jobId: idOf(1), on: 'success' as const }];
    await insertJobs(
      store,
      storedJob(1, { expiresAt: 70 }),
      storedJob(2, { state: 'blocked', waitsFor, priority: 4 }),
      storedJob(3, { state: 'scheduled', startAt: 50, attempt: 2 }),
      storedJob(4, { state: 'held', held: true, startAt: 60 }),
      storedJob(5, { attempt: 1 }),
      storedJob(6, { state: 'succeeded', attempt: 1, expiresAt: 80, finishedAt: 90 }),
    );
    const { waiting, expiries, attempts, pending } = await store.load();
    expect(pending.count).toBe(2);
    const common = { priority: 0, held: false, waitsFor: [] };
    expect(waiting).toEqual([
      { ...common, jobId: idOf(2), sequence: 2, priority: 4, waitsFor, startReason: 'start_after' },
      { ...common, jobId: idOf(3), sequence: 3, startAt: 50, startReason: 'retry_backoff' },
      { ...common, jobId: idOf(4), sequence: 4, held: true, startAt: 60, startReason: 'start_after' },
    ]);
    expect(expiries).toEqual([{ jobId: idOf(1), expiresAt: 70 }]);
    expect(attempts.sort((a, b) => a.attempts - b.attempts)).toEqual([
      { jobId: idOf(5), attempts: 1 },
      { jobId: idOf(3), attempts: 2 },
    ]);
  });

  test('a running job comes with the rules that matter while it runs', async () => {
    const store = await freshStore();
    const running = { state: 'running', attempt: 1 } as const;
    await store.commit(
      commitOf({
        inserts: [
          storedJob(1, { ...running, rules, attemptsBefore: 2, gaveWayTimes: 1 }),
          storedJob(2, { ...running, rules: { queueTimeoutMs: 5 } }),
        ],
        attempts: [
          { jobId: idOf(1), attempt: storedAttempt(1, { madeAt: 77, giveWay: 'to others', restarts: 3 }) },
          { jobId: idOf(2), attempt: storedAttempt(1, { dispatchSequence: 2 }) },
        ],
      }),
    );
    const [first, second] = (await store.load()).running;
    const { timeoutMs, retries } = rules;
    expect(first).toMatchObject({
      rules: { timeoutMs, retries, attemptsBefore: 2, gaveWayTimes: 1 },
      attempt: { madeAt: 77, giveWay: 'to others', restarts: 3 },
    });
    expect(second).not.toHaveProperty('rules');
  });
}

function describeEvents(fresh: OpenStore): void {
  test('every state change has an id that only grows, acceptances and changes alike, over restarts', async () => {
    const { store, restart } = await fresh();
    const first = await store.commit(
      commitOf({
        inserts: [storedJob(1), storedJob(2, { state: 'held', queue: 'night' })],
        timeline: [{ jobId: idOf(1), entry: { at: 5_000, state: 'running', attempt: 1 } }],
      }),
    );
    expect(first.firstEventId).toBe(1);
    const again = await restart();
    expect(again.reader.lastEventId()).toBe(3);
    const entry = { at: 4_000, state: 'cancelled', reason: 'by_user', message: 'x' } as const;
    const second = await again.commit(commitOf({ inserts: [storedJob(3)], timeline: [{ jobId: idOf(2), entry }] }));
    expect(second.firstEventId).toBe(4);
    expect(again.reader.events(0, 100)).toEqual({
      goneUpTo: 0,
      events: [
        { eventId: 1, jobId: idOf(1), queue: 'default', at: 1_001, state: 'pending' },
        { eventId: 2, jobId: idOf(2), queue: 'night', at: 1_002, state: 'held' },
        { eventId: 3, jobId: idOf(1), queue: 'default', at: 5_000, state: 'running', attempt: 1 },
        { eventId: 4, jobId: idOf(3), queue: 'default', at: 1_003, state: 'pending' },
        { eventId: 5, jobId: idOf(2), queue: 'night', ...entry },
      ],
    });
  });

  test('events are paged from any id', async () => {
    const { store } = await fresh();
    for (let job = 1; job <= 30; job += 1) {
      const timeline = [{ jobId: idOf(job), entry: { at: job, state: 'held' as const } }];
      await store.commit(commitOf({ inserts: [storedJob(job)], timeline: job % 3 === 0 ? timeline : [] }));
    }
    const all = store.reader.events(0, 100).events.map((event) => event.eventId);
    expect(all).toEqual(Array.from({ length: 40 }, (_, index) => index + 1));
    for (let after = 0; after <= 40; after += 1) {
      const ids = store.reader.events(after, 7).events.map((event) => event.eventId);
      expect(ids).toEqual(all.slice(after, after + 7));
    }
  });
}

function describeKeys(freshStore: () => Promise<Store>): void {
  test('an idempotency key is found with its answer until it is pruned, and a newer answer takes its place', async () => {
    const store = await freshStore();
    const record = { key: 'k', fingerprint: 'f', jobId: idOf(1), queuePosition: 3, createdAt: 100 };
    await store.commit(commitOf({ inserts: [storedJob(1)], idempotency: [record, { ...record, key: 'l' }] }));
    expect(store.reader.idempotency(['k', 'unknown'])).toEqual([record]);
    await store.commit(commitOf({ idempotency: [{ ...record, fingerprint: 'g', createdAt: 200 }] }));
    expect(store.reader.idempotency(['k'])).toEqual([{ ...record, fingerprint: 'g', createdAt: 200 }]);
    expect(await store.prune({ keysBefore: 150, limit: 10 })).toEqual({ keys: 1, jobs: {} });
    expect(store.reader.idempotency(['k', 'l']).map(({ key }) => key)).toEqual(['k']);
  });
}

function describeSettings(fresh: OpenStore): void {
  test('settings survive a restart, each for itself', async () => {
    const { store, restart } = await fresh();
    await store.commit(commitOf({ settings: { paused: true } }));
    await store.commit(commitOf({ settings: { maxConcurrency: 7 } }));
    expect((await store.load()).settings).toEqual({ paused: true, maxConcurrency: 7 });
    await store.commit(commitOf({ settings: { paused: false } }));
    expect((await (await restart()).load()).settings).toEqual({ paused: false, maxConcurrency: 7 });
  });
}

function describePruning(fresh: OpenStore): void {
  test('jobs that finished long ago go with all that belongs to them, the oldest end first', async () => {
    const { store, restart } = await fresh();
    const finished = { state: 'succeeded', attempt: 1 } as const;
    await store.commit(
      commitOf({
        inserts: [
          storedJob(1, { ...finished, finishedAt: 300, labels: { a: 'b' } }),
          storedJob(2, { ...finished, finishedAt: 200 }),
          storedJob(3),
          storedJob(4, { ...finished, finishedAt: 900 }),
          storedJob(5, { ...finished, finishedAt: 100 }),
        ],
        attempts: [
          { jobId: idOf(1), attempt: storedAttempt(1) },
          { jobId: idOf(5), attempt: storedAttempt(1, { dispatchSequence: 2, cleanupAt: 5 }) },
        ],
        timeline: [{ jobId: idOf(2), entry: { at: 200, state: 'succeeded' } }],
      }),
    );
    expect(await store.prune({ finishedBefore: 500, limit: 1 })).toEqual({ keys: 0, jobs: { succeeded: 1 } });
    expect(store.reader.job(idOf(2))).toBeUndefined();
    expect(await store.prune({ finishedBefore: 500, limit: 10 })).toEqual({ keys: 0, jobs: { succeeded: 1 } });
    expect(await store.prune({ finishedBefore: 500, limit: 10 })).toEqual({ keys: 0, jobs: {} });
    const left = store.reader.list({}, 10).jobs.map(({ sequence }) => sequence);
    expect(left).toEqual([5, 4, 3]); // 5 has a workload that is still there
    expect(store.reader.attempt(idOf(1), 1)).toBeUndefined();
    expect(store.reader.list({ labels: { a: 'b' } }, 10).jobs).toEqual([]);
    expect((await store.load()).counts).toMatchObject({ succeeded: 2, pending: 1 });
    const { events, goneUpTo } = store.reader.events(0, 100);
    expect([events.map(({ eventId }) => eventId), goneUpTo]).toEqual([[3, 4, 5], 6]);
    expect((await restart()).reader.lastEventId()).toBe(6);
  });
}
