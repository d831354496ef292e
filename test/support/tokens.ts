// Tokens for tests, and the entries that a tokens file has for them.
import { createHash } from 'node:crypto';
import type { Identification } from '../../pkg/api/authentication.ts';
import type { Authentication } from '../../pkg/api/server.ts';
import type { Role } from '../../pkg/models/index.ts';
import { recordingLogger, recordingMetrics } from './recorders.ts';
import { type VirtualClock, virtualClock } from './virtual-clock.ts';

/** Well formed, and the same each time: `letter` tells one from the other. */
export function tokenOf(letter: string): string {
  return `kubejobs_${letter.repeat(43)}`;
}

export function sha256Of(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}

export const tokens = {
  read: tokenOf('r'),
  submit: tokenOf('s'),
  admin: tokenOf('a'),
  expired: tokenOf('e'),
  unknown: tokenOf('u'),
} as const;

/** A file with the tokens above, but the unknown one. */
export function tokensText(): string {
  const roles: Role[] = ['read', 'submit', 'admin'];
  const lines = roles.map((role) => `- { name: ${role}er, role: ${role}, sha256: ${sha256Of(tokens[role])} }`);
  const expired = `- { name: old, role: admin, sha256: ${sha256Of(tokens.expired)}, expires_at: "2020-01-31T00:00:00Z" }`;
  return [...lines, expired, ''].join('\n');
}

/** Knows each token by its first letter, as `tokensText` has them. */
function identify(token: string): Identification {
  if (token === tokens.expired) return { known: false, why: 'expired', name: 'old' };
  const role = (['read', 'submit', 'admin'] as const).find((each) => tokens[each] === token);
  return role === undefined ? { known: false, why: 'unknown' } : { known: true, caller: { name: `${role}er`, role } };
}

export interface RecordedAuthentication extends Authentication {
  clock: VirtualClock;
  logger: ReturnType<typeof recordingLogger>;
  metrics: ReturnType<typeof recordingMetrics>;
}

/** For a server that is tested alone. */
export function recordedAuthentication(): RecordedAuthentication {
  return { authenticator: { identify }, clock: virtualClock(), logger: recordingLogger(), metrics: recordingMetrics() };
}
