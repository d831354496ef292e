/**
 * The command lines of the control plane, and nothing else. Everything listens on 127.0.0.1 and keeps its data in the
 * cluster's folder.
 */
import { join } from 'node:path';

export interface ControlPlanePorts {
  etcd: number;
  etcdPeer: number;
  apiServer: number;
  kwok: number;
}

export interface ControlPlaneLayout {
  folder: string;
  kubeconfig: string;
  ports: ControlPlanePorts;
}

const generousRates = ['--kube-api-qps=500', '--kube-api-burst=1000'];

export const serviceAccountKey = (folder: string): string => join(folder, 'service-account.key');
export const tokenFile = (folder: string): string => join(folder, 'tokens.csv');
export const auditPolicyFile = (folder: string): string => join(folder, 'audit-policy.json');
/** What service accounts asked of the API server, one JSON line for each request that was answered. */
export const auditLogFile = (folder: string): string => join(folder, 'audit.log');
export const certificateFolder = (folder: string): string => join(folder, 'certificates');

export function etcdFlags({ folder, ports }: ControlPlaneLayout): string[] {
  const client = `http://127.0.0.1:${ports.etcd}`;
  const peer = `http://127.0.0.1:${ports.etcdPeer}`;
  return [
    `--data-dir=${join(folder, 'etcd')}`,
    `--listen-client-urls=${client}`,
    `--advertise-client-urls=${client}`,
    `--listen-peer-urls=${peer}`,
    `--initial-advertise-peer-urls=${peer}`,
    `--initial-cluster=default=${peer}`,
    '--unsafe-no-fsync', // the data need not survive the machine
    '--log-level=warn',
  ];
}

export function apiServerFlags({ folder, ports }: ControlPlaneLayout): string[] {
  const key = serviceAccountKey(folder);
  return [
    `--etcd-servers=http://127.0.0.1:${ports.etcd}`,
    `--secure-port=${ports.apiServer}`,
    '--bind-address=127.0.0.1',
    '--advertise-address=127.0.0.1',
    '--endpoint-reconciler-type=none', // a loopback address is refused as an endpoint, over and over
    `--cert-dir=${certificateFolder(folder)}`, // it signs its own certificate, and keeps it over a restart
    '--service-account-issuer=https://kubernetes.default.svc',
    `--service-account-key-file=${key}`,
    `--service-account-signing-key-file=${key}`,
    `--token-auth-file=${tokenFile(folder)}`,
    '--authorization-mode=RBAC',
    `--audit-policy-file=${auditPolicyFile(folder)}`,
    `--audit-log-path=${auditLogFile(folder)}`,
    '--service-cluster-ip-range=10.96.0.0/16',
    '--allow-privileged=true',
    '--disable-admission-plugins=ServiceAccount',
    '--kubelet-preferred-address-types=Hostname,InternalIP', // the real node has only a name, KWOK's only an address
    '--shutdown-watch-termination-grace-period=1s', // else SIGTERM waits for the watches, which never end by themselves
    '--profiling=false',
  ];
}

export function controllerManagerFlags({ folder, kubeconfig }: ControlPlaneLayout): string[] {
  return [
    `--kubeconfig=${kubeconfig}`,
    `--service-account-private-key-file=${serviceAccountKey(folder)}`,
    '--leader-elect=false',
    '--secure-port=0',
    '--controllers=*,-nodeipam', // nodelifecycle stays: it takes the not-ready taint off new nodes
    '--node-monitor-grace-period=10m', // a busy machine or a stopped API server must not cost the nodes
    '--concurrent-job-syncs=20',
    ...generousRates,
  ];
}

export function schedulerFlags({ kubeconfig }: ControlPlaneLayout): string[] {
  return [`--kubeconfig=${kubeconfig}`, '--leader-elect=false', '--secure-port=0', ...generousRates];
}
