// Virtual environments of Python in the cache folder, outside the repository: packages by exact versions, installed the
// first time. Where Python or the packages cannot be had, that is said.
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

const installMs = 300_000;

/** The folder with its programs, or why there is none. */
export type PythonEnvironment = { programs: string } | { missing: string };

/** One with what the requirements file lists; other versions have a folder of their own. */
export async function pythonEnvironment(name: string, requirements: string): Promise<PythonEnvironment> {
  const folder = environmentFolder(name, requirements);
  const complete = join(folder, '.complete');
  try {
    if (!existsSync(complete)) await install(folder, requirements);
    writeFileSync(complete, '');
    return { programs: join(folder, 'bin') };
  } catch (error) {
    return { missing: `${name} cannot be installed: ${String(error).split('\n', 2).join(' ')}` };
  }
}

/** `${XDG_CACHE_HOME:-~/.cache}/kubejobs/<name>-…`. */
function environmentFolder(name: string, requirements: string): string {
  const versions = createHash('sha256').update(readFileSync(requirements)).digest('hex').slice(0, 12);
  return join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'kubejobs', `${name}-${versions}`);
}

/** What is left of an installation that failed is removed, so that it is not mistaken for one. */
async function install(folder: string, requirements: string): Promise<void> {
  mkdirSync(join(folder, '..'), { recursive: true });
  rmSync(folder, { recursive: true, force: true });
  await runPython(process.env.PYTHON ?? 'python3', ['-m', 'venv', folder], { timeout: installMs });
  const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--no-input', '-r', requirements];
  const options = { timeout: installMs };
  await runPython(join(folder, 'bin', 'python'), pip, options).catch((error: unknown) => {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  });
}

export interface PythonRun {
  /** In milliseconds. */
  timeout: number;
  cwd?: string;
  env?: Record<string, string>;
}

/** Its standard output; rejects with the last line of the other, and `stdout` beside it. */
export function runPython(program: string, words: string[], { timeout, cwd, env }: PythonRun): Promise<string> {
  return new Promise((resolve, reject) => {
    const environment = { ...process.env, PYTHONDONTWRITEBYTECODE: '1', NO_COLOR: '1', ...env };
    const options = { timeout, maxBuffer: 64 * 1_048_576, env: environment, ...(cwd !== undefined && { cwd }) };
    execFile(program, words, options, (error, stdout, stderr) => {
      if (error === null) resolve(stdout);
      else reject(Object.assign(new Error(stderr.trim().split('\n').at(-1) || error.message), { stdout }));
    });
  });
}
