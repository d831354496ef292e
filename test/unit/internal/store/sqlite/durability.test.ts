import { afterEach, beforeEach, expect, test } from 'vitest';
import { seededRandom } from '../../../../../internal/platform/random.ts';
import { idOf } from '../../../../support/store-builders.ts';
import { startProcess } from './children/spawn.ts';
import { folderForDatabase, open, type TestFolder } from './support.ts';

let folder: TestFolder;
beforeEach(() => {
  folder = folderForDatabase();
});
afterEach(() => folder.remove());

test('whatever was acknowledged before a kill -9 is there after it, whole, and work goes on at once', async () => {
  const random = seededRandom(3);
  let acknowledged = 0;
  for (let round = 0; round < 3; round += 1) {
    const writer = startProcess('commit-in-a-loop', folder.database);
    const batches = 1 + Math.floor(random.next() * 150);
    for (let batch = 0; batch < batches; batch += 1) acknowledged = Number(await writer.line());
    await writer.kill();
    for (const line of await writer.rest()) acknowledged = Number(line);

    const store = await open(folder.database);
    const { pending, lastSequence, counts } = await store.load();
    expect(lastSequence).toBeGreaterThanOrEqual(acknowledged);
    expect([...pending.sequences]).toEqual(Array.from({ length: lastSequence }, (_, index) => index + 1));
    expect(counts.pending).toBe(lastSequence);
    expect(store.reader.job(idOf(acknowledged))?.timeline.length).toBe(2);
    expect(store.reader.job(idOf(lastSequence))?.timeline.length).toBe(2);
    await store.close();
  }
});
