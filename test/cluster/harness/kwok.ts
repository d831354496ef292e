/**
 * KWOK's configuration file: its options, the Stages, and the log that every pod on its nodes has. KWOK only touches
 * nodes that carry its annotation, so that a real kubelet can work beside it.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type NodeCapacity, stages } from './kwok-stages.ts';

export const defaultCapacity: NodeCapacity = { cpu: '32', memory: '256Gi', pods: '110' };
export const kwokNodeAnnotation = { 'kwok.x-k8s.io/node': 'fake' };
export const kwokNodeLabel = { type: 'kwok' };

/** What a container of any other name prints, in order. */
export const defaultLogLines = ['line 1 of a simulated container', 'line 2 of a simulated container', 'done'];

export interface KwokSetup {
  folder: string;
  port: number;
  tlsCertFile: string;
  tlsPrivateKeyFile: string;
  capacity: NodeCapacity;
  /** Container name → the lines that containers of this name print. */
  logs: Readonly<Record<string, readonly string[]>>;
  /** Further Stages, as YAML. */
  moreStages: string;
}

function options(setup: KwokSetup): object {
  return {
    manageNodesWithAnnotationSelector: 'kwok.x-k8s.io/node=fake',
    nodePlayStageParallelism: 4,
    podPlayStageParallelism: 8,
    nodeLeaseDurationSeconds: 40,
    nodeLeaseParallelism: 4,
    cidr: '10.244.0.0/16',
    nodeIP: '127.0.0.1',
    nodePort: setup.port,
    serverAddress: `127.0.0.1:${setup.port}`,
    enableDebuggingHandlers: true, // without it pod logs answer MethodNotAllowed
    tlsCertFile: setup.tlsCertFile,
    tlsPrivateKeyFile: setup.tlsPrivateKeyFile,
  };
}

/** One file in the format of container runtimes: `<RFC3339Nano> stdout F <text>`. */
function writeLog(folder: string, name: string, lines: readonly string[]): string {
  const file = join(folder, `${name}.log`);
  const time = '2026-01-01T00:00:00.000000000Z';
  writeFileSync(file, lines.map((line) => `${time} stdout F ${line}\n`).join(''));
  return file;
}

function clusterLogs(setup: KwokSetup): object {
  const folder = join(setup.folder, 'pod-logs');
  mkdirSync(folder);
  const named = Object.entries(setup.logs).map(([container, lines]) => ({
    containers: [container],
    logsFile: writeLog(folder, `container-${container}`, lines),
  }));
  const everyOther = { logsFile: writeLog(folder, 'default', defaultLogLines), follow: false };
  return {
    apiVersion: 'kwok.x-k8s.io/v1alpha1',
    kind: 'ClusterLogs',
    metadata: { name: 'pods' },
    spec: { logs: [...named, everyOther] },
  };
}

/** Writes the configuration into the cluster's folder and returns its path. JSON documents are YAML documents. */
export function writeKwokConfiguration(setup: KwokSetup): string {
  const configuration = {
    apiVersion: 'config.kwok.x-k8s.io/v1alpha1',
    kind: 'KwokConfiguration',
    metadata: { name: 'kwok' },
    options: options(setup),
  };
  const documents = [configuration, clusterLogs(setup), ...stages(setup.capacity)];
  const file = join(setup.folder, 'kwok.yaml');
  const texts = documents.map((document) => `${JSON.stringify(document, null, 2)}\n`);
  writeFileSync(file, [...texts, ...(setup.moreStages === '' ? [] : [setup.moreStages])].join('---\n'));
  return file;
}

/** A node object that KWOK makes Ready. */
export function kwokNode(index: number): object {
  const name = `kwok-${index}`;
  const labels = { ...kwokNodeLabel, 'kubernetes.io/hostname': name, 'kubernetes.io/os': 'linux' };
  return { apiVersion: 'v1', kind: 'Node', metadata: { name, annotations: kwokNodeAnnotation, labels } };
}
