// Options in one table: flag, environment variable, default, what is allowed, and how a text becomes a value.
// The command line, `--help`, the README and the docs test all read this table; nothing else reads the environment.
import { isServiceLink } from './environment.ts';

export interface OptionDefinition<T> {
  /** What stands behind the flag in the help; absent for a switch. */
  placeholder?: string;
  /** As it would be typed. An option without one is undefined when nobody gave it: given and defaulted differ. */
  default?: string;
  help: string;
  /** What is allowed, for the error. */
  allowed: string;
  /** The text may be a secret in the wrong place: an error does not repeat it. */
  secret?: true;
  /** The value, or undefined when the text is not allowed. */
  parse(text: string): T | undefined;
}

export class ConfigurationError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'ConfigurationError';
  }
}

const unitMs: Record<string, number> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Milliseconds of `500ms`, `2s`, `1m`, `1h30m`, `7d`; undefined for anything else. */
export function parseDuration(text: string): number | undefined {
  if (!/^(\d+(\.\d+)?(ms|s|m|h|d))+$/.test(text)) return undefined;
  let total = 0;
  for (const [, amount, , unit] of text.matchAll(/(\d+(\.\d+)?)(ms|s|m|h|d)/g)) {
    total += Number(amount) * (unitMs[unit as string] as number);
  }
  return total;
}

/** Reads a whole number in this range; undefined for any other text. */
export function integer(minimum: number, maximum: number): (text: string) => number | undefined {
  return (text) => {
    if (!/^-?\d{1,9}$/.test(text)) return undefined;
    const value = Number(text);
    return value >= minimum && value <= maximum ? value : undefined;
  };
}

function size(minimum: number, maximum: number): (text: string) => number | undefined {
  return (text) => {
    const [, amount, unit = ''] = /^(\d{1,9})(KiB|MiB)?$/.exec(text) ?? [];
    if (amount === undefined) return undefined;
    const bytes = Number(amount) * ({ KiB: 1_024, MiB: 1_048_576 }[unit] ?? 1);
    return bytes >= minimum && bytes <= maximum ? bytes : undefined;
  };
}

const text = (value: string): string | undefined => (value === '' ? undefined : value);

/** Entries of an allow-list: a name, `*.suffix` or an IP address, each with an optional port. */
function hosts(value: string): string[] | undefined {
  const entries = value.split(',').map((entry) => entry.trim().toLowerCase());
  const known = /^((\*\.)?[a-z0-9]([-a-z0-9.]*[a-z0-9])?(:\d{1,5})?|\[[0-9a-f:.]+\](:\d{1,5})?)$/;
  return entries.every((entry) => known.test(entry)) ? entries : undefined;
}

/** Those that can be switched on. */
export const controllerNames = ['health', 'podgroup', 'results', 'jobset'] as const;
export type ControllerName = (typeof controllerNames)[number];

/** Names of controllers, each once; `none` is none. */
function controllers(value: string): ControllerName[] | undefined {
  if (value === 'none') return [];
  const names = [...new Set(value.split(',').map((name) => name.trim()))];
  const known = names.map((name) => controllerNames.find((each) => each === name));
  return known.every((name) => name !== undefined) ? known : undefined;
}

/** `optional prefix / name`, as Kubernetes has it; the queue's own labels are not for this. */
function labelName(value: string): string | undefined {
  const [, prefix, name = ''] = /^(?:([^/]*)\/)?([^/]*)$/.exec(value) ?? [];
  const isPrefix = prefix === undefined || (prefix.length <= 253 && /^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/.test(prefix));
  if (!isPrefix || prefix?.includes('..') || !/^[A-Za-z0-9]([-\w.]{0,61}[A-Za-z0-9])?$/.test(name)) return undefined;
  return prefix === 'kubejobs.io' ? undefined : value;
}

const labelNameAllowed =
  'the name of a label: an optional DNS subdomain and "/", then 1 to 63 letters, digits, "-", "_" and "."; none of kubejobs.io/';

const flag = (value: string): boolean | undefined => ({ true: true, '1': true, false: false, '0': false })[value];
const atLeast = (least: number, value: number | undefined): number | undefined =>
  value !== undefined && value >= least ? value : undefined;
const duration = 'a duration such as 500ms, 10s, 5m or 1h';

export const serveOptions = {
  port: {
    placeholder: 'NUMBER',
    default: '8000',
    help: 'port to listen on; 0 picks a free one',
    allowed: 'an integer from 0 to 65535',
    parse: integer(0, 65_535),
  },
  host: {
    placeholder: 'ADDRESS',
    default: '127.0.0.1',
    help: 'address to listen on',
    allowed: 'an IP address or a host name',
    parse: text,
  },
  auth: {
    placeholder: 'AUTH',
    help: 'who may call: tokens:FILE (bearer tokens) or none (everyone; the default on a loopback host, refused on others unless given)',
    allowed: 'none or tokens:FILE',
    secret: true,
    parse: (value: string) => (value === 'none' || /^tokens:./.test(value) ? value : undefined),
  },
  'max-connections': {
    placeholder: 'NUMBER',
    default: '10000',
    help: 'how many clients may be connected at once; one more closes the connection that has been idle longest',
    allowed: 'an integer from 10 to 1000000',
    parse: integer(10, 1_000_000),
  },
  'max-concurrency': {
    placeholder: 'NUMBER',
    help: 'how many jobs may run at once (default 2, or what was set while the queue ran; given, it replaces that)',
    allowed: 'an integer from 1 to 100000',
    parse: integer(1, 100_000),
  },
  store: {
    placeholder: 'STORE',
    help: 'where jobs are kept: sqlite:PATH (default sqlite:kubejobs.db) or memory (default in a dry run)',
    allowed: 'sqlite:PATH or memory',
    parse: (value: string) => (value === 'memory' || /^sqlite:./.test(value) ? value : undefined),
  },
  kubeconfig: {
    placeholder: 'FILE',
    help: 'kubeconfig file (default $KUBECONFIG, then ~/.kube/config, then the in-cluster account)',
    allowed: 'the path of a kubeconfig file',
    parse: text,
  },
  context: {
    placeholder: 'NAME',
    help: 'context of the kubeconfig (default its current one)',
    allowed: 'the name of a context in the kubeconfig',
    parse: text,
  },
  namespace: {
    placeholder: 'NAME',
    help: 'namespace for jobs that name none (default that of the context, else default)',
    allowed: 'a DNS label: lower-case letters, digits and hyphens, at most 63 characters',
    parse: (value: string) => (/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/.test(value) ? value : undefined),
  },
  namespaces: {
    placeholder: 'NAMES',
    help: 'namespaces that jobs may name beside the server’s own, with commas; * is any',
    allowed: 'names of namespaces with commas between them, or *',
    parse: (value: string) => (/^(\*|[-a-z0-9]{1,63}(,[-a-z0-9]{1,63})*)$/.test(value) ? value.split(',') : undefined),
  },
  'pod-security': {
    placeholder: 'LEVEL',
    help: 'level of the Pod Security Standards that jobs must keep to: baseline (the default), restricted or privileged',
    allowed: 'baseline, restricted or privileged',
    parse: (value: string) => (['baseline', 'restricted', 'privileged'] as const).find((level) => level === value),
  },
  policy: {
    placeholder: 'FILE',
    help: 'policy file: what jobs may ask for, these two options and more',
    allowed: 'the path of a policy file (YAML or JSON)',
    parse: text,
  },
  'dry-run': {
    help: 'use a simulated cluster instead of Kubernetes',
    default: 'false',
    allowed: 'true or false',
    parse: flag,
  },
  'dry-run-duration': {
    placeholder: 'DURATION',
    default: '10s',
    help: 'how long each job takes in a dry run',
    allowed: duration,
    parse: parseDuration,
  },
  controllers: {
    placeholder: 'NAMES',
    help: 'what to do beside the queue, separated by commas: health follows the health of workloads, everyone’s; podgroup labels groups of pods that are all running; results saves those of finished Jobs that ask for it; jobset runs JobSets where the CRD is that of kubejobs install crds (default all of these, in a dry run none)',
    allowed: `none, or some of ${controllerNames.join(', ')}`,
    parse: controllers,
  },
  'podgroup-name-label': {
    placeholder: 'LABEL',
    default: 'podgroup.jhwagner.github.io/name',
    help: 'label whose value is the name of a pod’s group',
    allowed: labelNameAllowed,
    parse: labelName,
  },
  'podgroup-ready-label': {
    placeholder: 'LABEL',
    default: 'podgroup.jhwagner.github.io/ready',
    help: 'label that all pods of a group get, with the value true, when all of them are running',
    allowed: labelNameAllowed,
    parse: labelName,
  },
  'gang-deadlock-after': {
    placeholder: 'DURATION',
    default: '60s',
    help: 'how long groups of pods must have held some nodes and waited for more to be called deadlocked',
    allowed: 'a duration from 1s, such as 10s, 5m or 1h',
    parse: (value: string) => atLeast(1_000, parseDuration(value)),
  },
  'gang-deadlock-resolve': {
    help: 'in a deadlock send the job of the lowest priority among them back to the queue',
    default: 'false',
    allowed: 'true or false',
    parse: flag,
  },
  'results-logs': {
    placeholder: 'WHAT',
    default: 'full',
    help: 'what a saved result holds: full (with the logs) or status (without their lines)',
    allowed: 'full or status',
    parse: (value: string) => (['full', 'status'] as const).find((what) => what === value),
  },
  'results-max-bytes': {
    placeholder: 'SIZE',
    default: '8MiB',
    help: 'how much of the logs of one Job is saved at most, their head and their tail',
    allowed: 'a size from 1KiB to 64MiB, such as 512KiB or 8MiB',
    parse: size(1_024, 67_108_864),
  },
  'results-ttl': {
    placeholder: 'DURATION',
    default: 'never',
    help: 'how long after the end of its Job a saved result is deleted; never keeps it',
    allowed: 'a duration such as 12h or 30d, or never',
    parse: (value: string) => (value === 'never' ? value : parseDuration(value)),
  },
  'settle-ms': {
    placeholder: 'NUMBER',
    default: '100',
    help: 'how long an idle queue waits before it dispatches, so that a burst is ordered by priority',
    allowed: 'an integer from 0 to 60000 (milliseconds)',
    parse: integer(0, 60_000),
  },
  'job-template': {
    placeholder: 'FILE',
    help: 'batch/v1 Job or JobSpec (YAML or JSON) for jobs that name no image (default: busybox prints the name)',
    allowed: 'the path of a YAML or JSON file with a batch/v1 Job or JobSpec',
    parse: text,
  },
  'job-ttl': {
    placeholder: 'DURATION',
    default: '1h',
    help: 'how long a finished Kubernetes Job is kept before it is deleted',
    allowed: duration,
    parse: parseDuration,
  },
  'keep-finished': {
    placeholder: 'DURATION',
    default: '30d',
    help: 'how long finished jobs are kept with their history; forever never deletes one',
    allowed: 'a duration such as 12h or 30d, or forever',
    parse: (value: string) => (value === 'forever' ? value : parseDuration(value)),
  },
  webhooks: {
    placeholder: 'HOSTS',
    help: 'hosts that jobs may have called when they finish, separated by commas: names, or *.suffix for all below, each with an optional port (default: no webhooks)',
    allowed: 'hosts such as hooks.example,*.ci.example:8443',
    parse: hosts,
  },
  'webhook-secret-file': {
    placeholder: 'FILE',
    help: 'file with the secret that webhooks are signed with; needed with --webhooks',
    allowed: 'the path of a file with at least 16 characters',
    parse: text,
  },
  'dispatch-concurrency': {
    placeholder: 'NUMBER',
    default: '32',
    help: 'how many calls to the API server may be under way at once',
    allowed: 'an integer from 1 to 256',
    parse: integer(1, 256),
  },
  'otlp-endpoint': {
    placeholder: 'URL',
    help: 'where traces go by OTLP over HTTP, such as http://127.0.0.1:4318; none for nowhere (default $OTEL_EXPORTER_OTLP_ENDPOINT, else nowhere)',
    allowed: 'an http or https URL, or none',
    secret: true,
    parse: (value: string) =>
      value === 'none' || (/^https?:\/\//.test(value) && URL.canParse(value)) ? value : undefined,
  },
  'log-level': {
    placeholder: 'LEVEL',
    default: 'info',
    help: 'what to log: debug, info, warn, error or silent',
    allowed: 'debug, info, warn, error or silent',
    parse: (value: string) => (['debug', 'info', 'warn', 'error', 'silent'].includes(value) ? value : undefined),
  },
} as const satisfies Record<string, OptionDefinition<unknown>>;

export type OptionTable = Record<string, OptionDefinition<unknown>>;
type Camel<S extends string> = S extends `${infer Head}-${infer Tail}` ? `${Head}${Capitalize<Camel<Tail>>}` : S;
type ValueOf<D> = D extends { parse(text: string): infer V } ? Exclude<V, undefined> : never;

/** The parsed values: always there when the option has a default, else perhaps undefined. */
export type Configuration<T extends OptionTable> = Readonly<{
  [K in keyof T as Camel<K & string>]: T[K] extends { default: string } ? ValueOf<T[K]> : ValueOf<T[K]> | undefined;
}>;

export function environmentName(option: string): string {
  return `KUBEJOBS_${option.replaceAll('-', '_').toUpperCase()}`;
}

export function camelCase(option: string): string {
  return option.replace(/-([a-z])/g, (_match, letter: string) => letter.toUpperCase());
}

/**
 * Flags win over environment variables, those over defaults. `flags` holds texts by option name (a switch is `true`).
 * Throws a ConfigurationError that names the flag or variable and what is allowed.
 */
export function parseConfiguration<T extends OptionTable>(
  table: T,
  flags: Readonly<Record<string, string | boolean | undefined>>,
  environment: Readonly<Record<string, string | undefined>>,
): Configuration<T> {
  const values: Record<string, unknown> = {};
  for (const [option, definition] of Object.entries(table)) {
    values[camelCase(option)] = parseOption(option, definition, flags[camelCase(option)], environment);
  }
  return Object.freeze(values) as Configuration<T>;
}

function parseOption(
  option: string,
  definition: OptionDefinition<unknown>,
  given: string | boolean | undefined,
  environment: Readonly<Record<string, string | undefined>>,
): unknown {
  const variable = environmentName(option);
  const source = given === undefined ? variable : `--${option}`;
  const raw = given ?? ofEnvironment(variable, environment[variable]) ?? definition.default;
  if (raw === undefined) return undefined;
  const value = definition.parse(String(raw));
  if (value !== undefined) return value;
  const what = definition.secret ? 'has a value that is not allowed' : `is ${JSON.stringify(raw)}`;
  throw new ConfigurationError(`${source} ${what}; allowed is ${definition.allowed}`);
}

/** Without what Kubernetes sets for a Service that is called kubejobs. */
function ofEnvironment(name: string, value: string | undefined): string | undefined {
  return isServiceLink(name, value) ? undefined : value;
}
