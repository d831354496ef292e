/**
 * The configuration files of the real node: containerd, its network, kubelet. Whatever these would keep in `/var`, `/run`
 * or `/opt` by default goes into the cluster's folder.
 */
import { randomInt } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pauseImage } from './node-image.ts';
import { type NodeLayout, realNodeTaint } from './node-layout.ts';
import type { NodeTools } from './node-tools.ts';

/** A TOML string; paths and names hold nothing that JSON would write differently. */
const quoted = (text: string): string => JSON.stringify(text);

function containerdToml({ root, state, socket }: NodeLayout, tools: NodeTools): string {
  return `version = 3
root = ${quoted(join(root, 'containerd'))}
state = ${quoted(state)}
[grpc]
  address = ${quoted(socket)}
[ttrpc]
  address = ${quoted(`${socket}.ttrpc`)}
[plugins.'io.containerd.internal.v1.opt']
  path = ${quoted(join(root, 'opt'))}
[plugins.'io.containerd.nri.v1.nri']
  disable = true
[plugins.'io.containerd.cri.v1.images']
  snapshotter = 'overlayfs'
  [plugins.'io.containerd.cri.v1.images'.pinned_images]
    sandbox = ${quoted(pauseImage)}
[plugins.'io.containerd.cri.v1.runtime']
  # Otherwise every sandbox dies with "can't get final child's PID from pipe" where root may not lower the OOM score.
  restrict_oom_score_adj = true
  netns_mounts_under_state_dir = true
  [plugins.'io.containerd.cri.v1.runtime'.containerd]
    default_runtime_name = 'runc'
    [plugins.'io.containerd.cri.v1.runtime'.containerd.runtimes.runc]
      runtime_type = 'io.containerd.runc.v2'
      [plugins.'io.containerd.cri.v1.runtime'.containerd.runtimes.runc.options]
        SystemdCgroup = false
        BinaryName = ${quoted(tools.runc)}
        Root = ${quoted(join(state, 'runc'))}
  [plugins.'io.containerd.cri.v1.runtime'.cni]
    bin_dirs = [${quoted(tools.cniPlugins)}]
    conf_dir = ${quoted(join(root, 'cni'))}
`;
}

function network({ root, bridge }: NodeLayout): object {
  const subnet = `10.245.${randomInt(256)}.0/24`; // two clusters on one machine seldom meet
  const ipam = {
    type: 'host-local',
    ranges: [[{ subnet }]],
    routes: [{ dst: '0.0.0.0/0' }],
    dataDir: join(root, 'ipam'),
  };
  return {
    cniVersion: '1.0.0',
    name: bridge,
    plugins: [{ type: 'bridge', bridge, isGateway: true, ipam }, { type: 'loopback' }],
  };
}

function kubeletConfiguration({ root, socket, controlGroup }: NodeLayout, port: number): object {
  return {
    apiVersion: 'kubelet.config.k8s.io/v1beta1',
    kind: 'KubeletConfiguration',
    address: '127.0.0.1',
    port,
    healthzPort: 0,
    containerRuntimeEndpoint: `unix://${socket}`,
    authentication: { anonymous: { enabled: true }, webhook: { enabled: false } }, // on loopback only
    authorization: { mode: 'AlwaysAllow' },
    cgroupDriver: 'cgroupfs',
    cgroupRoot: controlGroup,
    failCgroupV1: false,
    failSwapOn: false,
    enforceNodeAllocatable: [],
    makeIPTablesUtilChains: false,
    podLogsDir: join(root, 'pod-logs'),
    // Small and often, so that a test sees rotation.
    containerLogMaxSize: '1Mi',
    containerLogMaxFiles: 5,
    containerLogMonitorInterval: '3s',
    volumePluginDir: join(root, 'volume-plugins'),
    registerWithTaints: [realNodeTaint],
    evictionHard: { 'memory.available': '50Mi', 'nodefs.available': '1%', 'imagefs.available': '1%' },
    imageGCHighThresholdPercent: 99,
    imageGCLowThresholdPercent: 98,
    logging: { verbosity: 1 },
  };
}

export interface NodeFiles {
  containerd: string;
  kubelet: string;
}

export function writeNodeConfiguration(layout: NodeLayout, tools: NodeTools, kubeletPort: number): NodeFiles {
  const files = { containerd: join(layout.root, 'containerd.toml'), kubelet: join(layout.root, 'kubelet.json') };
  mkdirSync(join(layout.root, 'cni'), { recursive: true });
  writeFileSync(join(layout.root, 'cni', '10-bridge.conflist'), JSON.stringify(network(layout), null, 2));
  writeFileSync(files.containerd, containerdToml(layout, tools));
  writeFileSync(files.kubelet, JSON.stringify(kubeletConfiguration(layout, kubeletPort), null, 2));
  return files;
}
