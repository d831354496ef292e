// `kubejobs token`: makes a token. The token goes to stdout, this once; the entry for the tokens file, which knows only its
// hash, goes to stderr. So one line of a shell keeps both: TOKEN=$(kubejobs token … 2>> tokens.yaml).
import { createHash, randomBytes } from 'node:crypto';
import { stringify } from 'yaml';
import { ConfigurationError, parseConfiguration } from '../../internal/platform/configuration.ts';
import type { Role } from '../../pkg/models/index.ts';
import { tokenOptions } from './token-options.ts';

/** What makes it known as one of ours, for people and for tools that look for secrets in the wrong places. */
const prefix = 'kubejobs_';
/** 256: nobody finds one by trying, so a fast hash of it can be kept. */
const randomBits = 256;

/** Throws a ConfigurationError for a missing or wrong option. */
export function token(flags: Readonly<Record<string, string | boolean | undefined>>): void {
  const { name, role, expires } = parseConfiguration(tokenOptions, flags, {});
  if (name === undefined || role === undefined) {
    const missing = name === undefined ? 'name' : 'role';
    throw new ConfigurationError(`--${missing} is missing; allowed is ${tokenOptions[missing].allowed}`);
  }
  const secret = prefix + randomBytes(randomBits / 8).toString('base64url');
  if (process.stderr.isTTY)
    process.stderr.write('# The entry for the tokens file; the token below is shown only now.\n');
  process.stderr.write(entryText(secret, name, role, expires));
  process.stdout.write(`${secret}\n`);
}

function entryText(secret: string, name: string, role: Role, expiresMs: number | undefined): string {
  const sha256 = createHash('sha256').update(secret).digest('hex');
  const entry = { name, role, sha256, ...(expiresMs !== undefined && { expires_at: timeAfter(expiresMs) }) };
  return stringify([entry]);
}

function timeAfter(ms: number): string {
  return new Date(Date.now() + ms).toISOString().replace(/\.\d+Z$/, 'Z');
}
