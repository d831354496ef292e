import { execFileSync } from 'node:child_process';
import { chmodSync, copyFileSync, existsSync, mkdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { seededRandom } from '../../../../../internal/platform/random.ts';
import { openWriteConnection } from '../../../../../internal/store/sqlite/connection.ts';
import { toStoreFailure } from '../../../../../internal/store/sqlite/failures.ts';
import { loadSnapshot } from '../../../../../internal/store/sqlite/load-snapshot.ts';
import { insertJobs, storedJob } from '../../../../support/store-builders.ts';
import { edit, folderForDatabase, open, refusalOf } from './support.ts';

const folder = folderForDatabase();
/** A sound database of some hundred pages. */
const sound = join(folder.path, 'sound.db');

beforeAll(async () => {
  const store = await open(sound);
  await insertJobs(store, ...Array.from({ length: 2_000 }, (_, index) => storedJob(index + 1, { labels: { a: 'b' } })));
  await store.close();
});
afterAll(() => folder.remove());

function damaged(name: string, damage: (path: string) => void): string {
  const path = join(folder.path, name);
  copyFileSync(sound, path);
  damage(path);
  return path;
}

function overwrite(path: string, at: number, bytes: Buffer): void {
  const content = readFileSync(path);
  bytes.copy(content, at);
  writeFileSync(path, content);
}

const pageBytes = 4_096;

/** Wherever it lies, copies that are no longer in use included. */
function spoilSchema(path: string): void {
  const content = readFileSync(path);
  const words = 'CREATE TABLE jobs';
  for (let at = content.indexOf(words); at >= 0; at = content.indexOf(words, at + 1)) content.fill(0xee, at, at + 150);
  writeFileSync(path, content);
}

test.each<[string, (path: string) => void]>([
  ['a text file', (path) => writeFileSync(path, 'name: job1\n'.repeat(1_000))],
  ['a file with a damaged first page', (path) => overwrite(path, 0, Buffer.alloc(100, 0xff))],
  ['a file that was cut in half', (path) => truncateSync(path, 40 * pageBytes)],
  ['a page of zeros in the middle', (path) => overwrite(path, 30 * pageBytes, Buffer.alloc(pageBytes))],
  [
    'a page that was swapped for another',
    (path) => overwrite(path, 30 * pageBytes, readFileSync(path).subarray(0, 4_096)),
  ],
  ['nonsense in the schema', spoilSchema],
])('%s is refused as damaged, in words that name the path and what to do', async (_, damage) => {
  const path = damaged('damaged.db', damage);
  const failure = await refusalOf(path);
  expect(failure.code).toBe('corrupt');
  expect(failure.message).toContain(`cannot open the database ${path}: it is damaged`);
  expect(failure.message).toContain('Restore it from a backup');
});

test('a bit that flipped anywhere ends in a refusal or in a store that loads, never in anything else', () => {
  const random = seededRandom(12);
  const content = readFileSync(sound);
  const outcomes = { refused: 0, opened: 0 };
  for (let flip = 0; flip < 200; flip += 1) {
    const bit = Math.floor(random.next() * (flip % 2 ? pageBytes : content.length) * 8);
    const path = damaged('flipped.db', (file) => overwrite(file, bit >> 3, flippedAt(content, bit)));
    outcomes[openAndLoad(path)] += 1;
  }
  expect(outcomes.refused).toBeGreaterThan(10);
  expect(outcomes.opened).toBeGreaterThan(10);
});

function flippedAt(content: Buffer, bit: number): Buffer {
  return Buffer.from([(content[bit >> 3] as number) ^ (1 << (bit & 7))]);
}

/** As the writer does it; its errors become failures with a code and words. */
function openAndLoad(path: string): 'opened' | 'refused' {
  try {
    const connection = openWriteConnection(path);
    try {
      loadSnapshot(connection.db, () => {});
    } finally {
      connection.abandon();
    }
    return 'opened';
  } catch (error) {
    expect(toStoreFailure(error).message).toMatch(/\.$/);
    return 'refused';
  }
}

test('a database of a newer version is refused, and stays what it is', async () => {
  const path = damaged('newer.db', (file) => edit(file, 'PRAGMA user_version = 99'));
  const before = readFileSync(path);
  const failure = await refusalOf(path);
  expect(failure.code).toBe('newer');
  expect(failure.message).toContain('schema 99');
  expect(readFileSync(path).equals(before)).toBe(true);
});

test('a database of another application is refused, and stays what it is', async () => {
  const path = join(folder.path, 'photos.db');
  edit(path, 'CREATE TABLE photos (name TEXT)');
  const before = readFileSync(path);
  expect(await refusalOf(path)).toMatchObject({ code: 'foreign' });
  expect(readFileSync(path).equals(before)).toBe(true);
});

test('a folder that is not there is refused, and not made', async () => {
  const missing = join(folder.path, 'no', 'such');
  const failure = await refusalOf(join(missing, 'jobs.db'));
  expect(failure.code).toBe('not_found');
  expect(failure.message).toContain(`there is no folder ${missing}`);
  expect(existsSync(missing)).toBe(false);
});

test('a folder in place of the file is refused', async () => {
  const path = join(folder.path, 'folder.db');
  mkdirSync(path);
  expect((await refusalOf(path)).message).toContain('it is not a file');
});

/** Takes away the right to write, from root too; `undefined` where that can't be done. */
function protectedFromWriting(path: string): (() => void) | undefined {
  if (process.getuid?.() !== 0) {
    chmodSync(path, 0o500);
    return () => chmodSync(path, 0o700);
  }
  try {
    execFileSync('chattr', ['+i', path], { stdio: 'ignore' });
    return () => execFileSync('chattr', ['-i', path]);
  } catch {
    return undefined;
  }
}

test('a folder that cannot be written is refused', async (context) => {
  const readOnly = join(folder.path, 'read-only');
  mkdirSync(readOnly);
  const release = protectedFromWriting(readOnly);
  if (!release) return context.skip('this file system cannot protect a folder from root');
  try {
    const failure = await refusalOf(join(readOnly, 'jobs.db'));
    expect(failure.code).toBe('read_only');
    expect(failure.message).toContain(`the folder ${readOnly} cannot be written`);
  } finally {
    release();
  }
});

test('a file that cannot be written is refused', async (context) => {
  const path = damaged('protected.db', () => {});
  const release = protectedFromWriting(path);
  if (!release) return context.skip('this file system cannot protect a file from root');
  try {
    expect(await refusalOf(path)).toMatchObject({ code: 'read_only' });
  } finally {
    release();
  }
});
