import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checkStore } from '../../../../../cmd/kubejobs/doctor/store.ts';
import { openSqliteStore } from '../../../../../internal/store/sqlite/sqlite-store.ts';
import { type TemporaryFolder, temporaryFolder } from '../../../../support/temporary-folder.ts';

describe('the check of the store', () => {
  let folder: TemporaryFolder;
  let path: string;
  beforeEach(() => {
    folder = temporaryFolder();
    path = join(folder.path, 'queue.db');
  });
  afterEach(() => folder.remove());

  const check = (isServing = false) => checkStore(`sqlite:${path}`, isServing);
  const aStore = () => openSqliteStore({ path, newId: () => '00000000-0000-7000-8000-000000000001' });

  it('makes nothing where there is no database yet', () => {
    expect(check()[0]).toMatchObject({
      check: 'store',
      status: 'ok',
      message: expect.stringContaining('will be made'),
    });
    expect(readdirSync(folder.path)).toEqual([]);
  });

  it('finds a closed database sound, and leaves its bytes and its folder as they were', async () => {
    await (await aStore()).close();
    const [before, files] = [readFileSync(path), readdirSync(folder.path)];
    expect(check()[0]).toMatchObject({ status: 'ok', message: expect.stringMatching(/is sound, .* SQLite 3\./) });
    expect(readFileSync(path).equals(before)).toBe(true);
    expect(readdirSync(folder.path)).toEqual(files);
  });

  it('names who holds it, unless that is the server that answers', async () => {
    const store = await aStore();
    try {
      expect(check()[0]).toMatchObject({ status: 'fail', message: expect.stringContaining(`process ${process.pid}`) });
      expect(check(true)[0]).toMatchObject({ status: 'ok' });
    } finally {
      await store.close();
    }
  });

  it('finds damage', async () => {
    await (await aStore()).close();
    const bytes = readFileSync(path);
    bytes.fill(0x5a, 4_096, 12_288);
    writeFileSync(path, bytes);
    expect(check()).toEqual([expect.objectContaining({ status: 'fail', message: expect.stringContaining('damaged') })]);
  });

  it('finds a folder that is not there, and a file that is no database', () => {
    writeFileSync(path, 'these are notes, and no database at all\n'.repeat(200));
    expect(check()).toEqual([expect.objectContaining({ status: 'fail' })]);
    const nowhere = join(folder.path, 'nowhere', 'queue.db');
    expect(checkStore(`sqlite:${nowhere}`, false)[0]?.message).toContain('there is no folder');
    expect(existsSync(nowhere)).toBe(false);
  });
});
