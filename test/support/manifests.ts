// What is made for deploy/: the rights that the chart gives, from deploy/rbac; the schema of its `options`, from the table
// of the options of serve; and deploy/install.yaml, from the chart. Only the last one needs helm.
import { parse, parseAllDocuments, stringify } from 'yaml';
import { type OptionDefinition, serveOptions } from '../../internal/platform/configuration.ts';
import { renderChart } from './helm.ts';
import { readRepositoryFile, repositoryFiles } from './repository.ts';

export const rightsFile = 'deploy/helm/kubejobs/files/rights.yaml';
export const valuesSchemaFile = 'deploy/helm/kubejobs/values.schema.json';
export const installFile = 'deploy/install.yaml';

export interface Rule {
  apiGroups: string[];
  resources: string[];
  resourceNames?: string[];
  verbs: string[];
}

/** By the name of the file, without those that say the same for the whole cluster. */
export function rightsOfFiles(): Record<string, Rule[]> {
  const names = repositoryFiles('deploy/rbac/*.yaml').map((path) => path.replace(/^.*\/|\.yaml$/g, ''));
  const entries = names
    .filter((name) => name !== 'cluster' && !name.endsWith('-cluster'))
    .map((name) => [name, rulesIn(`deploy/rbac/${name}.yaml`)] as const);
  return Object.fromEntries(entries.filter(([, rules]) => rules.length > 0));
}

export function rulesIn(path: string): Rule[] {
  const documents = parseAllDocuments(readRepositoryFile(path)).map((one) => one.toJS() as { rules?: Rule[] });
  return documents.flatMap(({ rules = [] }) => rules);
}

export function rightsText(): string {
  const head = '# Made from deploy/rbac by `make manifests`: the rules of each file there, by its name.\n';
  return head + stringify(rightsOfFiles());
}

/** Those for which the chart has values of its own, or whose value only it can know. */
const ofTheChart = [
  ...['port', 'host', 'auth', 'store', 'kubeconfig', 'context', 'namespace', 'namespaces', 'pod-security', 'policy'],
  ...['controllers', 'results-ttl', 'job-template', 'max-concurrency', 'webhooks', 'webhook-secret-file'],
];

/** values.schema.json with the options that there are now. */
export function valuesSchemaText(): string {
  const schema = JSON.parse(readRepositoryFile(valuesSchemaFile)) as {
    properties: { options: { properties: object } };
  };
  const own = Object.entries<OptionDefinition<unknown>>(serveOptions).filter(([name]) => !ofTheChart.includes(name));
  schema.properties.options.properties = Object.fromEntries(own.map(([name, option]) => [name, schemaOf(option)]));
  return `${JSON.stringify(schema, null, 2)}\n`;
}

function schemaOf({ placeholder, allowed, help }: OptionDefinition<unknown>): object {
  if (placeholder === undefined) return { type: 'boolean', description: help };
  const [, minimum, maximum] = /^an integer from (-?\d+) to (\d+)/.exec(allowed) ?? [];
  if (minimum === undefined) return { type: 'string', minLength: 1, description: `${help}: ${allowed}` };
  return { type: 'integer', minimum: Number(minimum), maximum: Number(maximum), description: help };
}

const installHead = `# kubejobs on a cluster without helm: everything that the chart in deploy/helm/kubejobs makes by default, made from it by
# \`make manifests\`. What it does not have is the Secret kubejobs-tokens, for no two clusters may have the same; its pod waits
# for it. \`make deploy IMG=…\` does all that is needed, and docs/install.md says how to do it by hand.
apiVersion: v1
kind: Namespace
metadata:
  name: kubejobs
  labels:
    app.kubernetes.io/name: kubejobs
    pod-security.kubernetes.io/enforce: restricted
`;

/** A token that everybody can read in a file is none: the Secret has to be made on the spot. */
export async function installText(): Promise<string> {
  const rendered = await renderChart({ auth: { existingSecret: 'kubejobs-tokens' } });
  const plain = rendered
    .replace(/^# Source: .*\n/gm, '')
    .replace(/^ +helm\.sh\/.*\n/gm, '')
    .replace(/^ +annotations:\n(?! {4}\S)/gm, '')
    .replaceAll('app.kubernetes.io/managed-by: Helm', 'app.kubernetes.io/managed-by: kubectl');
  const documents = plain.split(/^---\n/m).filter((text) => parse(text) !== null);
  return [installHead, ...documents.map((text) => `${text.trim()}\n`)].join('---\n');
}
