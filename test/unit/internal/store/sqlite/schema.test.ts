import { resolve } from 'node:path';
import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import { applicationId, assertOurs, migrate } from '../../../../../internal/store/sqlite/migrate.ts';
import { migrations } from '../../../../../internal/store/sqlite/migrations/index.ts';

const schemaFile = resolve(import.meta.dirname, '../../../../../internal/store/sqlite/schema.sql');

function migrated(): Database.Database {
  const db = new Database(':memory:');
  migrate(db);
  return db;
}

function schemaOf(db: Database.Database): string {
  const statements = db.prepare<[], string>('SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY rowid');
  return statements.pluck().all().join(';\n\n');
}

test('the migrations lead to the schema that schema.sql shows (after a new migration: vitest -u)', async () => {
  const head = '-- What the migrations lead to; written by its test. A change of the schema is a new migration.\n\n';
  await expect(`${head}${schemaOf(migrated())};\n`).toMatchFileSnapshot(schemaFile);
});

test('a migrated database says in its header whose it is and which version it has', () => {
  const db = migrated();
  expect(db.pragma('application_id', { simple: true })).toBe(applicationId);
  expect(db.pragma('user_version', { simple: true })).toBe(migrations.length);
});

test('a database that has every migration is left as it is', () => {
  const db = migrated();
  db.exec("INSERT INTO meta (only, queue_id, epoch, last_dispatch_sequence) VALUES (1, 'queue', 1, 0)");
  const before = schemaOf(db);
  migrate(db);
  expect(schemaOf(db)).toBe(before);
  expect(db.prepare('SELECT count(*) FROM meta').pluck().get()).toBe(1);
});

test('jobs and attempts from before jobs could give way are kept, and have not', () => {
  const db = new Database(':memory:');
  for (const migration of migrations.slice(0, 4)) db.exec(migration);
  db.pragma(`application_id = ${applicationId}`);
  db.pragma('user_version = 4');
  db.exec(`INSERT INTO jobs (sequence, job_id, name, priority, queue, spec, state, attempt, created_at)
      VALUES (1, zeroblob(16), 'a', 0, 'default', '{}', 'running', 1, 5);
    INSERT INTO attempts (job_id, attempt, dispatch_sequence, dispatched_at, workload_kind, workload_namespace,
      workload_name, creation) VALUES (zeroblob(16), 1, 1, 6, 'Job', 'default', 'a-1', 'made')`);
  migrate(db);
  expect(db.prepare('SELECT name, state, gave_way_times FROM jobs').all()).toEqual([
    { name: 'a', state: 'running', gave_way_times: null },
  ]);
  expect(db.prepare('SELECT workload_name, give_way FROM attempts').all()).toEqual([
    { workload_name: 'a-1', give_way: null },
  ]);
});

test('a migration that fails leaves nothing of itself', () => {
  const db = new Database(':memory:');
  db.exec('CREATE TABLE timeline (stands TEXT, in_the_way TEXT)');
  expect(() => migrate(db)).toThrow('already exists');
  expect(schemaOf(db)).not.toContain('jobs');
  expect(db.pragma('user_version', { simple: true })).toBe(0);
});

test('an empty file and one of ours are ours; a newer one and one of another application are not', () => {
  expect(() => assertOurs(new Database(':memory:'))).not.toThrow();
  const db = migrated();
  expect(() => assertOurs(db)).not.toThrow();
  db.pragma(`user_version = ${migrations.length + 1}`);
  expect(() => assertOurs(db)).toThrow(expect.objectContaining({ code: 'newer' }));
  const other = new Database(':memory:');
  other.exec('CREATE TABLE photos (name TEXT)');
  expect(() => assertOurs(other)).toThrow(expect.objectContaining({ code: 'foreign' }));
});
