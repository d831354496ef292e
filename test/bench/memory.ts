// What pending jobs cost the real server: resident memory with N of them, above the empty server, and how long a
// restart takes until it is ready. Usage: npx tsx test/bench/memory.ts [--jobs 100000]
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { type Program, startProgram } from './support/program.ts';
import { printTable } from './support/statistics.ts';

const { values } = parseArgs({ options: { jobs: { type: 'string', default: '100000' } } });
const jobs = Number(values.jobs);
const here = import.meta.dirname;
const folder = mkdtempSync(join(tmpdir(), 'kubejobs-bench-'));
const flags = ['--dry-run', '--dry-run-duration', '1h', '--port', '0', '--log-level', 'error'];
const main = join(here, '../../dist/cmd/kubejobs/main.js');
const start = (): Promise<Program> =>
  startProgram(main, ['serve', ...flags, '--store', `sqlite:${join(folder, 'b.db')}`]);

async function submit(url: string, from: number, to: number): Promise<void> {
  for (let i = from; i < to; i += 1) {
    const response = await fetch(`${url}/jobs`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ name: `job${i}`, priority: (i * 7919) % 1000 }),
    });
    if (response.status !== 201) throw new Error(`answered ${response.status}`);
    await response.arrayBuffer();
  }
}

async function fill(url: string): Promise<void> {
  const clients = 32;
  const share = Math.ceil(jobs / clients);
  await Promise.all(Array.from({ length: clients }, (_, i) => submit(url, i * share, Math.min(jobs, (i + 1) * share))));
}

const program = await start();
await delay(1_000);
const empty = program.residentMiB();
await fill(program.url);
await delay(2_000);
const full = program.residentMiB();
await program.stop('SIGKILL');

const before = performance.now();
const again = await start();
const health = (await (await fetch(`${again.url}/readyz`)).json()) as { pending?: number };
const readyMs = performance.now() - before;
await delay(1_000);
const restarted = again.residentMiB();
await again.stop();
rmSync(folder, { recursive: true });

printTable([
  ['pending jobs', 'empty MiB', 'with them MiB', 'after kill -9 and restart MiB', 'restart to ready ms', 'found again'],
  [String(jobs), empty.toFixed(0), full.toFixed(0), restarted.toFixed(0), readyMs.toFixed(0), JSON.stringify(health)],
]);
