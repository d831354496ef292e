// A disk as a power cut may leave it. The model takes in what a process did (disk-log.ts) and knows at each moment what is
// surely there, because it was synced, and what is only on its way. An image is what is sure, plus a choice of the rest:
// writes arrive whole or in sectors, in any subset; a new size, and each change of the folder, arrives or not.
// What was on its way when a sync failed has arrived or not, whatever later syncs say: the system tells of it only once.
// A sector that lies beyond what was ever synced may hold anything when its write did not arrive.
import type { Random } from '../../../../internal/platform/random.ts';
import { operationBits } from './disk-control.ts';
import type { DiskRecord } from './disk-log.ts';

type Change = { offset: number; data: Buffer } | { size: number };
type FolderChange = { name: string; file: number | undefined };

interface DiskFile {
  synced: Buffer;
  /** In their order: changes of which a sync said that they arrived, and those that no sync can speak for any more. */
  settled: Array<{ change: Change; sure: boolean }>;
  pending: Change[];
}

/** The files of the folder by name. */
export type DiskImage = Map<string, Buffer>;

/** What becomes of changes that were not synced. */
export interface Chooser {
  /** Whether a change of the folder, or a new size, arrives. */
  arrives(): boolean;
  /** Into pieces of how many bytes a write is torn. */
  sectorBytes(): number;
  /** What a sector is full of that did not arrive and was never synced before. */
  litter(length: number): Buffer;
}

export const nothingArrives: Chooser = {
  arrives: () => false,
  sectorBytes: () => Number.MAX_SAFE_INTEGER,
  litter: (length) => Buffer.alloc(length),
};
export const everythingArrives: Chooser = { ...nothingArrives, arrives: () => true };

export function randomChooser(random: Pick<Random, 'next'>): Chooser {
  const chance = random.next(); // some disks lose nearly everything, some nearly nothing
  return {
    arrives: () => random.next() < chance,
    sectorBytes: () => (random.next() < 0.5 ? 512 : 4_096),
    litter: (length) => (random.next() < 0.8 ? Buffer.alloc(length) : noise(length, random)),
  };
}

function noise(length: number, random: Pick<Random, 'next'>): Buffer {
  return Buffer.from(Array.from({ length }, () => Math.floor(random.next() * 256)));
}

export class DiskModel {
  readonly #files = new Map<number, DiskFile>();
  /** An inode number is given out again when its file is gone. */
  readonly #fileOfInode = new Map<bigint, number>();
  readonly #folder = new Map<string, number>();
  readonly #surelyInFolder = new Map<string, number>();
  #folderChanges: FolderChange[] = [];

  /** Returns whether the record changed anything on the disk. */
  take(record: DiskRecord): boolean {
    switch (record.kind) {
      case 'create':
        this.#create(record.name, record.inode);
        return true;
      case 'write':
        this.#of(record).pending.push({ offset: record.offset, data: record.data });
        return true;
      case 'truncate':
        this.#of(record).pending.push({ size: record.size });
        return true;
      case 'sync':
        this.#sync(this.#of(record));
        return true;
      case 'sync_folder':
        this.#syncFolder();
        return true;
      case 'unlink':
        this.#setEntry(record.name, undefined);
        return true;
      case 'rename':
        this.#setEntry(record.to, this.#folder.get(record.name));
        this.#setEntry(record.name, undefined);
        return true;
      case 'failed':
        return this.#failed(record);
      case 'close':
      case 'mark':
        return false;
    }
  }

  /** Whether anything is on its way that a power cut could take. */
  get isSettled(): boolean {
    const files = [...this.#files.values()];
    return this.#folderChanges.length === 0 && files.every((file) => file.pending.length + file.settled.length === 0);
  }

  image(chooser: Chooser): DiskImage {
    const entries = new Map(this.#surelyInFolder);
    for (const { name, file } of this.#folderChanges) {
      if (!chooser.arrives()) continue;
      if (file === undefined) entries.delete(name);
      else entries.set(name, file);
    }
    const contents = new Map<number, Buffer>();
    const contentOf = (file: number): Buffer => {
      const content = contents.get(file) ?? arrived(this.#file(file), chooser);
      contents.set(file, content);
      return content;
    };
    return new Map([...entries].map(([name, file]) => [name, contentOf(file)]));
  }

  #create(name: string, inode: bigint): void {
    const file = this.#files.size;
    this.#files.set(file, { synced: Buffer.alloc(0), settled: [], pending: [] });
    this.#fileOfInode.set(inode, file);
    this.#setEntry(name, file);
  }

  #setEntry(name: string, file: number | undefined): void {
    if (file === undefined) this.#folder.delete(name);
    else this.#folder.set(name, file);
    this.#folderChanges.push({ name, file });
  }

  #of({ name, inode }: { name: string; inode: bigint }): DiskFile {
    const file = this.#fileOfInode.get(inode);
    if (file === undefined) throw new Error(`the disk log does not say where ${name} came from`);
    return this.#file(file);
  }

  #file(file: number): DiskFile {
    return this.#files.get(file) as DiskFile;
  }

  #sync(file: DiskFile): void {
    const isCertain = file.settled.length === 0;
    if (isCertain) file.synced = arrived(file, everythingArrives);
    else file.settled.push(...file.pending.map((change) => ({ change, sure: true })));
    file.pending = [];
  }

  #failed({ name, inode, operation }: Extract<DiskRecord, { kind: 'failed' }>): boolean {
    const file = this.#fileOfInode.get(inode);
    if (operation !== operationBits.sync || file === undefined || name === '') return false;
    const { settled, pending } = this.#file(file);
    settled.push(...pending.splice(0).map((change) => ({ change, sure: false })));
    return true;
  }

  #syncFolder(): void {
    for (const { name, file } of this.#folderChanges.splice(0)) {
      if (file === undefined) this.#surelyInFolder.delete(name);
      else this.#surelyInFolder.set(name, file);
    }
  }
}

function arrived({ synced, settled, pending }: DiskFile, chooser: Chooser): Buffer {
  const changes = [...settled, ...pending.map((change) => ({ change, sure: false }))];
  const longest = changes.reduce((length, { change }) => Math.max(length, endOf(change)), synced.length);
  const content = Buffer.alloc(longest);
  synced.copy(content);
  let length = synced.length;
  for (const { change, sure } of changes) length = applied(content, length, change, sure ? everythingArrives : chooser);
  return content.subarray(0, length);
}

function applied(content: Buffer, length: number, change: Change, chooser: Chooser): number {
  if ('size' in change) return resized(content, length, change.size, chooser);
  return written(content, length, change, chooser);
}

function endOf(change: Change): number {
  return 'size' in change ? change.size : change.offset + change.data.length;
}

function resized(content: Buffer, length: number, size: number, chooser: Chooser): number {
  if (!chooser.arrives()) return length;
  if (size < length) content.fill(0, size, length);
  return size;
}

/** In sectors, each of which arrives or not; the size covers the last that did. */
function written(
  content: Buffer,
  before: number,
  { offset, data }: { offset: number; data: Buffer },
  chooser: Chooser,
): number {
  let length = before;
  let at = offset;
  const end = offset + data.length;
  const sectorBytes = chooser.sectorBytes();
  while (at < end) {
    const sectorEnd = Math.min(end, (Math.floor(at / sectorBytes) + 1) * sectorBytes);
    const dataArrives = chooser.arrives();
    const sizeArrives = dataArrives || chooser.arrives();
    const litterFrom = length;
    const litterTo = dataArrives ? at : sectorEnd;
    if (sizeArrives && litterTo > litterFrom) chooser.litter(litterTo - litterFrom).copy(content, litterFrom);
    if (dataArrives) data.copy(content, at, at - offset, sectorEnd - offset);
    if (sizeArrives) length = Math.max(length, sectorEnd);
    at = sectorEnd;
  }
  return length;
}
