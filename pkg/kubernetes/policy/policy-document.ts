// The policy file: from a parsed YAML or JSON document to what it says, or to all that is wrong with it. The table below
// is the format: docs/policy.md explains the same fields, and a test holds the two together.
// Nothing is guessed: an unknown field or a value that is not allowed is a problem with its path and what is allowed.
import { beginsWithHost, fullImageName } from './images.ts';
import { type Allowances, type AllowedHostPath, nothingMore, type Policy, podSecurityLevels } from './policy.ts';
import { pathParts } from './rules/volumes.ts';

/** What a file says; what it leaves out is for the options and the defaults. */
export interface PolicyDocument {
  podSecurity?: Policy['podSecurity'];
  namespaces?: Policy['namespaces'];
  imagePrefixes?: readonly string[];
  allow: Allowances;
}

export type PolicyDocumentResult = { ok: true; policy: PolicyDocument } | { ok: false; problems: string[] };

interface Field {
  /** Completes "must be …". */
  allowed: string;
  /** The value, or undefined when it is not allowed. */
  read(value: unknown): unknown;
}

type Table = Record<string, Field & { to: string }>;

const isText = (value: unknown): value is string => typeof value === 'string';
const dnsLabel = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;
const dnsSubdomain = /^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/;
const anyWord = '*';

const flag: Field = { allowed: 'true or false', read: (value) => (typeof value === 'boolean' ? value : undefined) };

function listOf(fits: (item: string) => boolean, allowed: string): Field {
  const read = (value: unknown): unknown =>
    Array.isArray(value) && value.every((item) => isText(item) && fits(item)) ? value : undefined;
  return { allowed: `a list of ${allowed}`, read };
}

const names = 'namespace names (lower-case letters, digits and hyphens)';

/** A list of names, or `any` for the one word `*`. */
export function readNamespaces(value: unknown): Policy['namespaces'] | undefined {
  if (!Array.isArray(value) || value.length === 0) return undefined;
  if (value.length === 1 && value[0] === anyWord) return 'any';
  return value.every((item) => isText(item) && dnsLabel.test(item)) ? value : undefined;
}

export const policyFields: Table = {
  pod_security: {
    to: 'podSecurity',
    allowed: `one of ${podSecurityLevels.join(', ')}`,
    read: (value) => podSecurityLevels.find((level) => level === value),
  },
  namespaces: { to: 'namespaces', allowed: `a list of ${names}, or ["*"] for any`, read: readNamespaces },
  image_prefixes: {
    to: 'imagePrefixes',
    ...listOf(isImagePrefix, 'prefixes that begin with a registry’s host, such as registry.example/team/'),
  },
  allow: { to: 'allow', allowed: 'a mapping', read: (value) => value ?? {} },
};

export const allowanceFields: Table = {
  service_accounts: {
    to: 'serviceAccounts',
    ...listOf((name) => name === anyWord || dnsSubdomain.test(name), 'names of service accounts, or ["*"] for any'),
  },
  host_paths: {
    to: 'hostPaths',
    allowed: 'a list of mappings with path (absolute, without ..) and read_only (true unless said otherwise)',
    read: (value) => (Array.isArray(value) ? allOrNothing(value.map(hostPath)) : undefined),
  },
  capabilities: {
    to: 'capabilities',
    ...listOf((name) => /^(?!CAP_)[A-Z][A-Z0-9_]*$/.test(name), 'capabilities without CAP_, such as SYS_PTRACE'),
  },
  sysctls: {
    to: 'sysctls',
    ...listOf((name) => /^[a-z0-9][-a-z0-9_./]*$/.test(name), 'sysctls, such as net.core.somaxconn'),
  },
  host_network: { to: 'hostNetwork', ...flag },
  host_pid: { to: 'hostPid', ...flag },
  host_ipc: { to: 'hostIpc', ...flag },
  host_ports: { to: 'hostPorts', ...flag },
  node_name: { to: 'nodeName', ...flag },
};

/** An empty document is a policy that says nothing. */
export function policyFromDocument(document: unknown): PolicyDocumentResult {
  const whole = readFields(policyFields, document ?? {}, '');
  const { allow: allowed, ...said } = whole.values as { allow?: unknown };
  const allow = readFields(allowanceFields, allowed ?? {}, 'allow');
  const problems = [...whole.problems, ...allow.problems];
  if (problems.length > 0) return { ok: false, problems };
  return { ok: true, policy: { ...said, allow: { ...nothingMore, ...allow.values } } };
}

/** The file that says all of this: what `policyFromDocument` would read it from. */
export function policyDocumentOf({ allow, ...policy }: PolicyDocument): Record<string, unknown> {
  const namespaces = policy.namespaces === 'any' ? [anyWord] : policy.namespaces;
  const hostPaths = allow.hostPaths.map(({ path, readOnly }) => ({ path, read_only: readOnly }));
  return {
    ...writeFields(policyFields, { ...policy, namespaces }),
    allow: writeFields(allowanceFields, { ...allow, hostPaths }),
  };
}

function writeFields(table: Table, values: Record<string, unknown>): Record<string, unknown> {
  const entries = Object.entries(table).map(([name, { to }]) => [name, values[to]] as const);
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
}

function readFields(table: Table, document: unknown, path: string) {
  const values: Record<string, unknown> = {};
  if (!isMapping(document)) return { values, problems: [`${path || 'the policy'} must be a mapping`] };
  const problems: string[] = [];
  for (const [name, value] of Object.entries(document)) {
    const where = path === '' ? name : `${path}.${name}`;
    const field = Object.hasOwn(table, name) ? table[name] : undefined;
    const read = field?.read(value);
    if (field === undefined) problems.push(`${where} is not a field that is known here; allowed: ${known(table)}`);
    else if (read === undefined || read === null) problems.push(`${where} must be ${field.allowed}`);
    else values[field.to] = read;
  }
  return { values, problems };
}

function known(table: Table): string {
  return Object.keys(table).join(', ');
}

function hostPath(value: unknown): AllowedHostPath | undefined {
  if (!isMapping(value)) return undefined;
  const { path, read_only: readOnly = true, ...unknown } = value;
  if (!isText(path) || pathParts(path) === undefined) return undefined;
  if (typeof readOnly !== 'boolean' || Object.keys(unknown).length > 0) return undefined;
  return { path, readOnly };
}

function allOrNothing<T>(values: Array<T | undefined>): T[] | undefined {
  const all = values.filter((value) => value !== undefined);
  return all.length === values.length ? all : undefined;
}

/** Written as whole image names begin, so that it means the same to who reads it and to who compares it. */
function isImagePrefix(prefix: string): boolean {
  return beginsWithHost(prefix) && /^[A-Za-z0-9][-A-Za-z0-9._:/@]*$/.test(prefix) && isWhole(prefix);
}

function isWhole(prefix: string): boolean {
  return !prefix.includes('/') || prefix.endsWith('/') || fullImageName(prefix) === prefix;
}

function isMapping(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
