// Bits that flip anywhere in the database or its log.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import type { Random } from '../../../../internal/platform/random.ts';

/** Flips one to three bits of one of the files; says where. */
export function flipBits(path: string, random: Random): string {
  const file = random.next() < 0.4 || !existsSync(`${path}-wal`) ? path : `${path}-wal`;
  const bytes = readFileSync(file);
  const places: string[] = [];
  const count = 1 + Math.floor(random.next() * 3);
  for (let flip = 0; flip < count; flip += 1) {
    const bit = Math.floor(random.next() * bytes.length * 8);
    bytes[bit >> 3] = (bytes[bit >> 3] as number) ^ (1 << (bit & 7));
    places.push(`${bit >> 3}.${bit & 7}`);
  }
  writeFileSync(file, bytes);
  return `${file === path ? 'database' : 'log'} at ${places.join(', ')}`;
}
