// SQLite's log beside the database (`-wal`), read as bytes before SQLite reads it. SQLite takes the first frame that does
// not fit for the end of the log, which is right after a power cut, since a torn end was never acknowledged. In the middle
// it is damage, and SQLite would go on without the commits behind it. A commit is begun only after the one before was
// synced: so whole commits behind the break prove that what broke had once been written well.
// Format: https://sqlite.org/walformat.html
import { readFileSync } from 'node:fs';
import { StoreFailure } from '../store.ts';

const headerBytes = 32;
const frameHeaderBytes = 24;
const magics: readonly number[] = [0x377f0682, 0x377f0683];
const formatVersion = 3007000;

/** Throws a StoreFailure `corrupt`, without the path, when commits would be lost. A log that is not there is fine. */
export function assertSoundLog(path: string): void {
  const bytes = bytesOf(path);
  if (bytes.length <= headerBytes) return;
  const log = headerOf(bytes);
  if (!log) throw damaged(path, 0, 'its first bytes are not those of a log');
  const frames = Math.floor((bytes.length - headerBytes) / log.frameBytes);
  const sound = soundFrames(log, frames);
  if (sound < frames && hasCommitsBehind(log, sound, frames)) {
    throw damaged(path, headerBytes + sound * log.frameBytes, `frame ${sound + 1} of ${frames} does not fit`);
  }
}

function bytesOf(path: string): Buffer {
  try {
    return readFileSync(`${path}-wal`);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return Buffer.alloc(0);
    throw error;
  }
}

function damaged(path: string, soundBytes: number, how: string): StoreFailure {
  return new StoreFailure(
    'corrupt',
    `its log ${path}-wal is damaged (${how}), and commits come after that. Restore the database and its log from a ` +
      `backup. To go on without what was committed after the damage: truncate -s ${soundBytes} '${path}-wal'`,
  );
}

interface Log {
  bytes: Buffer;
  frameBytes: number;
  /** The checksum of the bytes from … to, going on from `before`. */
  words: (from: number, to: number, before: Sum) => Sum;
  salts: readonly [number, number];
  /** Of the header: the first frame goes on from it. */
  sum: Sum;
}

type Sum = readonly [number, number];

function headerOf(bytes: Buffer): Log | undefined {
  const magic = bytes.readUInt32BE(0);
  if (!magics.includes(magic) || bytes.readUInt32BE(4) !== formatVersion) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const words: Log['words'] = (from, to, before) => summed(view, (magic & 1) === 0, from, to, before);
  const sum = words(0, 24, [0, 0]);
  if (!isSame(sum, sumAt(bytes, 24))) return undefined;
  const salts = sumAt(bytes, 16);
  return { bytes, frameBytes: frameHeaderBytes + bytes.readUInt32BE(8), words, salts, sum };
}

/** How many frames from the first on fit, each to the one before. */
function soundFrames(log: Log, frames: number): number {
  let sum = log.sum;
  for (let frame = 0; frame < frames; frame += 1) {
    if (!follows(log, frame, sum)) return frame;
    sum = storedSum(log, frame);
  }
  return frames;
}

/** Whether a commit ends at the break or behind it and another one goes on right after. */
function hasCommitsBehind(log: Log, broken: number, frames: number): boolean {
  for (let frame = broken; frame + 1 < frames; frame += 1) {
    const fits = frame === broken ? hasTrustedHeader(log, frame) : follows(log, frame, storedSum(log, frame - 1));
    if (fits && endsCommit(log, frame) && follows(log, frame + 1, storedSum(log, frame))) return true;
  }
  return false;
}

/** Whether the frame belongs to this log and goes on from the checksum of the frame before. */
function follows(log: Log, frame: number, before: Sum): boolean {
  const at = placeOf(log, frame);
  if (!isOfThisLog(log, at)) return false;
  const afterHeader = log.words(at, at + 8, before);
  return isSame(log.words(at + frameHeaderBytes, at + log.frameBytes, afterHeader), storedSum(log, frame));
}

/** Of the broken frame: its word for "a commit ends here" lies in one sector with the marks of this log. */
function hasTrustedHeader(log: Log, frame: number): boolean {
  const at = placeOf(log, frame);
  return isOfThisLog(log, at) && (at + 8) % 512 !== 0;
}

function isOfThisLog({ bytes, salts }: Log, at: number): boolean {
  return isSame(sumAt(bytes, at + 8), salts);
}

/** The database's size after the commit, or 0 in the middle of one. */
function endsCommit(log: Log, frame: number): boolean {
  return log.bytes.readUInt32BE(placeOf(log, frame) + 4) !== 0;
}

function storedSum(log: Log, frame: number): Sum {
  return sumAt(log.bytes, placeOf(log, frame) + 16);
}

function placeOf({ frameBytes }: Log, frame: number): number {
  return headerBytes + frame * frameBytes;
}

function sumAt(bytes: Buffer, at: number): Sum {
  return [bytes.readUInt32BE(at), bytes.readUInt32BE(at + 4)];
}

function isSame(a: Sum, b: Sum): boolean {
  return a[0] === b[0] && a[1] === b[1];
}

/** SQLite's checksum, over words of four bytes. */
function summed(view: DataView, littleEndian: boolean, from: number, to: number, sum: Sum): Sum {
  let [first, second] = sum;
  for (let at = from; at < to; at += 8) {
    first = (first + view.getUint32(at, littleEndian) + second) >>> 0;
    second = (second + view.getUint32(at + 4, littleEndian) + first) >>> 0;
  }
  return [first, second];
}
