/**
 * Tells whether a process id still belongs to the process that was started, so that a number that has been given to
 * somebody else in the meantime is never signalled. Linux: reads /proc only, sends nothing.
 */
import { readdirSync, readFileSync } from 'node:fs';

export interface ProcessIdentity {
  pid: number;
  /** When it began, in clock ticks since boot (field 22 of /proc/<pid>/stat); with the pid it is unique until a reboot. */
  startTicks: string;
}

/** Set on every process of a cluster to its folder; children inherit it. */
export const markerVariable = 'KUBEJOBS_TEST_CLUSTER_FOLDER';

/** `undefined` when there is no such process, or only what is left of it until its parent asks (a zombie). */
export function identify(pid: number): ProcessIdentity | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' '); // the name before it may hold spaces
    const startTicks = fields[19];
    if (startTicks === undefined || fields[0] === 'Z' || fields[0] === 'X') return undefined;
    return { pid, startTicks };
  } catch {
    return undefined;
  }
}

export function isRunning(process: ProcessIdentity): boolean {
  return identify(process.pid)?.startTicks === process.startTicks;
}

/** Every running process that carries the marker of this folder in its environment. */
export function findMarked(folder: string): ProcessIdentity[] {
  const marker = `${markerVariable}=${folder}`;
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry) && environmentOf(entry).includes(marker))
    .map((entry) => identify(Number(entry)))
    .filter((found) => found !== undefined);
}

function environmentOf(pid: string): string[] {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0');
  } catch {
    return []; // it has ended, or belongs to somebody else
  }
}
