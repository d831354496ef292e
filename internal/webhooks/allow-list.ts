// Which URLs may be called: those on a host that the operator named. Pure.
//
// An entry is a host as it stands in a URL, or `*.suffix` for every name below the suffix (not the suffix itself), with an
// optional port; without one, only the scheme's own port is meant. https is wanted unless the host is loopback.
import { isIP } from 'node:net';
import { isLoopbackAddress } from '../platform/loopback.ts';

/** How the host of a URL was found on the list; an entry with `*` says less about where it leads. */
export type Found = { ok: true; exact: boolean } | { ok: false; detail: string };

const longestUrl = 2_048;
const defaultPorts: Record<string, string> = { 'https:': '443', 'http:': '80' };

/** `detail` completes "the field …". */
export function judgeUrl(text: string, allowed: readonly string[]): Found {
  const url = text.length <= longestUrl && URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !(url.protocol in defaultPorts)) return no('must be a URL such as "https://hooks.example/finished"');
  if (url.username !== '' || url.password !== '') return no('must not have a user or a password in it');
  if (url.protocol === 'http:' && !isLoopbackHost(hostNameOf(url))) {
    return no('must begin with https:// (http:// is for loopback hosts only)');
  }
  const entry = bestEntry(url, allowed);
  if (entry === undefined) return no(`has a host or a port that is not on the list of the server (--webhooks)`);
  return { ok: true, exact: !entry.startsWith('*.') };
}

/** Without the brackets that a URL has around an IPv6 address. */
export function hostNameOf({ hostname }: URL): string {
  return hostname.replace(/^\[|\]$/g, '');
}

export function isLoopbackHost(name: string): boolean {
  return name === 'localhost' || (isIP(name) !== 0 && isLoopbackAddress(name));
}

function no(detail: string): Found {
  return { ok: false, detail };
}

/** An exact one before one with `*`. */
function bestEntry(url: URL, allowed: readonly string[]): string | undefined {
  const fitting = allowed.filter((entry) => fits(url, entry.toLowerCase()));
  return fitting.find((entry) => !entry.startsWith('*.')) ?? fitting[0];
}

function fits(url: URL, entry: string): boolean {
  const [, host = '', port] = /^(.*?)(?::(\d+))?$/.exec(bracketed(entry)) ?? [];
  const ports = [url.port, defaultPorts[url.protocol]].find((each) => each !== '');
  if (ports !== (port ?? defaultPorts[url.protocol])) return false;
  if (!host.startsWith('*.')) return url.hostname === host;
  return url.hostname.endsWith(host.slice(1)) && url.hostname.length > host.length - 1;
}

/** An IPv6 address without a port, as people write it. */
function bracketed(entry: string): string {
  return isIP(entry) === 6 ? `[${entry}]` : entry;
}
