import { symlinkSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { startProcess } from './children/spawn.ts';
import { folderForDatabase, open, refusalOf, type TestFolder } from './support.ts';

let folder: TestFolder;
beforeEach(() => {
  folder = folderForDatabase();
});
afterEach(() => folder.remove());

test('a second process is refused and told which process has the database, and has it when that one was killed', async () => {
  const holder = startProcess('hold', folder.database);
  expect(await holder.line()).toBe('open');
  const failure = await refusalOf(folder.database);
  expect(failure.code).toBe('locked');
  expect(failure.message).toContain(`process ${holder.child.pid} on ${hostname()} since 1970-01-01T00:00:00.000Z`);
  expect(failure.message).toContain(folder.database);
  await holder.kill();
  const store = await open(folder.database);
  expect(store.epoch).toBe(2);
  await store.close();
});

test('of processes that race for a database exactly one wins, again and again', async () => {
  for (let round = 0; round < 2; round += 1) {
    const racers = [1, 2, 3].map(() => startProcess('hold', folder.database));
    const outcomes = await Promise.all(racers.map((racer) => racer.line()));
    expect(outcomes.sort()).toEqual(['locked', 'locked', 'open']);
    await Promise.all(racers.map((racer) => racer.kill()));
  }
});

test('a process that closes in order leaves the database to the next one', async () => {
  const holder = startProcess('hold', folder.database);
  await holder.line();
  holder.child.stdin.write('close\n');
  expect(await holder.rest()).toEqual([]);
  await (await open(folder.database)).close();
});

test('a lock file that was left behind, whatever is in it, keeps nobody away', async () => {
  writeFileSync(`${folder.database}.lock`, '');
  await (await open(folder.database)).close();
  await (await open(folder.database)).close();
});

test('one process cannot open a database twice, under another name of it either', async () => {
  const store = await open(folder.database);
  const link = join(folder.path, 'link.db');
  symlinkSync(folder.database, link);
  expect(await refusalOf(folder.database)).toMatchObject({ code: 'locked' });
  expect(await refusalOf(link)).toMatchObject({ code: 'locked' });
  await store.close();
});

test('after a start that failed the database is free', async () => {
  writeFileSync(folder.database, 'not a database, but long enough to be looked at as one'.repeat(100));
  expect(await refusalOf(folder.database)).toMatchObject({ code: 'corrupt' });
  expect(await refusalOf(folder.database)).toMatchObject({ code: 'corrupt' });
});
