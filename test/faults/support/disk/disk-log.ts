// What a process did to its disk, as disk-shim.c wrote it down, together with the marks that a test put between: what it
// had been told at that moment. Records are in the order in which they were carried out.
import { appendFileSync, readFileSync } from 'node:fs';

export type DiskRecord =
  | { kind: 'create'; name: string; inode: bigint }
  | { kind: 'write'; name: string; inode: bigint; fd: number; offset: number; data: Buffer }
  | { kind: 'truncate'; name: string; inode: bigint; fd: number; size: number }
  | { kind: 'sync'; name: string; inode: bigint; fd: number }
  | { kind: 'sync_folder' }
  | { kind: 'unlink'; name: string }
  | { kind: 'rename'; name: string; to: string }
  | { kind: 'failed'; name: string; inode: bigint; fd: number; operation: number }
  | { kind: 'close'; name: string; fd: number }
  | { kind: 'mark'; text: string };

const headerBytes = 32;
const markOperation = 100;

/** A torn record at the end, of a process that was killed while it wrote, is left out. */
export function readDiskLog(path: string): DiskRecord[] {
  const bytes = readFileSync(path);
  const records: DiskRecord[] = [];
  let at = 0;
  while (at + headerBytes <= bytes.length) {
    const nameBytes = bytes.readUInt32LE(at + 4);
    const dataBytes = bytes.readUInt32LE(at + 8);
    const end = at + headerBytes + nameBytes + dataBytes;
    if (end > bytes.length) break;
    const body = bytes.subarray(at + headerBytes, end);
    records.push(recordOf(bytes.subarray(at, at + headerBytes), body.subarray(0, nameBytes), body.subarray(nameBytes)));
    at = end;
  }
  return records;
}

function recordOf(header: Buffer, nameBytes: Buffer, data: Buffer): DiskRecord {
  const name = nameBytes.toString();
  const operation = header.readUInt32LE(0);
  const fd = header.readInt32LE(12);
  const inode = header.readBigUInt64LE(16);
  const number = Number(header.readBigUInt64LE(24));
  switch (operation) {
    case 1:
      return { kind: 'create', name, inode };
    case 2:
      return { kind: 'write', name, inode, fd, offset: number, data };
    case 3:
      return { kind: 'truncate', name, inode, fd, size: number };
    case 4:
      return { kind: 'sync', name, inode, fd };
    case 5:
      return { kind: 'sync_folder' };
    case 6:
      return { kind: 'unlink', name };
    case 7:
      return { kind: 'rename', name, to: data.toString() };
    case 8:
      return { kind: 'failed', name, inode, fd, operation: number };
    case 9:
      return { kind: 'close', name, fd };
    case markOperation:
      return { kind: 'mark', text: data.toString() };
    default:
      throw new Error(`the disk log has an operation ${operation}`);
  }
}

/** Appends a mark: it stands after all that was done before this call. */
export function markDiskLog(path: string, text: string): void {
  const data = Buffer.from(text);
  const header = Buffer.alloc(headerBytes);
  header.writeUInt32LE(markOperation, 0);
  header.writeUInt32LE(data.length, 8);
  appendFileSync(path, Buffer.concat([header, data]));
}
