// Good clients beside thousands of slow ones, on one server in one run: the times of their answers while it is quiet, while
// the slow ones are there and time out and come back, and when it is quiet again. Figures come from several short windows
// each, of which the middle counts: the machine has other things to do too.
import { readFileSync } from 'node:fs';
import type { ServerProcess } from '../../../support/server-process.ts';
import { type GoodClients, median, quantile, startGoodClients } from './good-clients.ts';
import { residentMebibytes } from './server-watch.ts';
import { type SlowClients, startSlowClients } from './slow-clients.ts';

export interface SlowTrial {
  violations: string[];
  /** The most that were there at once. */
  held: number;
  /** How many the server ended for being slow. */
  timedOut: number;
  goodAnswers: number;
  quietP99Ms: number;
  slowP99Ms: number;
  residentMebibytes: number;
}

const wanted = 10_000;
const openPerSecond = 1_000;
const windowMs = 1_500;
const reachMs = 60_000;

/** `timeouts`: how many slow ones to see end before it is enough. */
export async function slowTrial(server: ServerProcess, timeouts: number): Promise<SlowTrial> {
  const good = startGoodClients(server.url, { clients: 8, pauseMs: 15 });
  await windows(good, 1); // the first answers of a process are slow
  const before = await windows(good, 3);
  const slow = startSlowClients({
    port: Number(new URL(server.url).port),
    count: Math.min(wanted, filesOfAProcess() - 500),
    openPerSecond,
    openAtMost: 6 * wanted,
    dripMs: 5_000,
    longestMs: 150_000,
  });
  try {
    const { held, during, timedOut, resident } = await besideSlowOnes(server, good, slow, timeouts);
    await slow.stop();
    await windows(good, 2); // ten thousand ends at once
    const after = await windows(good, 3);
    await good.stop();
    const complaints = [...new Set(good.complaints)].slice(0, 5);
    return {
      violations: complaints.map((complaint) => `beside ${held} slow connections: ${complaint}`),
      ...{ held, timedOut, residentMebibytes: resident, goodAnswers: good.answers() },
      quietP99Ms: median([...before, ...after]),
      slowP99Ms: median(during),
    };
  } finally {
    await Promise.all([slow.stop(), good.stop()]);
  }
}

async function besideSlowOnes(server: ServerProcess, good: GoodClients, slow: SlowClients, timeouts: number) {
  const enough = Math.min(wanted, filesOfAProcess() - 500) * 0.99;
  await slow.until((standing) => standing.held >= enough, reachMs);
  const during: number[] = [];
  let held = 0;
  let resident = 0;
  const deadline = performance.now() + reachMs;
  const timedOut = (): number => slow.standing().statuses['408'] ?? 0;
  while (during.length < 5 || (timedOut() < timeouts && performance.now() < deadline)) {
    during.push(...(await windows(good, 1)));
    held = Math.max(held, slow.standing().held);
    resident = Math.max(resident, residentMebibytes(server));
  }
  return { held, during, resident, timedOut: timedOut() };
}

/** The 99th percentile of each of so many windows, in milliseconds. */
async function windows(good: GoodClients, count: number): Promise<number[]> {
  const found: number[] = [];
  for (let i = 0; i < count; i += 1) {
    good.taken();
    await new Promise((resolve) => setTimeout(resolve, windowMs));
    found.push(quantile(good.taken(), 0.99));
  }
  return found;
}

/** Node has raised the soft limit to the hard one. */
function filesOfAProcess(): number {
  try {
    return Number(/^Max open files +(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1] ?? wanted);
  } catch {
    return wanted;
  }
}
