// What every store promises; run on each implementation by store.test.ts. What lists promise is in store-lists.ts.
import { describe, expect, test } from 'vitest';
import { type Snapshot, type Store, StoreFailure } from '../../internal/store/store.ts';
import { type JobState, jobStates } from '../../pkg/models/index.ts';
import { commitOf, idOf, insertJobs, storedAttempt, storedJob } from '../support/store-builders.ts';
import { freshStores, type OpenStore } from './fresh-stores.ts';
import { describeDeliveries } from './store-deliveries.ts';
import { describeLifeOfJobs } from './store-life.ts';
import { describeLists } from './store-lists.ts';
import { describeSchedules } from './store-schedules.ts';

export function storeContract(name: string, open: OpenStore): void {
  describe(`the store contract: ${name}`, () => {
    const { fresh, freshStore } = freshStores(open);

    describeJobs(freshStore);
    describeAttempts(freshStore);
    describeSnapshot(freshStore);
    describeLife(fresh);
  });
  describeLists(name, open);
  describeLifeOfJobs(name, open);
  describeSchedules(name, open);
  describeDeliveries(name, open);
}

type FreshStore = () => Promise<Store>;

function describeJobs(freshStore: FreshStore): void {
  test('a job comes back with every field it was given, and without those it was not', async () => {
    const store = await freshStore();
    const full = storedJob(1, {
      priority: -1_000_000,
      queue: 'night',
      namespace: 'team-a',
      labels: { team: 'a', 'kubejobs.io/empty': '' },
      annotations: { note: 'line one\nline two 🙂' },
      workload: { template: { template: { spec: { containers: [] } } } },
      createdAt: 1_700_000_000_000.125,
    });
    const bare = storedJob(2, { workload: {}, labels: {} });
    await insertJobs(store, full, bare);
    expect(store.reader.jobs([full.jobId, bare.jobId])).toEqual([full, bare]);
    expect(Object.keys(store.reader.jobs([bare.jobId])[0] as object)).not.toContain('namespace');
  });

  test('an unknown id, and a text that is no id, is no job', async () => {
    const store = await freshStore();
    await insertJobs(store, storedJob(1));
    for (const id of [idOf(9), '', 'job1', idOf(1).replaceAll('-', ''), `${idOf(1)}'; --`]) {
      expect(store.reader.job(id)).toBeUndefined();
    }
    expect(store.reader.job(idOf(1).toUpperCase())?.name).toBe('job1');
  });

  test('jobs come in the order of the ids that were asked for; those that are not there are left out', async () => {
    const store = await freshStore();
    await insertJobs(store, storedJob(1), storedJob(2), storedJob(3));
    const names = store.reader.jobs([idOf(3), idOf(8), idOf(1), idOf(2)]).map((job) => job.name);
    expect(names).toEqual(['job3', 'job1', 'job2']);
    expect(store.reader.jobs([])).toEqual([]);
  });

  test('a change sets what it names, clears what is null, and leaves the rest', async () => {
    const store = await freshStore();
    await insertJobs(store, storedJob(1, { reason: 'settling', message: 'a moment', exitCode: 3 }), storedJob(2));
    await store.commit(
      commitOf({
        jobChanges: [{ jobId: idOf(1), set: { priority: 7, reason: null, message: null, exitCode: null } }],
      }),
    );
    const [changed, other] = store.reader.jobs([idOf(1), idOf(2)]);
    expect(changed).toEqual(storedJob(1, { priority: 7 }));
    expect(other).toEqual(storedJob(2));
  });

  test('every field that can change does', async () => {
    const store = await freshStore();
    await insertJobs(store, storedJob(1));
    const set = {
      state: 'failed',
      priority: 5,
      reason: 'exit_code',
      message: 'it said no',
      attempt: 2,
      exitCode: 137,
      startedAt: 5.5,
      finishedAt: 6.5,
    } as const;
    await store.commit(commitOf({ jobChanges: [{ jobId: idOf(1), set }] }));
    expect(store.reader.jobs([idOf(1)])).toEqual([storedJob(1, set)]);
  });

  test('changes of one commit apply in their order, and after its inserts', async () => {
    const store = await freshStore();
    await store.commit(
      commitOf({
        inserts: [storedJob(1)],
        jobChanges: [
          { jobId: idOf(1), set: { state: 'running', reason: 'creating' } },
          { jobId: idOf(1), set: { reason: 'starting' } },
          { jobId: idOf(1), set: {} },
        ],
      }),
    );
    expect(store.reader.jobs([idOf(1)])).toEqual([storedJob(1, { state: 'running', reason: 'starting' })]);
  });

  test('a change of a job or attempt that is not there changes nothing', async () => {
    const store = await freshStore();
    await insertJobs(store, storedJob(1));
    await store.commit(
      commitOf({
        jobChanges: [{ jobId: idOf(5), set: { state: 'failed' } }],
        attemptChanges: [{ jobId: idOf(1), attempt: 4, set: { creation: 'made' } }],
      }),
    );
    expect(store.reader.job(idOf(5))).toBeUndefined();
    expect(store.reader.job(idOf(1))?.attempts).toEqual([]);
    expect((await store.load()).counts).toEqual(counts({ pending: 1 }));
  });

  test('the history begins with the acceptance, in the state the job was accepted in', async () => {
    const store = await freshStore();
    const held = storedJob(2, { state: 'held', reason: 'held_by_user' });
    await insertJobs(store, storedJob(1), held);
    await store.commit(
      commitOf({
        jobChanges: [{ jobId: held.jobId, set: { state: 'pending', reason: null } }],
        timeline: [{ jobId: held.jobId, entry: { at: 9_000, state: 'pending' } }],
      }),
    );
    expect(store.reader.job(idOf(1))?.timeline).toEqual([{ at: 1_001, state: 'pending' }]);
    expect(store.reader.job(held.jobId)?.timeline).toEqual([
      { at: 1_002, state: 'held' },
      { at: 9_000, state: 'pending' },
    ]);
  });

  test('history is in the order it was written, within a commit and when the clock stood still or went back', async () => {
    const store = await freshStore();
    await insertJobs(store, storedJob(1), storedJob(2));
    const written = [
      { at: 5_000, state: 'running', attempt: 1 },
      { at: 5_000, state: 'pending', reason: 'quota_refused', message: 'exceeded quota' },
      { at: 4_000, state: 'running', attempt: 1 },
    ] as const;
    const [first, second, third] = written.map((entry) => ({ jobId: idOf(1), entry }));
    await store.commit(
      commitOf({ timeline: [first as never, { jobId: idOf(2), entry: written[0] }, second as never] }),
    );
    await store.commit(commitOf({ timeline: [third as never] }));
    expect(store.reader.job(idOf(1))?.timeline.slice(1)).toEqual(written);
  });
}

function describeAttempts(freshStore: FreshStore): void {
  const full = {
    attempt: 1,
    dispatchSequence: 4,
    dispatchedAt: 2_000.5,
    workload: { kind: 'JobSet', namespace: 'ns', name: 'set', uid: 'u-1' },
    creation: 'made',
    unknownAt: 1.5,
    cancelRequestedAt: 2.5,
    giveWay: 'others wait for its place',
    finishedAt: 3.5,
    outcome: 'failed',
    reason: 'oom_killed',
    message: 'out of memory',
    exitCode: 137,
    cleanupAt: 4.5,
  } as const;

  test('an attempt comes back with every field it was given, and without those it was not', async () => {
    const store = await freshStore();
    await insertJobs(store, storedJob(1));
    const bare = storedAttempt(2);
    const attempts = [bare, full].map((attempt) => ({ jobId: idOf(1), attempt }));
    await store.commit(commitOf({ attempts }));
    expect(store.reader.attempt(idOf(1), 1)).toEqual(full);
    expect(store.reader.attempt(idOf(1), 2)).toEqual(bare);
    expect(store.reader.attempt(idOf(1), 3)).toBeUndefined();
    expect(store.reader.job(idOf(1))?.attempts).toEqual([full, bare]);
  });

  test('every field of an attempt that can change does', async () => {
    const store = await freshStore();
    await insertJobs(store, storedJob(1));
    await store.commit(commitOf({ attempts: [{ jobId: idOf(1), attempt: storedAttempt(1) }] }));
    const { workload, attempt: _, dispatchSequence: __, dispatchedAt: ___, ...rest } = full;
    const set = { ...rest, uid: workload.uid };
    await store.commit(commitOf({ attemptChanges: [{ jobId: idOf(1), attempt: 1, set }] }));
    const changed = storedAttempt(1, rest);
    changed.workload.uid = workload.uid;
    expect(store.reader.attempt(idOf(1), 1)).toEqual(changed);
  });

  test('an attempt of the same number takes the place of the one that is there, with nothing left of it', async () => {
    const store = await freshStore();
    await insertJobs(store, storedJob(1));
    await store.commit(commitOf({ attempts: [{ jobId: idOf(1), attempt: full }] }));
    const again = storedAttempt(1, { dispatchSequence: 9 });
    await store.commit(commitOf({ attempts: [{ jobId: idOf(1), attempt: again }] }));
    expect(store.reader.job(idOf(1))?.attempts).toEqual([again]);
    expect(store.reader.dueCleanups(Infinity, 10)).toEqual([]);
  });

  test('a started attempt can be changed in the same commit', async () => {
    const store = await freshStore();
    await store.commit(
      commitOf({
        inserts: [storedJob(1)],
        attempts: [{ jobId: idOf(1), attempt: storedAttempt(1) }],
        attemptChanges: [{ jobId: idOf(1), attempt: 1, set: { creation: 'unknown', unknownAt: 7 } }],
      }),
    );
    expect(store.reader.attempt(idOf(1), 1)).toEqual(storedAttempt(1, { creation: 'unknown', unknownAt: 7 }));
  });

  test('cleanups are due at their time, oldest first, until they are cleared', async () => {
    const store = await freshStore();
    await insertJobs(store, storedJob(1), storedJob(2), storedJob(3));
    const at = [30, 10, 20];
    const attempts = at.map((cleanupAt, index) => ({
      jobId: idOf(index + 1),
      attempt: storedAttempt(1, { cleanupAt }),
    }));
    await store.commit(commitOf({ attempts }));
    const due = (time: number, limit = 10): string[] => store.reader.dueCleanups(time, limit).map(({ jobId }) => jobId);
    expect(due(9)).toEqual([]);
    expect(due(20)).toEqual([idOf(2), idOf(3)]);
    expect(due(99, 2)).toEqual([idOf(2), idOf(3)]);
    await store.commit(commitOf({ attemptChanges: [{ jobId: idOf(2), attempt: 1, set: { cleanupAt: null } }] }));
    expect(due(99)).toEqual([idOf(3), idOf(1)]);
    expect(store.reader.attempt(idOf(2), 1)).toEqual(storedAttempt(1));
  });
}

function describeSnapshot(freshStore: FreshStore): void {
  test('an empty store loads as nothing', async () => {
    const { pending, ...rest } = await (await freshStore()).load();
    expect(pending.count).toBe(0);
    expect(rest).toEqual({
      ...{ lastSequence: 0, lastDispatchSequence: 0, running: [], counts: counts({}) },
      ...{ waiting: [], expiries: [], attempts: [], settings: {} },
    });
  });

  test('after a mixed history the snapshot holds who waits, who runs, and where the numbers stand', async () => {
    const store = await freshStore();
    await insertJobs(store, ...[1, 2, 3, 4, 5, 6, 7].map((number) => storedJob(number, { priority: number * 1_000 })));
    await store.commit(
      commitOf({
        attempts: [
          { jobId: idOf(6), attempt: storedAttempt(1, { dispatchSequence: 1 }) },
          { jobId: idOf(2), attempt: storedAttempt(1, { dispatchSequence: 2 }) },
          { jobId: idOf(4), attempt: storedAttempt(1, { dispatchSequence: 8 }) },
        ],
        jobChanges: [6, 2, 4].map((number) => ({ jobId: idOf(number), set: { state: 'running', attempt: 1 } })),
      }),
    );
    const retried = storedAttempt(2, { dispatchSequence: 5, creation: 'made' });
    await store.commit(
      commitOf({
        attempts: [{ jobId: idOf(6), attempt: retried }],
        jobChanges: [
          { jobId: idOf(6), set: { attempt: 2 } },
          { jobId: idOf(4), set: { state: 'succeeded' } },
          { jobId: idOf(7), set: { state: 'cancelled' } },
          { jobId: idOf(3), set: { priority: -5 } },
        ],
      }),
    );
    const snapshot = await store.load();
    expect(pendingOf(snapshot)).toEqual([
      [idOf(1), 1_000, 1],
      [idOf(3), -5, 3],
      [idOf(5), 5_000, 5],
    ]);
    expect(snapshot.running).toEqual([
      { jobId: idOf(2), sequence: 2, priority: 2_000, attempt: storedAttempt(1, { dispatchSequence: 2 }) },
      { jobId: idOf(6), sequence: 6, priority: 6_000, attempt: retried },
    ]);
    expect(snapshot.counts).toEqual(counts({ pending: 3, running: 2, succeeded: 1, cancelled: 1 }));
    expect([snapshot.lastSequence, snapshot.lastDispatchSequence]).toEqual([7, 8]);
  });
}

function describeLife(fresh: OpenStore): void {
  test('a reader sees a commit when it resolved, all of it', async () => {
    const { store } = await fresh();
    const committed = store.commit(commitOf({ inserts: [storedJob(1), storedJob(2)] }));
    const seen = store.reader.list({}, 10).jobs.length;
    expect([0, 2]).toContain(seen);
    await committed;
    expect(store.reader.list({}, 10).jobs.length).toBe(2);
  });

  test('commits that were given at once are done in their order', async () => {
    const { store } = await fresh();
    await insertJobs(store, storedJob(1));
    const priorities = [5, 3, 9, 1];
    await Promise.all(
      priorities.map((priority) => store.commit(commitOf({ jobChanges: [{ jobId: idOf(1), set: { priority } }] }))),
    );
    expect(store.reader.job(idOf(1))?.priority).toBe(1);
  });

  test('a commit holds what its rows were when it was called', async () => {
    const { store } = await fresh();
    const job = storedJob(1, { labels: { team: 'a' } });
    const committed = store.commit(commitOf({ inserts: [job] }));
    job.name = 'changed later';
    await committed;
    job.priority = 99;
    expect(store.reader.job(idOf(1))).toMatchObject({ name: 'job1', priority: 0 });
  });

  test('a commit that cannot be stored whole is not stored at all', async () => {
    const { store } = await fresh();
    await insertJobs(store, storedJob(1));
    const twin = { ...storedJob(3), jobId: idOf(1) };
    const failing = store.commit(commitOf({ inserts: [storedJob(2), twin] }));
    await expect(failing).rejects.toBeInstanceOf(StoreFailure);
    expect(store.reader.list({}, 10).jobs.map((job) => job.sequence)).toEqual([1]);
    await store.reopen();
    await insertJobs(store, storedJob(2));
    expect((await store.load()).counts.pending).toBe(2);
  });

  test('the next process finds every row, the same queue id, and a later epoch', async () => {
    const underTest = await fresh();
    const { store } = underTest;
    await store.commit(
      commitOf({
        inserts: [storedJob(1, { labels: { team: 'a' } }), storedJob(2)],
        attempts: [{ jobId: idOf(1), attempt: storedAttempt(1) }],
        jobChanges: [{ jobId: idOf(1), set: { state: 'running', attempt: 1 } }],
        timeline: [{ jobId: idOf(1), entry: { at: 2_000, state: 'running', attempt: 1 } }],
      }),
    );
    const [before, snapshot] = [store.reader.job(idOf(1)), await store.load()];
    const next = await underTest.restart();
    expect(next.reader.job(idOf(1))).toEqual(before);
    expect(await next.load()).toEqual(snapshot);
    expect(next.reader.list({ labels: { team: 'a' } }, 10).total).toBe(1);
    expect(next.queueId).toBe(store.queueId);
    expect(next.epoch).toBeGreaterThan(store.epoch);
  });

  test('a closed store refuses commits, and closing it again is nothing', async () => {
    const { store } = await fresh();
    await store.close();
    await store.close();
    await expect(insertJobs(store, storedJob(1))).rejects.toBeInstanceOf(StoreFailure);
    await expect(store.reopen()).rejects.toBeInstanceOf(StoreFailure);
  });

  test('a commit that was given before close is done', async () => {
    const underTest = await fresh();
    const committed = insertJobs(underTest.store, storedJob(1));
    await Promise.all([committed, underTest.store.close()]);
    expect((await underTest.restart()).reader.job(idOf(1))?.name).toBe('job1');
  });
}

function counts(some: Partial<Record<JobState, number>>): Record<JobState, number> {
  return { ...(Object.fromEntries(jobStates.map((state) => [state, 0])) as Record<JobState, number>), ...some };
}

/** Id, priority and acceptance number of each. */
function pendingOf({ pending }: Snapshot): Array<[string, number, number]> {
  return Array.from({ length: pending.count }, (_, index) => {
    const hex = Buffer.from(pending.ids.subarray(index * 16, index * 16 + 16)).toString('hex');
    const id = hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
    return [id, pending.priorities[index] as number, pending.sequences[index] as number];
  });
}
