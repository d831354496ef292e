// What following the health of workloads costs the real server: resident memory with N pods, above the empty server; CPU time
// of one pod change among few and among many other workloads; and how late changes are told at a thousand a second.
// Usage: npx tsx test/bench/health.ts [--pods 10000] [--per-job 10] [--rate 1000] [--seconds 10]
import { mkdtempSync, rmSync } from 'node:fs';
import { get } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { writeKubeconfig } from '../support/kubeconfig.ts';
import { type PodServer, podServer } from './support/api-server-of-pods.ts';
import { type Program, startProgram } from './support/program.ts';
import { median, printTable } from './support/statistics.ts';

const { values } = parseArgs({
  options: {
    pods: { type: 'string', default: '10000' },
    'per-job': { type: 'string', default: '10' },
    rate: { type: 'string', default: '1000' },
    seconds: { type: 'string', default: '10' },
  },
});
const [pods, perJob, rate, seconds] = [values.pods, values['per-job'], values.rate, values.seconds].map(Number) as [
  number,
  number,
  number,
  number,
];
const main = join(import.meta.dirname, '../../dist/cmd/kubejobs/main.js');

interface Measured {
  residentMiB: number;
  cpuMicrosecondsPerChange: number;
  lagsMs: number[];
  told: number;
}

async function measure(count: number): Promise<Measured> {
  const folder = mkdtempSync(join(tmpdir(), 'kubejobs-bench-'));
  const api = await podServer(count, perJob);
  const kubeconfig = writeKubeconfig(folder, { server: api.url, namespace: 'default' });
  const store = `sqlite:${join(folder, 'b.db')}`;
  const flags = ['--kubeconfig', kubeconfig, '--controllers', 'health', '--store', store, '--log-level', 'error'];
  const program = await startProgram(main, ['serve', '--port', '0', ...flags]);
  try {
    await untilSeen(program.url, count);
    await delay(3_000);
    const residentMiB = program.residentMiB();
    return { residentMiB, ...(count === 0 ? nothing : await change(program, api, count)) };
  } finally {
    await program.stop('SIGKILL');
    api.stop();
    rmSync(folder, { recursive: true });
  }
}

const nothing = { cpuMicrosecondsPerChange: 0, lagsMs: [], told: 0 };

async function untilSeen(url: string, count: number): Promise<void> {
  for (;;) {
    const answer = (await (await fetch(`${url}/workloads?limit=1`)).json()) as { pods: Record<string, number> };
    if ((answer.pods.Running ?? 0) === count) return;
    await delay(100);
  }
}

/** Pods of different Jobs fail and run again, so that each change is one of its workload, and is told. */
async function change(program: Program, api: PodServer, count: number): Promise<Omit<Measured, 'residentMiB'>> {
  const sentAt = new Map<string, number>();
  const lagsMs: number[] = [];
  await follow(program.url, (name) => {
    const sent = sentAt.get(name);
    sentAt.delete(name);
    if (sent !== undefined) lagsMs.push(performance.now() - sent);
  });
  const jobs = Math.floor(count / perJob);
  const cpuBefore = program.cpuSeconds();
  const startedAt = performance.now();
  const changes = rate * seconds;
  for (let sent = 0; sent < changes; ) {
    const due = Math.min(changes, Math.floor(((performance.now() - startedAt) / 1_000) * rate));
    for (; sent < due; sent += 1) {
      sentAt.set(`job-${sent % jobs}`, performance.now());
      api.change((sent % jobs) * perJob, Math.floor(sent / jobs) % 2 === 0 ? 'Failed' : 'Running');
    }
    await delay(5);
  }
  await delay(2_000);
  const cpuMicrosecondsPerChange = ((program.cpuSeconds() - cpuBefore) / changes) * 1e6;
  return { cpuMicrosecondsPerChange, lagsMs, told: lagsMs.length };
}

function follow(url: string, onChange: (name: string) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    get(`${url}/workloads/events`, (response) => {
      let rest = '';
      response.on('data', (chunk: Buffer) => {
        const parts = (rest + chunk.toString('latin1')).split('\n\n');
        rest = parts.pop() ?? '';
        for (const part of parts) {
          const name = /"name":"([^"]+)"/.exec(part)?.[1];
          if (name !== undefined) onChange(name);
        }
      });
      response.on('error', () => {});
      resolve();
    }).on('error', reject);
  });
}

const empty = await measure(0);
const rows = [['pods', 'Jobs', 'MiB above the empty server', 'CPU µs a change', 'lag ms: median', 'worst', 'told']];
for (const count of [pods / 10, pods]) {
  const { residentMiB, cpuMicrosecondsPerChange, lagsMs, told } = await measure(count);
  rows.push([
    ...[String(count), String(count / perJob), (residentMiB - empty.residentMiB).toFixed(0)],
    ...[cpuMicrosecondsPerChange.toFixed(0), median(lagsMs).toFixed(0), Math.max(...lagsMs).toFixed(0), String(told)],
  ]);
}
process.stdout.write(`empty server: ${empty.residentMiB.toFixed(0)} MiB; ${rate} changes a second for ${seconds} s\n`);
printTable(rows);
process.exit(0);
