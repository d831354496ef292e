import { copyFileSync } from 'node:fs';
import Database from 'better-sqlite3';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { loadSnapshot } from '../../../../../internal/store/sqlite/load-snapshot.ts';
import { readableRows } from '../../../../../internal/store/sqlite/readable-rows.ts';
import { UnreadableRow } from '../../../../../internal/store/sqlite/rows.ts';
import type { Store } from '../../../../../internal/store/store.ts';
import { commitOf, idOf, insertJobs, storedAttempt, storedJob } from '../../../../support/store-builders.ts';
import { edit, folderForDatabase, open, type TestFolder } from './support.ts';

const sound = folderForDatabase();
let folder: TestFolder;
let reports: string[];
beforeEach(() => {
  folder = folderForDatabase();
  reports = [];
});
afterEach(() => folder.remove());
afterAll(() => sound.remove());

/** Four jobs, 2 and 3 of them running. */
beforeAll(async () => {
  const store = await open(sound.database);
  await insertJobs(store, ...[1, 2, 3, 4].map((number) => storedJob(number, { labels: { team: 'a' } })));
  await store.commit(
    commitOf({
      attempts: [2, 3].map((number) => ({ jobId: idOf(number), attempt: storedAttempt(1, { cleanupAt: number }) })),
      jobChanges: [2, 3].map((number) => ({ jobId: idOf(number), set: { state: 'running', attempt: 1 } })),
      timeline: [2, 3].map((number) => ({ jobId: idOf(number), entry: { at: 1, state: 'running' } })),
    }),
  );
  await store.close();
});

/** Changes a copy of their database by SQL and opens it. */
function openEdited(sql: string): Promise<Store> {
  copyFileSync(sound.database, folder.database);
  edit(folder.database, `PRAGMA ignore_check_constraints = ON; ${sql}`);
  return open(folder.database, { log: { error: (fields) => reports.push((fields as { row: string }).row) } });
}

test.each([
  ["UPDATE jobs SET state = 'odd' WHERE sequence = 1", [4, 3, 2], [4], 'state "odd"'],
  ["UPDATE jobs SET spec = '{' WHERE sequence = 1", [4, 3, 2], [1, 4], 'spec is not a JSON object'],
  ["UPDATE jobs SET spec = 'null' WHERE sequence = 1", [4, 3, 2], [1, 4], 'spec is not a JSON object'],
  ["UPDATE jobs SET labels = 'team' WHERE sequence = 1", [4, 3, 2], [1, 4], 'labels is not a JSON object'],
  ["UPDATE jobs SET labels = '[[1]]' WHERE sequence = 1", [4, 3, 2], [1, 4], 'labels are not texts by name'],
  [
    'UPDATE jobs SET created_at = 1e300 WHERE sequence = 1',
    [4, 3, 2],
    [1, 4],
    'created_at is 1e+300, which makes no sense',
  ],
  [`UPDATE jobs SET rules = '{"timeoutMs":"x"}' WHERE sequence = 1`, [4, 3, 2], [1, 4], 'rules make no sense'],
  [`UPDATE jobs SET rules = '{"onFinish":{"url":{}}}' WHERE sequence = 1`, [4, 3, 2], [1, 4], 'rules make no sense'],
  ["UPDATE jobs SET waits_for = '[5]' WHERE sequence = 1", [4, 3, 2], [1, 4], 'waits_for makes no sense'],
])('after %s the other jobs are listed and loaded, and it is reported once', async (sql, listed, pending, report) => {
  const store = await openEdited(sql);
  for (const filter of [{}, { labels: { team: 'a' } }]) {
    expect(store.reader.list(filter, 10).jobs.map((job) => job.sequence)).toEqual(listed);
  }
  expect(store.reader.jobs([1, 2].map(idOf)).map((job) => job.sequence)).toEqual([2]);
  expect(store.reader.job(idOf(1))).toBeUndefined();
  expect([...(await store.load()).pending.sequences]).toEqual(pending);
  const ofState = sql.includes('state') ? ['1 jobs are in the state "odd", which this program does not know'] : [];
  expect(reports).toEqual([expect.stringContaining(`job ${idOf(1)}: ${report}`), ...ofState]);
  await store.close();
});

test('pages go past rows that cannot be read', async () => {
  const store = await openEdited("UPDATE jobs SET state = 'odd' WHERE sequence IN (2, 3)");
  const first = store.reader.list({}, 1);
  expect(first.jobs.map((job) => job.sequence)).toEqual([4]);
  expect(store.reader.list({}, 1, first.next)).toMatchObject({ jobs: [{ sequence: 1 }] });
  await store.close();
});

test('a pending job that the queue could not take is left out of the load and reported', async () => {
  const store = await openEdited('UPDATE jobs SET priority = 9000000000000 WHERE sequence = 1');
  const { pending, counts } = await store.load();
  expect([...pending.sequences]).toEqual([4]);
  expect(pending.ids.length).toBe(16);
  expect(counts.pending).toBe(2);
  expect(reports).toEqual(['2 pending jobs are counted, 1 readable']);
  await store.close();
});

test('an id that is too short is damage: a start that checks the file refuses, and no load takes it', async () => {
  const opened = openEdited("UPDATE jobs SET job_id = x'01' WHERE sequence = 1");
  await expect(opened).rejects.toMatchObject({ code: 'corrupt' });
  const db = new Database(folder.database);
  expect([...loadSnapshot(db, () => {}).pending.sequences]).toEqual([4]);
  db.close();
});

test('counts that are too low cost no job', async () => {
  const store = await openEdited("UPDATE job_counts SET jobs = 0 WHERE state = 'pending'");
  expect([...(await store.load()).pending.sequences]).toEqual([1, 4]);
  await store.close();
});

test.each([
  [
    "UPDATE attempts SET creation = 'odd' WHERE job_id = (SELECT job_id FROM jobs WHERE sequence = 2)",
    'creation "odd"',
  ],
  [
    "UPDATE attempts SET workload_kind = 'Secret' WHERE job_id = (SELECT job_id FROM jobs WHERE sequence = 2)",
    'kind "Secret"',
  ],
  ['DELETE FROM attempts WHERE job_id = (SELECT job_id FROM jobs WHERE sequence = 2)', 'no row of its attempt'],
])(
  'a running job without an attempt that can be read (%s) is left out of the load and reported',
  async (sql, report) => {
    const store = await openEdited(sql);
    const { running, unaccounted } = await store.load();
    expect(running.map((row) => row.sequence)).toEqual([3]);
    expect(unaccounted).toEqual([{ jobId: idOf(2), attempt: 1, why: expect.stringContaining(report) }]);
    expect(reports).toEqual([expect.stringContaining(report)]);
    expect(store.reader.dueCleanups(9, 9).map(({ jobId }) => jobId)).toEqual([idOf(3)]);
    expect(store.reader.job(idOf(2))?.attempts).toEqual([]);
    await store.close();
  },
);

test('a running job whose rules cannot be read keeps its slot, and they are reported', async () => {
  const store = await openEdited("UPDATE jobs SET rules = '[]' WHERE sequence = 2");
  expect((await store.load()).running.map((row) => row.sequence)).toEqual([2, 3]);
  expect(reports).toEqual([`job ${idOf(2)}: rules make no sense`]);
  await store.close();
});

test.each([
  ['sequence', 'UPDATE jobs SET sequence = 9223372036854775807 WHERE sequence = 1', { lastSequence: 4 }],
  ['last dispatch', 'UPDATE meta SET last_dispatch_sequence = 9007199254740993', { lastDispatchSequence: 1 }],
  ['cap', 'UPDATE meta SET max_concurrency = -5', { settings: {} }],
  [
    'count',
    "UPDATE job_counts SET jobs = -5 WHERE state = 'pending'",
    { counts: expect.objectContaining({ pending: 2 }) },
  ],
])('an absurd %s does not count, and is reported', async (_what, sql, loaded) => {
  const store = await openEdited(sql);
  expect(await store.load()).toMatchObject(loaded);
  expect(reports).toHaveLength(1);
  await store.close();
});

test.each([
  'UPDATE meta SET last_event = 9007199254740993',
  'UPDATE events SET event_id = 9223372036854775807 WHERE rowid = 5',
])('after %s commits find a number for their events', async (sql) => {
  const store = await openEdited(sql);
  await insertJobs(store, storedJob(5));
  await insertJobs(store, storedJob(6));
  expect(store.reader.list({}, 10).jobs.map((job) => job.sequence)).toEqual([6, 5, 4, 3, 2, 1]);
  await store.close();
});

test('a line of history that cannot be read costs only itself', async () => {
  const store = await openEdited("UPDATE events SET state = 'odd'");
  expect(store.reader.job(idOf(2))?.timeline).toEqual([{ at: 1_002, state: 'pending' }]);
  await store.close();
});

test('an error that is no unreadable row is not swallowed, and no more than a thousand rows are reported', () => {
  const readable = readableRows((row) => reports.push(row));
  const fail = () => {
    throw new TypeError('a bug');
  };
  expect(() => readable([1], fail)).toThrow('a bug');
  const numbers = Array.from({ length: 1_500 }, (_, index) => index);
  const unreadable = (number: number) => {
    throw new UnreadableRow(`row ${number}`);
  };
  expect(readable(numbers, unreadable)).toEqual([]);
  expect(reports.length).toBe(1_000);
});
