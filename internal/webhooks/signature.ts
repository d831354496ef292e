// How a receiver knows that a message is ours and new: an HMAC over the time and the body. Pure.
import { createHmac } from 'node:crypto';

export const signatureHeader = 'kubejobs-signature';

/** `t=<unix seconds>,v1=<hex of HMAC-SHA-256 over "t.body">`. */
export function signatureOf(secret: string, atMs: number, body: string): string {
  const t = Math.floor(atMs / 1_000);
  return `t=${t},v1=${createHmac('sha256', secret).update(`${t}.${body}`).digest('hex')}`;
}
