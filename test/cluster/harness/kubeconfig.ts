/**
 * The files that let clients in: a kubeconfig, a token for the administrator, a key for service accounts' tokens; and the
 * one that says whose requests are written down.
 */
import { generateKeyPairSync } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import type { ApiAccess } from './api-request.ts';
import { auditPolicyFile, certificateFolder, serviceAccountKey, tokenFile } from './control-plane-flags.ts';

const secret = { mode: 0o600 };

export function writeCredentials(folder: string, token: string): void {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  mkdirSync(certificateFolder(folder));
  writeFileSync(serviceAccountKey(folder), privateKey.export({ type: 'pkcs1', format: 'pem' }), secret);
  writeFileSync(tokenFile(folder), `${token},admin,admin,system:masters\n`, secret);
  writeFileSync(auditPolicyFile(folder), JSON.stringify(auditPolicy));
}

/** Of service accounts, who are programs under test, each request once; of the administrator nothing. */
const auditPolicy = {
  apiVersion: 'audit.k8s.io/v1',
  kind: 'Policy',
  omitStages: ['RequestReceived'],
  rules: [{ level: 'Metadata', userGroups: ['system:serviceaccounts'] }, { level: 'None' }],
};

/** JSON is YAML: every client reads it. */
export function writeKubeconfig(file: string, access: ApiAccess): void {
  const cluster = { server: access.server, 'certificate-authority': access.caPath };
  const name = 'kubejobs-test';
  const document = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name, cluster }],
    users: [{ name, user: { token: access.token } }],
    contexts: [{ name, context: { cluster: name, user: name, namespace: 'default' } }],
    'current-context': name,
  };
  writeFileSync(file, `${JSON.stringify(document, null, 2)}\n`, secret);
}
