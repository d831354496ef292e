// How many clients fit into what the system lets the process open. A server without descriptors could not open its own
// database or reach the cluster, so clients never get the last ones.
import { readFileSync } from 'node:fs';
import type { Logger } from '../../internal/platform/logger.ts';

/** For the database, the cluster's connections (`--dispatch-concurrency` is at most 256), watches and files. */
const kept = 400;
const fewest = 10;

/** `wanted`, or less when the limit on open files is lower; says so. */
export function connectionsThatFit(wanted: number, logger: Pick<Logger, 'warn'>, openFiles = openFilesLimit()): number {
  const fitting = Math.max(fewest, openFiles - kept);
  if (wanted <= fitting) return wanted;
  const fields = { maxConnections: fitting, openFiles };
  logger.warn(fields, 'fewer clients can be connected than --max-connections says: the limit on open files is lower');
  return fitting;
}

/** The process's own limit (proc_pid_limits(5)); without bounds where it cannot be read. */
function openFilesLimit(): number {
  try {
    const soft = /^Max open files +(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1];
    return soft === undefined ? Number.POSITIVE_INFINITY : Number(soft);
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}
