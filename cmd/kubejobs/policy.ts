// The policy in force: what the file of --policy says, with the flags --pod-security and --namespaces on top, and the
// server's own namespace always allowed. A file that cannot be used stops the start with every mistake in it.
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { type Configuration, ConfigurationError, type serveOptions } from '../../internal/platform/configuration.ts';
import {
  checkPodTemplates,
  defaultPolicy,
  type Policy,
  type PolicyDocument,
  podTemplatesOf,
  policyFromDocument,
  readNamespaces,
} from '../../pkg/kubernetes/policy/index.ts';
import type { Attempt, JobTemplate } from '../../pkg/models/index.ts';

type Settings = Pick<Configuration<typeof serveOptions>, 'policy' | 'podSecurity' | 'namespaces'>;

/** What the options and the file say together; the namespaces are still without the server's own. */
export function readPolicy(settings: Settings): PolicyDocument {
  const document = settings.policy === undefined ? undefined : readPolicyFile(settings.policy);
  const namespaces = settings.namespaces === undefined ? undefined : namespacesOf(settings.namespaces);
  return {
    ...(document ?? policyOf({})),
    ...(settings.podSecurity && { podSecurity: settings.podSecurity }),
    ...(namespaces && { namespaces }),
  };
}

function policyOf(document: unknown, file = ''): PolicyDocument {
  const result = policyFromDocument(document);
  if (result.ok) return result.policy;
  throw new ConfigurationError(`--policy ${file} cannot be used: ${result.problems.join('; ')}`);
}

function readPolicyFile(file: string): PolicyDocument {
  let document: unknown;
  try {
    document = parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new ConfigurationError(`--policy ${file} cannot be used: ${firstLine((error as Error).message)}`);
  }
  return policyOf(document, file);
}

/** Of what the YAML parser says; the others show the place in the text. */
export function firstLine(message: string): string {
  return message.split('\n', 1)[0]?.replace(/:$/, '') ?? '';
}

function namespacesOf(names: readonly string[]): Policy['namespaces'] {
  const namespaces = readNamespaces(names);
  if (namespaces !== undefined) return namespaces;
  throw new ConfigurationError(`--namespaces has a name that is no namespace’s: ${names.join(',')}`);
}

/** The policy for a server whose jobs go to `ownNamespace` when they name none. */
export function effectivePolicy(document: PolicyDocument, ownNamespace: string): Policy {
  const { namespaces = [] } = document;
  const allowed = namespaces === 'any' ? namespaces : [...new Set([ownNamespace, ...namespaces])];
  return { ...defaultPolicy(ownNamespace), ...document, namespaces: allowed };
}

/** Where to watch: everywhere, or where jobs may go and where some still run that were allowed there once. */
export function watchedNamespaces({ namespaces }: Policy, running: ReadonlyArray<{ attempt: Attempt }>): string[] {
  if (namespaces === 'any') return [];
  return [...new Set([...namespaces, ...running.map(({ attempt }) => attempt.workload.namespace)])];
}

/** An operator who forbids what the own template does has made a mistake; the built-in one is only refused on use. */
export function checkOwnTemplate(file: string | undefined, template: JobTemplate, policy: Policy): void {
  if (file === undefined) return;
  const [first, ...more] = checkPodTemplates(podTemplatesOf({ kind: 'Job', spec: template }) ?? [], policy);
  if (first === undefined) return;
  const others = more.length > 0 ? ` (and ${more.length} more)` : '';
  const where = first.pointer.slice('/spec'.length);
  throw new ConfigurationError(
    `--job-template ${file} cannot be used, the policy refuses it: ${where} ${first.detail}${others}`,
  );
}
