/**
 * The control groups below which the real node puts its pods: made before kubelet starts, and later the sure way to
 * know which processes on the machine are in one of its containers. Version 1 has a tree per controller, version 2 one.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { identify, type ProcessIdentity } from './process-identity.ts';

const mount = '/sys/fs/cgroup';

function trees(): string[] {
  if (existsSync(join(mount, 'cgroup.controllers'))) return [mount];
  return readdirSync(mount).map((controller) => join(mount, controller));
}

/** Version 1 refuses processes in a cpuset group until it has been told which CPUs and memory it may use. */
function copyCpuset(tree: string, group: string): void {
  for (const file of ['cpuset.cpus', 'cpuset.mems']) {
    if (existsSync(join(group, file)) && existsSync(join(tree, file))) {
      const inherited = readFileSync(join(tree, file), 'utf8');
      if (readFileSync(join(group, file), 'utf8').trim() === '') writeFileSync(join(group, file), inherited);
    }
  }
}

export function makeControlGroup(name: string): void {
  for (const tree of trees()) {
    const group = join(tree, name);
    mkdirSync(group, { recursive: true });
    copyCpuset(tree, group);
  }
}

/** Every process in the group or below it. */
export function processesIn(name: string): ProcessIdentity[] {
  const inside = (pid: string) => controlGroupsOf(pid).some((path) => `${path}/`.startsWith(`${name}/`));
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry) && inside(entry))
    .map((entry) => identify(Number(entry)))
    .filter((found) => found !== undefined);
}

function controlGroupsOf(pid: string): string[] {
  try {
    const lines = readFileSync(`/proc/${pid}/cgroup`, 'utf8').trimEnd().split('\n');
    return lines.map((line) => line.split(':').slice(2).join(':')); // <id>:<controllers>:<path>
  } catch {
    return []; // it has ended
  }
}

/** Bottom up; an empty group is removed by removing its directory, whose files are not real. */
function removeTree(group: string): void {
  for (const entry of readdirSync(group, { withFileTypes: true })) {
    if (entry.isDirectory()) removeTree(join(group, entry.name));
  }
  rmdirSync(group);
}

export function removeControlGroup(name: string): void {
  if (name.length < 2) throw new Error(`not a control group of ours: "${name}"`);
  for (const tree of trees()) if (existsSync(join(tree, name))) removeTree(join(tree, name));
}
