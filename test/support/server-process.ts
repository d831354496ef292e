// The real program as a process, as a user would start it: with its flags, on a free port of 127.0.0.1, its output kept.
// Nothing of the caller's environment steers it, and none outlives the tests.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { repositoryRoot } from './repository.ts';

const loader = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
const main = `${repositoryRoot}cmd/kubejobs/main.ts`;
const children = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of children) child.kill('SIGKILL');
});

export interface Ended {
  code: number | null;
  signal: NodeJS.Signals | null;
}

export interface Program {
  process: ChildProcess;
  ended: Promise<Ended>;
  stdout(): string;
  stderr(): string;
}

export interface ServerProcess extends Program {
  url: string;
  /** Sends the signal and resolves when the process is gone. */
  kill(signal: NodeJS.Signals): Promise<Ended>;
}

export interface StartOptions {
  /** What is run instead of the program; it takes the same command line. */
  entry?: string;
  /** Whether messages can be sent to it. */
  ipc?: boolean;
}

export function startProgram(
  commandLine: readonly string[],
  environment: Record<string, string> = {},
  { entry = main, ipc = false }: StartOptions = {},
): Program {
  const child = spawn(process.execPath, ['--import', loader, entry, ...commandLine], {
    stdio: ['ignore', 'pipe', 'pipe', ...(ipc ? (['ipc'] as const) : [])],
    env: { ...withoutOurs(process.env), ...environment },
  });
  children.add(child);
  let stdout = '';
  let stderr = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const ended = once(child, 'close').then(([code, signal]) => {
    children.delete(child);
    return { code, signal } as Ended;
  });
  return { process: child, ended, stdout: () => stdout, stderr: () => stderr };
}

/** Runs it to its end. */
export async function runProgram(
  commandLine: readonly string[],
  environment?: Record<string, string>,
): Promise<Ended & { stdout: string; stderr: string }> {
  const program = startProgram(commandLine, environment);
  const ended = await program.ended;
  return { ...ended, stdout: program.stdout(), stderr: program.stderr() };
}

/** `kubejobs serve` in a dry run on a free port, ready for requests. */
export function startServer(flags: readonly string[], environment?: Record<string, string>): Promise<ServerProcess> {
  return startServing(['--dry-run', ...flags], environment);
}

/** `kubejobs serve` on a free port, ready for requests. */
export async function startServing(
  flags: readonly string[],
  environment?: Record<string, string>,
): Promise<ServerProcess> {
  const quiet = flags.includes('--log-level') ? [] : ['--log-level', 'warn'];
  const program = startProgram(['serve', '--port', '0', ...quiet, ...flags], environment);
  const url = await listeningUrl(program);
  return {
    ...program,
    url,
    kill(signal) {
      program.process.kill(signal);
      return program.ended;
    },
  };
}

/** The URL that the program prints once it listens; rejects when it ends before. */
export async function listeningUrl(program: Program): Promise<string> {
  const printed = new Promise<string>((resolve) => {
    program.process.stdout?.on('data', () => {
      const url = /listens on (http:\/\/\S+)/.exec(program.stdout())?.[1];
      if (url) resolve(url);
    });
  });
  const url = await Promise.race([printed, program.ended.then(() => undefined)]);
  if (url !== undefined) return url;
  throw new Error(`the server ended before it listened:\n${program.stdout()}${program.stderr()}`);
}

function withoutOurs(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const ours = (name: string): boolean => name.startsWith('KUBEJOBS_') || name === 'KUBECONFIG';
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !ours(name)));
}

export interface JobJson {
  job_id: string;
  name: string;
  priority: number;
}

export async function submitJob(url: string, body: object): Promise<Response> {
  const headers = { 'content-type': 'application/json' };
  return await fetch(`${url}/jobs`, { method: 'POST', headers, body: JSON.stringify(body) });
}

export async function getJson<T>(url: string): Promise<T> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url} answered ${response.status}: ${await response.text()}`);
  return (await response.json()) as T;
}
