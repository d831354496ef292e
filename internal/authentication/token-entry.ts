// What is known of a token: everything but the token.
import type { Role } from '../../pkg/models/index.ts';

export interface TokenEntry {
  /** What the log calls it. */
  name: string;
  role: Role;
  /** Of the token's bytes, in lower-case hexadecimal digits. */
  sha256: string;
  /** Milliseconds since the epoch; absent when it never expires. */
  expiresAt?: number;
}

export const tokenName = {
  pattern: /^[A-Za-z0-9][-A-Za-z0-9_.]{0,62}$/,
  allowed: '1 to 63 letters, digits, "-", "_" and ".", beginning with a letter or a digit',
};
