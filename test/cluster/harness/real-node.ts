/**
 * A real node beside KWOK's: containerd and kubelet, running real processes in real containers. The node is called
 * `localhost` and tainted, so that only pods that ask for it land there.
 */
import { execFile } from 'node:child_process';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import { makeControlGroup } from './control-groups.ts';
import type { ControlPlane } from './control-plane.ts';
import { writeNodeConfiguration } from './node-configuration.ts';
import { makeImages } from './node-image.ts';
import { type NodeLayout, nodeLayout, realNodeName } from './node-layout.ts';
import type { NodeTools } from './node-tools.ts';
import { freePorts } from './ports.ts';
import type { Processes } from './process.ts';
import type { realNodeBinaries } from './recipes.ts';

export interface RealNodeDeps {
  plane: ControlPlane;
  processes: Processes;
  binaries: Record<(typeof realNodeBinaries)[number], string>;
  tools: NodeTools;
}

const run = promisify(execFile);

/** Resolves when the node is Ready. */
export async function startRealNode(deps: RealNodeDeps): Promise<void> {
  const layout = nodeLayout(deps.processes.folder);
  const [port] = (await freePorts(1)) as [number];
  const files = writeNodeConfiguration(layout, deps.tools, port);
  await startContainerd(deps, layout, files.containerd);
  startKubelet(deps, layout, files.kubelet);
  await deps.plane.wait('the real node', () => deps.plane.nodesAreReady([realNodeName]));
}

async function startContainerd(deps: RealNodeDeps, layout: NodeLayout, config: string): Promise<void> {
  const { containerd, ctr } = deps.binaries;
  const shim = dirname(deps.binaries['containerd-shim-runc-v2']);
  const env = { PATH: `${shim}:${process.env.PATH}` }; // containerd looks its shim up there
  deps.processes.start({ name: 'containerd', command: containerd, args: ['--config', config], env });
  const control = ['--address', layout.socket, '--namespace', 'k8s.io'];
  await deps.plane.wait('containerd', async () => (await run(ctr, [...control, 'version'])).stdout !== '');
  await run(ctr, [...control, 'images', 'import', await makeImages(layout.root, deps.tools.busybox)]);
}

function startKubelet({ binaries, processes, plane }: RealNodeDeps, layout: NodeLayout, config: string): void {
  makeControlGroup(layout.controlGroup);
  const args = [
    `--config=${config}`,
    `--kubeconfig=${plane.kubeconfigPath}`,
    `--root-dir=${layout.root}/kubelet`,
    `--cert-dir=${layout.root}/kubelet-certificates`,
    `--hostname-override=${realNodeName}`, // no --node-ip: a loopback address is refused, and then there is none
  ];
  processes.start({ name: 'kubelet', command: binaries.kubelet, args });
}
