// What a server under attack must not do, seen from outside: end, log an error, or leave a good client without its answer.
import { readFileSync } from 'node:fs';
import { getJson, type JobJson, type ServerProcess, submitJob } from '../../../support/server-process.ts';

/** Complaints of one good client that submits a job and reads it back. */
export async function triedByGoodClient(server: ServerProcess, when: string): Promise<string[]> {
  try {
    const submitted = await submitJob(server.url, { name: 'good' });
    if (submitted.status !== 201) return [`${when}: a good submission was answered ${submitted.status}`];
    const { job_id } = (await submitted.json()) as JobJson;
    await getJson(`${server.url}/jobs/${job_id}`);
    return [];
  } catch (error) {
    return [`${when}: a good client got no answer: ${String(error)}`];
  }
}

/** Of a server that should still run; its log is at level warn. */
export function complaintsAbout(server: ServerProcess): string[] {
  const { exitCode, signalCode } = server.process;
  const ended = exitCode === null && signalCode === null ? [] : [`the server ended with ${signalCode ?? exitCode}`];
  const lines = server.stderr().split('\n').filter(Boolean);
  const errors = lines.filter((line) => !line.startsWith('{"level":40'));
  return [...ended, ...errors.slice(0, 5).map((line) => `the server’s log says ${line.slice(0, 500)}`)];
}

export function residentMebibytes(server: ServerProcess): number {
  const status = readFileSync(`/proc/${server.process.pid}/status`, 'utf8');
  return Math.round(Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1] ?? 0) / 1_024);
}
