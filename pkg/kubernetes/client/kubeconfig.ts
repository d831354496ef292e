// Which cluster to speak to and as whom: --kubeconfig, $KUBECONFIG (a list, the first to name a thing wins, as in
// kubectl), ~/.kube/config, or the in-cluster account. Loading is by @kubernetes/client-node's KubeConfig; this module
// chooses the source and turns whatever is wrong into a KubeconfigError. It reads no credentials: see credentials.ts.
// https://kubernetes.io/docs/concepts/configuration/organize-cluster-access-kubeconfig/
import { existsSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import type * as ClientNode from '@kubernetes/client-node';
import { isEntry, KubeconfigError, readKubeconfigFile } from './kubeconfig-file.ts';

export interface KubeconfigSource {
  kubeconfig?: string;
  context?: string;
  /** Where KUBECONFIG, HOME and KUBERNETES_SERVICE_HOST are looked up. */
  environment: Record<string, string | undefined>;
}

export interface LoadedKubeconfig {
  /** Holds this one cluster and this one user. */
  config: ClientNode.KubeConfig;
  user: ClientNode.User;
  /** Without a trailing slash, user or password. */
  server: string;
  proxyUrl?: string;
  namespace: string;
  /** For messages: the file or files, or the service account. */
  source: string;
  /** Equal as long as what was loaded is equal. Holds secrets: for comparison only. */
  fingerprint: string;
}

export type KubeConfigClass = typeof ClientNode.KubeConfig;

const serviceAccount = '/var/run/secrets/kubernetes.io/serviceaccount';

/** Throws KubeconfigError. */
export function loadKubeconfig(KubeConfig: KubeConfigClass, source: KubeconfigSource): LoadedKubeconfig {
  const files = chooseFiles(source);
  const described = files.length > 0 ? files.join(delimiter) : 'the in-cluster service account';
  const config = new KubeConfig();
  if (files.length > 0) for (const file of files) mergeFile(KubeConfig, config, file);
  else config.loadFromCluster();
  return select(KubeConfig, config, described, source.context);
}

function chooseFiles({ kubeconfig, environment }: KubeconfigSource): string[] {
  if (kubeconfig) return [kubeconfig];
  const listed = (environment.KUBECONFIG ?? '').split(delimiter).filter(Boolean);
  if (listed.length > 0) {
    const present = listed.filter((file) => existsSync(file));
    return present.length > 0 ? present : listed.slice(0, 1);
  }
  const usual = environment.HOME ? join(environment.HOME, '.kube', 'config') : undefined;
  if (usual && existsSync(usual)) return [usual];
  if (environment.KUBERNETES_SERVICE_HOST && existsSync(join(serviceAccount, 'token'))) return [];
  throw new KubeconfigError(
    usual ?? '~/.kube/config',
    'there is no kubeconfig: none given, none in $KUBECONFIG, none here, and no in-cluster service account',
  );
}

function mergeFile(KubeConfig: KubeConfigClass, into: ClientNode.KubeConfig, file: string): void {
  const one = new KubeConfig();
  const text = readKubeconfigFile(file);
  try {
    one.loadFromString(text);
    one.makePathsAbsolute(dirname(file));
  } catch (error) {
    throw new KubeconfigError(file, `is not a valid kubeconfig: ${error instanceof Error ? error.message : 'unknown'}`);
  }
  into.clusters.push(...unseen(into.clusters, one.clusters));
  into.users.push(...unseen(into.users, one.users));
  into.contexts.push(...unseen(into.contexts, one.contexts));
  into.currentContext ??= one.currentContext;
}

function unseen<T extends { name: string }>(known: T[], more: T[]): T[] {
  return more.filter((entry) => !known.some(({ name }) => name === entry.name));
}

function select(
  KubeConfig: KubeConfigClass,
  all: ClientNode.KubeConfig,
  source: string,
  wanted: string | undefined,
): LoadedKubeconfig {
  const context = findContext(all, source, wanted);
  const cluster = all.getCluster(context.cluster);
  if (!cluster) throw new KubeconfigError(source, `context "${context.name}" names no known cluster`);
  const user = all.getUser(context.user) ?? (context.user ? undefined : { name: 'anonymous' });
  if (!user) throw new KubeconfigError(source, `context "${context.name}" names the unknown user "${context.user}"`);
  const { proxyUrl, ...direct } = cluster;
  const server = serverUrl(source, cluster);
  const config = new KubeConfig();
  // The library's loader refuses plain http unless TLS verification is off, where it means nothing.
  const skipTLSVerify = direct.skipTLSVerify || server.startsWith('http:');
  config.loadFromClusterAndUser({ ...direct, skipTLSVerify }, withClusterInformation(user, cluster));
  const namespace = context.namespace?.trim() || 'default';
  const loaded = { config, user, server, namespace, source, fingerprint: JSON.stringify([cluster, user]) };
  return proxyUrl ? { ...loaded, proxyUrl: checkedProxy(source, proxyUrl) } : loaded;
}

function findContext(all: ClientNode.KubeConfig, source: string, wanted: string | undefined): ClientNode.Context {
  const name = wanted ?? all.currentContext;
  const known = all.contexts.map((context) => context.name).join(', ') || 'none';
  if (!name) throw new KubeconfigError(source, `has no current-context; contexts: ${known}`);
  const context = all.contexts.find((candidate) => candidate.name === name);
  if (!context) throw new KubeconfigError(source, `has no context "${name}"; contexts: ${known}`);
  return context;
}

function serverUrl(source: string, cluster: ClientNode.Cluster): string {
  const url = URL.canParse(cluster.server) ? new URL(cluster.server) : undefined;
  if (url?.protocol !== 'https:' && url?.protocol !== 'http:') {
    throw new KubeconfigError(source, `the server of cluster "${cluster.name}" is not an http or https URL`);
  }
  return `${url.origin}${url.pathname}`.replace(/\/+$/, '');
}

function checkedProxy(source: string, proxyUrl: string): string {
  if (URL.canParse(proxyUrl) && /^https?:$/.test(new URL(proxyUrl).protocol)) return proxyUrl;
  throw new KubeconfigError(source, 'proxy-url must be an http or https URL');
}

/** KUBERNETES_EXEC_INFO, which some plug-ins refuse to run without (client.authentication.k8s.io, ExecCredential). */
function withClusterInformation(user: ClientNode.User, cluster: ClientNode.Cluster): ClientNode.User {
  const exec: unknown = user.exec;
  if (!isEntry(exec)) return user;
  const apiVersion = exec.apiVersion ?? 'client.authentication.k8s.io/v1';
  const about = {
    server: cluster.server,
    'certificate-authority-data': exec.provideClusterInfo ? cluster.caData : undefined,
  };
  const info = { apiVersion, kind: 'ExecCredential', spec: { cluster: about, interactive: false } };
  const env = Array.isArray(exec.env) ? exec.env : [];
  return { ...user, exec: { ...exec, env: [...env, { name: 'KUBERNETES_EXEC_INFO', value: JSON.stringify(info) }] } };
}
