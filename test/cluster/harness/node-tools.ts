/**
 * What the real node needs from the machine besides the compiled binaries: root, runc, the CNI plugins, a static busybox
 * for the image. On Debian and its relatives the missing ones are installed; elsewhere the node is unavailable.
 */
import { execFile } from 'node:child_process';
import { accessSync, constants, copyFileSync, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { type Availability, binaryAvailability } from './binaries.ts';
import { withLock } from './lock.ts';
import { cacheFolder } from './paths.ts';
import { controlPlaneBinaries, realNodeBinaries } from './recipes.ts';

export interface NodeTools {
  runc: string;
  cniPlugins: string;
  busybox: string;
}

const run = promisify(execFile);
const pluginFolders = ['/usr/lib/cni', '/opt/cni/bin', '/usr/libexec/cni'];
const pluginsUsed = ['bridge', 'host-local', 'loopback'];
const cachedBusybox = (): string => join(cacheFolder(), 'busybox-static', 'busybox');

function onPath(command: string): string | undefined {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/sbin'];
  return folders.map((folder) => join(folder, command)).find(isExecutable);
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function cniPlugins(): string | undefined {
  return pluginFolders.find((folder) => pluginsUsed.every((plugin) => existsSync(join(folder, plugin))));
}

function missingPackages(): string[] {
  const wanted: [string, string | undefined][] = [
    ['runc', onPath('runc')],
    ['containernetworking-plugins', cniPlugins()],
    ['iproute2', onPath('ip')],
  ];
  return wanted.filter(([, found]) => found === undefined).map(([name]) => name);
}

function missingReason(): string | undefined {
  if (process.platform !== 'linux') return 'the real node needs Linux';
  if (process.getuid?.() !== 0) return 'the real node needs root';
  if (existsSync('/var/lib/kubelet/config.yaml')) return 'this machine is a Kubernetes node already';
  const missing = [...missingPackages(), ...(existsSync(cachedBusybox()) ? [] : ['busybox-static'])];
  if (missing.length > 0 && !onPath('apt-get')) return `no ${missing.join(', ')}, and no apt-get to install them`;
  return undefined;
}

/** Installs and builds nothing. */
export async function realNodeAvailability(): Promise<Availability> {
  const reason = missingReason();
  if (reason !== undefined) return { available: false, reason };
  return await binaryAvailability([...controlPlaneBinaries, ...realNodeBinaries]);
}

async function apt(...args: string[]): Promise<void> {
  await run('apt-get', args, { env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }, maxBuffer: 64 << 20 });
}

/** With a fresh package list only when the one that is there does not do. */
async function aptWithUpdate(...args: string[]): Promise<void> {
  try {
    await apt(...args);
  } catch {
    await apt('update');
    await apt(...args);
  }
}

/** Unpacked, not installed: installed, it would replace the machine's own busybox. */
async function fetchBusybox(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'kubejobs-busybox-'));
  try {
    const options = ['-o', 'APT::Sandbox::User=root', '-o', `Dir::Cache::archives=${folder}`];
    await aptWithUpdate(...options, '--download-only', '--reinstall', '--yes', 'install', 'busybox-static');
    await run('sh', ['-c', 'dpkg-deb -x "$1"/busybox-static_*.deb "$1"/unpacked', 'sh', folder]);
    mkdirSync(dirname(cachedBusybox()), { recursive: true });
    copyFileSync(join(folder, 'unpacked/bin/busybox'), `${cachedBusybox()}.draft`);
    renameSync(`${cachedBusybox()}.draft`, cachedBusybox());
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function installMissing(log: (line: string) => void): Promise<void> {
  const packages = missingPackages();
  if (packages.length > 0) {
    log(`installing ${packages.join(', ')}`);
    await aptWithUpdate('install', '--yes', '--no-install-recommends', ...packages);
  }
  if (!existsSync(cachedBusybox())) {
    log('fetching busybox-static');
    await fetchBusybox();
  }
}

/** Installs what is missing; throws when it can't. */
export async function ensureNodeTools(log: (line: string) => void): Promise<NodeTools> {
  await withLock(join(cacheFolder(), '.node-tools.lock'), log, () => installMissing(log));
  const [runc, plugins] = [onPath('runc'), cniPlugins()];
  if (runc === undefined || plugins === undefined) throw new Error('runc or the CNI plugins are missing');
  return { runc, cniPlugins: plugins, busybox: cachedBusybox() };
}
