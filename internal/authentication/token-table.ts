// Tokens by their hash. What a caller shows is hashed and looked up; the token itself is kept nowhere, so a copy of the
// file or of the memory gives nobody access. One SHA-256 is right here, and no slow password hash: a token is 256
// random bits, which nobody tries out. Half of the digest finds the entry, the whole is compared in constant time.
import { hash, timingSafeEqual } from 'node:crypto';
import type { TokenEntry } from './token-entry.ts';

const digestLength = 64;
const indexedLength = 32;

interface Row {
  digest: Buffer;
  entry: TokenEntry;
}

export class TokenTable {
  readonly size: number;
  readonly #rows = new Map<string, Row[]>();
  /** Where a digest is laid out to be compared. */
  readonly #shown = Buffer.alloc(digestLength);

  constructor(entries: readonly TokenEntry[]) {
    this.size = entries.length;
    for (const entry of entries) {
      const key = entry.sha256.slice(0, indexedLength);
      const row = { digest: Buffer.from(entry.sha256, 'latin1'), entry };
      this.#rows.set(key, [...(this.#rows.get(key) ?? []), row]);
    }
  }

  find(token: string): TokenEntry | undefined {
    const digest = hash('sha256', token, 'hex');
    const rows = this.#rows.get(digest.slice(0, indexedLength));
    if (rows === undefined) return undefined;
    this.#shown.write(digest, 'latin1');
    return rows.find((row) => timingSafeEqual(row.digest, this.#shown))?.entry;
  }
}
