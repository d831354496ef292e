/**
 * Makes the two images of the real node instead of pulling them: one layer with a static busybox and a link for each of
 * its commands, as an archive in the format of `docker save`.
 */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** What a test names in a pod, with `imagePullPolicy: Never` or `IfNotPresent`. */
export const testImage = 'docker.io/library/busybox:1.36';
/** Holds the namespaces of a pod. */
export const pauseImage = 'kubejobs.test/pause:1';

const foreverSeconds = '2147483647';
const reproducible = ['--owner=0', '--group=0', '--numeric-owner', '--mtime=2026-01-01', '--sort=name'];

async function makeRoot(root: string, busybox: string): Promise<void> {
  for (const folder of ['bin', 'etc', 'root', 'tmp']) mkdirSync(join(root, folder), { recursive: true });
  copyFileSync(busybox, join(root, 'bin/busybox'));
  const commands = (await run(busybox, ['--list'])).stdout.trim().split('\n');
  for (const command of commands) if (command !== 'busybox') symlinkSync('busybox', join(root, 'bin', command));
  writeFileSync(join(root, 'etc/passwd'), 'root:x:0:0:root:/root:/bin/sh\n');
}

function configuration(command: string[], layerDigest: string): string {
  return JSON.stringify({
    architecture: process.arch === 'x64' ? 'amd64' : process.arch,
    os: 'linux',
    config: { Cmd: command, Env: ['PATH=/bin'], WorkingDir: '/' },
    rootfs: { type: 'layers', diff_ids: [`sha256:${layerDigest}`] },
  });
}

function sha256(data: string | Buffer): string {
  return createHash('sha256').update(data).digest('hex');
}

/** Writes `<folder>/images.tar` with both images and returns its path. */
export async function makeImages(folder: string, busybox: string): Promise<string> {
  const staging = join(folder, 'image');
  const root = join(folder, 'image-root');
  mkdirSync(staging, { recursive: true });
  await makeRoot(root, busybox);
  await run('tar', [...reproducible, '-cf', join(staging, 'layer.tar'), '-C', root, '.']);
  const layerDigest = sha256(readFileSync(join(staging, 'layer.tar')));
  const images = [
    { name: testImage, command: ['sh'] },
    { name: pauseImage, command: ['sleep', foreverSeconds] },
  ];
  const manifest = images.map(({ name, command }) => {
    const config = configuration(command, layerDigest);
    const file = `${sha256(config)}.json`;
    writeFileSync(join(staging, file), config);
    return { Config: file, RepoTags: [name], Layers: ['layer.tar'] };
  });
  writeFileSync(join(staging, 'manifest.json'), JSON.stringify(manifest));
  const archive = join(folder, 'images.tar');
  await run('tar', [...reproducible, '-cf', archive, '-C', staging, '.']);
  return archive;
}
