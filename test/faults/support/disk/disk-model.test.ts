import { expect, test } from 'vitest';
import { seededRandom } from '../../../../internal/platform/random.ts';
import { operationBits } from './disk-control.ts';
import type { DiskRecord } from './disk-log.ts';
import { type DiskImage, DiskModel, everythingArrives, nothingArrives, randomChooser } from './disk-model.ts';

const inode = 7n;
const about = { name: 'a', inode, fd: 1 };
const create: DiskRecord = { kind: 'create', name: 'a', inode };
const sync: DiskRecord = { kind: 'sync', ...about };
const syncFolder: DiskRecord = { kind: 'sync_folder' };

function write(offset: number, text: string): DiskRecord {
  return { kind: 'write', ...about, offset, data: Buffer.from(text) };
}

function diskAfter(...records: DiskRecord[]): DiskModel {
  const disk = new DiskModel();
  for (const record of records) disk.take(record);
  return disk;
}

function shown(image: DiskImage): Record<string, string> {
  return Object.fromEntries([...image].map(([name, content]) => [name, content.toString()]));
}

test('a file whose folder was not synced may be missing, also when its own content was synced', () => {
  const disk = diskAfter(create, write(0, 'text'), sync);
  expect(shown(disk.image(nothingArrives))).toEqual({});
  expect(shown(disk.image(everythingArrives))).toEqual({ a: 'text' });
  disk.take(syncFolder);
  expect(shown(disk.image(nothingArrives))).toEqual({ a: 'text' });
});

test('what was written after the last sync is there or not, what was synced is there', () => {
  const disk = diskAfter(create, syncFolder, write(0, 'first'), sync, write(2, 'second'));
  expect(shown(disk.image(nothingArrives))).toEqual({ a: 'first' });
  expect(shown(disk.image(everythingArrives))).toEqual({ a: 'fisecond' });
  expect(disk.isSettled).toBe(false);
});

test('a new size is on its way until the next sync', () => {
  const disk = diskAfter(create, syncFolder, write(0, 'first'), sync, { kind: 'truncate', ...about, size: 2 });
  expect(shown(disk.image(nothingArrives))).toEqual({ a: 'first' });
  expect(shown(disk.image(everythingArrives))).toEqual({ a: 'fi' });
});

test('what was on its way when a sync failed is in doubt for ever, what is written over it is not', () => {
  const failedSync: DiskRecord = { kind: 'failed', ...about, operation: operationBits.sync };
  const disk = diskAfter(create, syncFolder, write(0, 'first'), sync, write(0, 'doubt'), failedSync, sync);
  expect(shown(disk.image(nothingArrives))).toEqual({ a: 'first' });
  expect(shown(disk.image(everythingArrives))).toEqual({ a: 'doubt' });
  for (const record of [write(0, 'xx'), sync]) disk.take(record);
  expect(shown(disk.image(nothingArrives))).toEqual({ a: 'xxrst' });
  expect(shown(disk.image(everythingArrives))).toEqual({ a: 'xxubt' });
});

test('a file that was removed may be back, and a new one of its name and inode is another file', () => {
  const disk = diskAfter(create, syncFolder, write(0, 'old'), sync, { kind: 'unlink', name: 'a' });
  expect(shown(disk.image(nothingArrives))).toEqual({ a: 'old' });
  expect(shown(disk.image(everythingArrives))).toEqual({});
  for (const record of [create, write(0, 'new'), sync]) disk.take(record);
  expect(shown(disk.image(nothingArrives))).toEqual({ a: 'old' });
  expect(shown(disk.image(everythingArrives))).toEqual({ a: 'new' });
});

test('random parts are sectors: old or new in what was synced before, anything beyond it', () => {
  const pages = { old: 'o'.repeat(8_192), new: 'n'.repeat(12_288) };
  const disk = diskAfter(create, syncFolder, write(0, pages.old), sync, write(0, pages.new));
  const seen = new Set<string>();
  for (let seed = 0; seed < 200; seed += 1) {
    const content = disk.image(randomChooser(seededRandom(seed))).get('a') as Buffer;
    expect(content.length).toBeLessThanOrEqual(12_288);
    for (let at = 0; at < 8_192; at += 512) {
      const sector = content.subarray(at, at + 512).toString();
      expect(['o'.repeat(512), 'n'.repeat(512)]).toContain(sector);
      seen.add(sector.slice(0, 1));
    }
  }
  expect([...seen].sort()).toEqual(['n', 'o']);
});
