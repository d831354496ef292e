import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { insertJobs, storedJob } from '../../../../support/store-builders.ts';
import { edit, folderForDatabase, open, refusalOf } from './support.ts';

const folder = folderForDatabase();
const killed = join(folder.path, 'killed.db');
const path = join(folder.path, 'copy.db');
const commits = 6;

/** What a process leaves behind that had six commits and was killed. */
beforeAll(async () => {
  const store = await open(folder.database);
  for (let commit = 1; commit <= commits; commit += 1) await insertJobs(store, storedJob(commit));
  for (const part of ['', '-wal']) copyFileSync(folder.database + part, killed + part);
  await store.close();
});
beforeEach(() => {
  for (const part of ['-wal', '-shm', '.lock']) rmSync(path + part, { force: true });
  for (const part of ['', '-wal']) copyFileSync(killed + part, path + part);
});
afterAll(() => folder.remove());

const frameBytes = 24 + 4_096;

function flip(file: string, at: number): void {
  const bytes = readFileSync(file);
  bytes[at] = (bytes[at] as number) ^ 4;
  writeFileSync(file, bytes);
}

async function jobsIn(database: string): Promise<number> {
  const store = await open(database);
  const { pending } = await store.load();
  await store.close();
  return pending.count;
}

test('a log that a killed process left is taken over whole, and is gone after the next end in order', async () => {
  expect(await jobsIn(path)).toBe(commits);
  expect(existsSync(`${path}-wal`)).toBe(false);
  expect(await jobsIn(path)).toBe(commits);
});

test.each([
  ['in the header', 20],
  ['in the mark of a frame', 32 + 12],
  ['in the page of a frame', 32 + 5 * frameBytes + 2_000],
  ['in the checksum of a frame', 32 + 7 * frameBytes + 20],
])('a bit that flipped %s, with commits behind it, is refused and nothing is touched', async (_where, at) => {
  flip(`${path}-wal`, at);
  const before = [path, `${path}-wal`].map((file) => readFileSync(file));
  for (let time = 0; time < 2; time += 1) {
    const failure = await refusalOf(path);
    expect(failure.code).toBe('corrupt');
    expect(failure.message).toContain(`its log ${path}-wal is damaged`);
  }
  for (const [index, file] of [path, `${path}-wal`].entries()) expect(readFileSync(file)).toEqual(before[index]);
});

test('what the refusal says keeps the commits before the damage', async () => {
  flip(`${path}-wal`, 32 + 9 * frameBytes + 2_000);
  const { message } = await refusalOf(path);
  const bytes = Number(/truncate -s (\d+) /.exec(message)?.[1]);
  expect(bytes).toBe(32 + 9 * frameBytes);
  truncateSync(`${path}-wal`, bytes);
  const kept = await jobsIn(path);
  expect(kept).toBeGreaterThan(0);
  expect(kept).toBeLessThan(commits);
});

test('a log that ends in an incomplete commit is what a power cut leaves: the commits before it are there', async () => {
  truncateSync(`${path}-wal`, readFileSync(`${path}-wal`).length - 100);
  expect(await jobsIn(path)).toBe(commits - 1);
});

test('a database whose log is missing is refused, again and again, until somebody says that there is none', async () => {
  rmSync(`${path}-wal`);
  for (let time = 0; time < 2; time += 1) {
    const failure = await refusalOf(path);
    expect(failure.code).toBe('corrupt');
    expect(failure.message).toContain(`its log ${path}-wal is missing`);
  }
  writeFileSync(`${path}-wal`, '');
  await (await open(path)).close();
});

test('a log whose database is gone or empty is refused, and kept', async () => {
  const log = readFileSync(`${path}-wal`);
  for (const leave of [() => truncateSync(path), () => rmSync(path)]) {
    leave();
    expect(await refusalOf(path)).toMatchObject({ code: 'corrupt', message: expect.stringContaining('-wal is not') });
    expect(readFileSync(`${path}-wal`)).toEqual(log);
  }
});

test('a process that ends without closing leaves a database that opens', async () => {
  const program = `
    import { openSqliteStore } from './internal/store/sqlite/sqlite-store.ts';
    import { insertJobs, storedJob } from './test/support/store-builders.ts';
    const store = await openSqliteStore({ path: process.argv[1], newId: () => '7d444840-9dc0-4bb1-b5d1-00000000feed' });
    await insertJobs(store, storedJob(1));
    process.exit(3);`;
  const database = join(folder.path, 'left.db');
  const arguments_ = ['--import', 'tsx', '--input-type=module', '-e', program, database];
  const { status, stderr } = spawnSync(process.execPath, arguments_, { encoding: 'utf8' });
  expect({ status, stderr }).toEqual({ status: 3, stderr: '' });
  expect(await jobsIn(database)).toBe(1);
});

test('a refused database keeps its log as it is', async () => {
  const newer = join(folder.path, 'newer.db');
  const store = await open(newer);
  edit(newer, 'PRAGMA user_version = 99');
  const copy = join(folder.path, 'newer-copy.db');
  for (const part of ['', '-wal']) copyFileSync(newer + part, copy + part);
  await store.close();
  const before = [copy, `${copy}-wal`].map((file) => readFileSync(file));
  expect(before[1]?.length).toBeGreaterThan(0);
  expect(await refusalOf(copy)).toMatchObject({ code: 'newer' });
  expect([copy, `${copy}-wal`].map((file) => readFileSync(file))).toEqual(before);
});

test('a database whose schema makes no sense keeps its log as it is, too', async () => {
  const whole = join(folder.path, 'whole.db');
  await (await open(whole)).close();
  const store = await open(whole);
  await insertJobs(store, storedJob(1));
  const copy = join(folder.path, 'senseless.db');
  for (const part of ['', '-wal']) copyFileSync(whole + part, copy + part);
  await store.close();
  const database = readFileSync(copy);
  const word = 'events_of_job ON';
  for (let at = database.indexOf(word); at >= 0; at = database.indexOf(word, at + 1)) database.write('[', at);
  writeFileSync(copy, database);
  const before = [copy, `${copy}-wal`].map((file) => readFileSync(file));
  expect(before[1]?.length).toBeGreaterThan(0);
  expect((await refusalOf(copy)).message).toContain('malformed database schema');
  expect([copy, `${copy}-wal`].map((file) => readFileSync(file))).toEqual(before);
});

test('rows that cannot be read any more are a failure that names the database', async () => {
  const store = await open(path);
  edit(path, 'DROP TABLE attempts');
  for (const read of [
    () => store.reader.job(storedJob(1).jobId),
    () => store.reader.attempt(storedJob(1).jobId, 1),
    () => store.reader.dueCleanups(1, 1),
  ]) {
    expect(read).toThrow(expect.objectContaining({ name: 'StoreFailure', message: expect.stringContaining(path) }));
  }
  await store.close();
});

test('after a failed commit the rows are read through a new connection', async () => {
  const store = await open(path);
  const before = store.reader;
  await expect(insertJobs(store, storedJob(1))).rejects.toThrow('UNIQUE');
  await store.reopen();
  await insertJobs(store, storedJob(commits + 1));
  expect(store.reader).toBe(before);
  expect(before.list({}, 100).jobs).toHaveLength(commits + 1);
  await store.close();
});
