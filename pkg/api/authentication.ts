// Who is calling: the token out of a request's header, and the interface of whoever knows the tokens.
// The header is the only place where a token is looked for (RFC 6750, section 2.1): never the URL, which ends in logs and
// histories, never a cookie, so that there is nothing to forge from another site.
import type { Role } from '../models/index.ts';

export interface Caller {
  /** Of the token, not of a person: what the log may say. */
  name: string;
  role: Role;
}

export type Identification =
  | { known: true; caller: Caller }
  | { known: false; why: 'unknown' }
  | { known: false; why: 'expired'; name: string };

export interface Authenticator {
  /** Called for each request that needs a token: it must be quick, and no easier to guess for being asked often. */
  identify(token: string): Identification;
}

/** RFC 6750's b64token. */
const bearer = /^Bearer +([-A-Za-z0-9._~+/]+=*) *$/i;

/** The token of an `Authorization` header; undefined when there is none, or another scheme's. */
export function bearerToken(header: string | undefined): string | undefined {
  return header === undefined ? undefined : bearer.exec(header)?.[1];
}
