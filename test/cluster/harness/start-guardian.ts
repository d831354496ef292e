/**
 * Starts the guardian of a cluster. It holds the reading end of a pipe whose other end only this process has, and the
 * kernel closes that end however this process dies.
 */
import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';

const guardianFile = fileURLToPath(new URL('guardian.ts', import.meta.url));

/** What it needs to say when a removal fails goes to the standard error of this process. */
export function startGuardian(folder: string): void {
  const loader = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
  const child = spawn(process.execPath, ['--import', loader, guardianFile, folder], {
    detached: true,
    stdio: ['pipe', 'ignore', 'inherit'],
    env: { PATH: process.env.PATH },
  });
  child.unref();
  child.stdin.on('error', () => undefined); // the guardian was ended from outside
  (child.stdin as unknown as { unref(): void }).unref();
}
