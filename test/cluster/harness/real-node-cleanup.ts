/**
 * Takes away what a real node leaves outside its processes: containers and their shims, mounts, the network bridge,
 * control groups, sockets and links. Everything is found by the cluster's folder; the caller has checked that folder.
 */
import { execFile } from 'node:child_process';
import { existsSync, lstatSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { assertClusterFolder } from './cluster-folder.ts';
import { processesIn, removeControlGroup } from './control-groups.ts';
import { nodeLayout } from './node-layout.ts';
import { endProcess } from './process.ts';
import { findMarked } from './process-identity.ts';
import { waitFor } from './wait.ts';

const run = promisify(execFile);

/** Shims carry the folder's mark; what runs in containers does not, and is found by its control group. */
export async function stopContainers(folder: string): Promise<void> {
  const { root, controlGroup } = nodeLayout(folder);
  if (!existsSync(root)) return;
  removeShimSockets(folder);
  await Promise.all(
    findMarked(folder)
      .filter(isShim)
      .map((shim) => endProcess(shim, 'SIGKILL')),
  );
  await Promise.all(processesIn(controlGroup).map((process) => endProcess(process, 'SIGKILL')));
}

function isShim({ pid }: { pid: number }): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')[0]?.endsWith('containerd-shim-runc-v2') ?? false;
  } catch {
    return false; // it has ended
  }
}

/** Shims listen in a folder that all containerds of the machine share; each notes where. */
function removeShimSockets(folder: string): void {
  const tasks = join(nodeLayout(folder).state, 'io.containerd.runtime.v2.task/k8s.io');
  if (!existsSync(tasks)) return;
  for (const task of readdirSync(tasks)) {
    const notes = ['bootstrap.json', 'address']
      .map((file) => join(tasks, task, file))
      .filter((file) => existsSync(file));
    for (const note of notes) {
      const socket = /unix:\/\/([^"\s]+)/.exec(readFileSync(note, 'utf8'))?.[1];
      if (socket) rmSync(socket, { force: true });
    }
  }
}

export async function removeNodeTraces(folder: string): Promise<void> {
  const { root, bridge, controlGroup } = nodeLayout(folder);
  if (!existsSync(root)) return;
  await unmountBelow(folder);
  await removeBridge(bridge);
  await waitFor('the end of the control groups', () => {
    removeControlGroup(controlGroup); // busy until the kernel has buried the last process
    return Promise.resolve(true);
  });
  removeLogLinks(root);
  removeNetworkRecords(bridge);
}

/** Deepest first. The check stands here once more: with an empty folder this would unmount the machine. */
async function unmountBelow(folder: string): Promise<void> {
  assertClusterFolder(folder);
  const below = () => mountPoints().filter((point) => point.startsWith(`${folder}/`));
  await waitFor('the end of the mounts', async () => {
    for (const point of below().sort((a, b) => b.length - a.length)) await run('umount', [point]);
    return below().length === 0;
  });
}

function mountPoints(): string[] {
  const lines = readFileSync('/proc/self/mountinfo', 'utf8').trimEnd().split('\n');
  return lines.map((line) => line.split(' ')[4] ?? '');
}

async function removeBridge(bridge: string): Promise<void> {
  if (existsSync(`/sys/class/net/${bridge}`)) await run('ip', ['link', 'delete', bridge]);
}

/** Kubelet links each container's log from here, wherever its pods' logs are. */
function removeLogLinks(root: string): void {
  const folder = '/var/log/containers';
  if (!existsSync(folder)) return;
  for (const name of readdirSync(folder)) {
    const link = join(folder, name);
    if (lstatSync(link).isSymbolicLink() && readlinkSync(link).startsWith(`${root}/`)) rmSync(link);
  }
}

/** The CNI library remembers each pod's attachments in a folder that all runtimes share: `<network>-<pod>-<interface>`. */
function removeNetworkRecords(network: string): void {
  const folder = '/var/lib/cni/results';
  if (!existsSync(folder)) return;
  const records = readdirSync(folder);
  const ours = records.filter((name) => name.startsWith(`${network}-`)).map((name) => name.split('-').at(-2) ?? name);
  const isOurs = (name: string) => ours.some((pod) => name.includes(`-${pod}-`)); // its loopback's network is not named so
  for (const name of records.filter(isOurs)) rmSync(join(folder, name));
}
