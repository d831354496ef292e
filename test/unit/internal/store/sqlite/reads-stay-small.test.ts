import Database from 'better-sqlite3';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openReadConnection, openWriteConnection } from '../../../../../internal/store/sqlite/connection.ts';
import { candidatesLimit } from '../../../../../internal/store/sqlite/list-jobs.ts';
import { readableRows } from '../../../../../internal/store/sqlite/readable-rows.ts';
import { sqliteReader } from '../../../../../internal/store/sqlite/reader.ts';
import { type JobFilter, type StoreReader, totalLimit } from '../../../../../internal/store/store.ts';
import { idOf } from '../../../../support/store-builders.ts';
import { folderForDatabase } from './support.ts';

const folder = folderForDatabase();
const many = totalLimit + 1;
let db: Database.Database;
let reader: StoreReader;

/** More jobs than are counted, all of one name and the default queue; one, long ago, in another queue. */
beforeAll(() => {
  const writer = openWriteConnection(folder.database);
  writer.db.exec(`
    INSERT INTO jobs (sequence, job_id, name, priority, queue, labels, spec, state, attempt, created_at)
    WITH RECURSIVE numbers (number) AS (VALUES (1) UNION ALL SELECT number + 1 FROM numbers WHERE number < ${many})
    SELECT number, unhex(format('019c0000000070008000%012x', number)), 'common', 0,
      iif(number = 1, 'rare', 'default'), '{"team":"a"}', '{}', 'pending', 0, 0
    FROM numbers;
    INSERT INTO job_labels SELECT 'team', 'a', sequence FROM jobs;
    INSERT INTO job_counts VALUES ('pending', ${many});`);
  writer.closeInOrder();
  db = openReadConnection(folder.database);
  reader = sqliteReader(
    db,
    readableRows(() => {}),
  );
});
afterAll(() => {
  db.close();
  folder.remove();
});

test('totals of states are exact at any size, others up to the limit', () => {
  expect(reader.list({}, 1).total).toBe(many);
  expect(reader.list({ states: ['pending'] }, 1).total).toBe(many);
  expect(reader.list({ name: 'common' }, 1).total).toBeUndefined();
  expect(reader.list({ labels: { team: 'a' } }, 1).total).toBeUndefined();
  expect(reader.list({ queue: 'default' }, 1).total).toBeUndefined();
  expect(reader.list({ queue: 'rare' }, 1).total).toBe(1);
});

test('a rare match behind many candidates is reached in pages, each of bounded work', () => {
  const found: number[] = [];
  let pages = 0;
  let before: number | undefined;
  do {
    const page = reader.list({ name: 'common', queue: 'rare' }, 10, before);
    found.push(...page.jobs.map((job) => job.sequence));
    expect(page.total).toBeUndefined();
    before = page.next;
    pages += 1;
  } while (before !== undefined);
  expect(found).toEqual([1]);
  expect(pages).toBeLessThanOrEqual(Math.ceil(many / candidatesLimit));
  expect(pages).toBeGreaterThan(many / candidatesLimit / 2);
});

test('a name’s beginning that most jobs have is told by their rows, a rare one by the index', () => {
  const page = reader.list({ namePrefix: 'comm' }, 2);
  expect(page.jobs.map((job) => job.sequence)).toEqual([many, many - 1]);
  expect(page.total).toBeUndefined();
  expect(reader.list({ namePrefix: 'comm', queue: 'rare' }, 10)).toMatchObject({ jobs: [{ sequence: 1 }], total: 1 });
  expect(reader.list({ namePrefix: 'comma' }, 10)).toEqual({ jobs: [], total: 0 });
});

test('no read scans a table', () => {
  const statements: string[] = [];
  const traced = new Database(folder.database, { readonly: true, verbose: (sql) => statements.push(sql as string) });
  readEverything(
    sqliteReader(
      traced,
      readableRows(() => {}),
    ),
  );
  const queries = [...new Set(statements)].filter((sql) => sql.trimStart().startsWith('SELECT'));
  expect(queries.length).toBeGreaterThan(15);
  for (const sql of queries) {
    const plan = traced.prepare<[], { detail: string }>(`EXPLAIN QUERY PLAN ${sql}`).all();
    const scans = plan.filter(({ detail }) => /^SCAN (jobs|attempts|timeline|job_labels)\b/.test(detail));
    expect({ sql, scans }).toEqual({ sql, scans: [] });
  }
  traced.close();
});

function readEverything(all: StoreReader): void {
  all.job(idOf(1));
  all.jobs([idOf(1), idOf(2)]);
  all.attempt(idOf(1), 1);
  all.dueCleanups(5, 5);
  const filters: JobFilter[] = [
    {},
    { states: ['failed', 'running'] },
    { name: 'rare' },
    { namePrefix: 'ra' },
    { namePrefix: 'comm' },
    { namePrefix: 'comm', queue: 'x', states: ['held'] },
    { queue: 'default', states: ['failed'] },
    { queue: 'rare' },
    { labels: { team: 'b' } },
    { labels: { team: 'b', tier: 'c' }, queue: 'x', name: 'y', states: ['held'] },
  ];
  for (const filter of filters) all.list(filter, 5, 100);
}
