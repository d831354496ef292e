// Kubeconfig files for tests, in which only what matters is said.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface KubeconfigParts {
  server: string;
  cluster?: Record<string, unknown>;
  user?: Record<string, unknown>;
  namespace?: string;
}

/** One cluster, one user and one context, all called `test`; JSON is YAML. */
export function kubeconfigText({ server, cluster = {}, user = {}, namespace }: KubeconfigParts): string {
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'test', cluster: { server, ...cluster } }],
    users: [{ name: 'test', user }],
    contexts: [{ name: 'test', context: { cluster: 'test', user: 'test', ...(namespace ? { namespace } : {}) } }],
    'current-context': 'test',
  });
}

export function writeKubeconfig(folder: string, parts: KubeconfigParts, name = 'config'): string {
  const file = join(folder, name);
  writeFileSync(file, kubeconfigText(parts));
  return file;
}
