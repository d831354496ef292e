// Tokens by their hash. One SHA-256 is right here, and no slow password hash: a token is 256 random bits, which nobody
// tries out. A token that was accepted is remembered until the file changes, because hashing it each time would be a
// twelfth of what a submission costs; one that was not is never remembered. Either way a part of it finds the entry and the
// whole is compared in constant time, so how long that takes tells at most the part.
import { hash, timingSafeEqual } from 'node:crypto';
import type { TokenEntry } from './token-entry.ts';

/** Of 64 hexadecimal digits. */
const digestHeadLength = 32;
/** Of a token of ours, 52 characters of which 43 are random: 168 bits are left to guess. */
const tokenHeadLength = 24;

interface Row {
  whole: Buffer;
  entry: TokenEntry;
}

export class TokenTable {
  readonly size: number;
  readonly #byDigest = new Map<string, Row[]>();
  /** At most one for each entry. */
  readonly #accepted = new Map<string, Row>();

  constructor(entries: readonly TokenEntry[]) {
    this.size = entries.length;
    for (const entry of entries) {
      const head = entry.sha256.slice(0, digestHeadLength);
      const row = { whole: Buffer.from(entry.sha256, 'latin1'), entry };
      this.#byDigest.set(head, [...(this.#byDigest.get(head) ?? []), row]);
    }
  }

  find(token: string): TokenEntry | undefined {
    const head = token.slice(0, tokenHeadLength);
    const known = this.#accepted.get(head);
    if (known !== undefined && isWhole(known, token)) return known.entry;
    const entry = this.#findByDigest(hash('sha256', token, 'hex'));
    if (entry !== undefined) this.#accepted.set(head, { whole: Buffer.from(token, 'latin1'), entry });
    return entry;
  }

  #findByDigest(digest: string): TokenEntry | undefined {
    const rows = this.#byDigest.get(digest.slice(0, digestHeadLength));
    return rows?.find((row) => isWhole(row, digest))?.entry;
  }
}

function isWhole({ whole }: Row, text: string): boolean {
  const shown = Buffer.from(text, 'latin1');
  return shown.length === whole.length && timingSafeEqual(shown, whole);
}
