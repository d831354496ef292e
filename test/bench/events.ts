// A thousand readers of the events, one of whom takes nothing, while jobs are submitted: whether all the others get every
// event, how late, and what the server's memory does. Usage: npx tsx test/bench/events.ts [--readers 1000] [--jobs 2000]
import { mkdtempSync, rmSync } from 'node:fs';
import { Agent, get, type IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { startProgram } from './support/program.ts';
import { printTable } from './support/statistics.ts';

const { values } = parseArgs({
  options: { readers: { type: 'string', default: '1000' }, jobs: { type: 'string', default: '2000' } },
});
const readers = Number(values.readers);
const jobs = Number(values.jobs);
const main = join(import.meta.dirname, '../../dist/cmd/kubejobs/main.js');
const folder = mkdtempSync(join(tmpdir(), 'kubejobs-bench-'));
const flags = ['--dry-run', '--port', '0', '--log-level', 'error', '--store', `sqlite:${join(folder, 'b.db')}`];
const program = await startProgram(main, ['serve', ...flags]);
await fetch(`${program.url}/pause`, { method: 'POST' });
const agent = new Agent({ maxSockets: readers + 10 });

interface Reader {
  events: number;
  lastId: number;
  misses: number;
}

function open(onData: (chunk: Buffer) => void): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    get(`${program.url}/events`, { agent }, (response) => {
      response.on('data', onData);
      response.on('error', () => {});
      resolve(response);
    }).on('error', reject);
  });
}

const state: Reader[] = [];
for (let i = 0; i < readers - 1; i += 1) {
  const reader: Reader = { events: 0, lastId: 0, misses: 0 };
  state.push(reader);
  let rest = '';
  await open((chunk) => {
    const parts = (rest + chunk.toString('latin1')).split('\n\n');
    rest = parts.pop() ?? '';
    for (const part of parts) {
      const id = Number(/^id: (\d+)$/m.exec(part)?.[1]);
      if (Number.isNaN(id)) continue;
      if (reader.lastId !== 0 && id !== reader.lastId + 1) reader.misses += 1;
      reader.lastId = id;
      reader.events += 1;
    }
  });
}
const stalled = await open(() => {});
stalled.pause();
await delay(1_000);
const before = program.residentMiB();
let most = before;
const timer = setInterval(() => (most = Math.max(most, program.residentMiB())), 100);
const begun = performance.now();
const body = JSON.stringify(Array.from({ length: 100 }, (_, i) => ({ name: `job${i}` })));
const headers = { 'content-type': 'application/json' };
for (let sent = 0; sent < jobs; sent += 100) {
  const answer = await fetch(`${program.url}/jobs/batch`, { method: 'POST', headers, body });
  if (answer.status !== 201) throw new Error(`answered ${answer.status}`);
  await answer.arrayBuffer();
}
const submittedMs = performance.now() - begun;
while (state.some(({ events }) => events < jobs) && performance.now() - begun < 120_000) await delay(50);
const allMs = performance.now() - begun;
clearInterval(timer);
const complete = state.filter(({ events, misses }) => events === jobs && misses === 0).length;
await delay(2_000);
printTable([
  [
    'readers',
    'events',
    'complete',
    'submitted in ms',
    'everybody has all after ms',
    'events/s',
    'MiB before',
    'most',
    'after',
  ],
  [
    ...[
      `${readers} (1 stalled)`,
      String(jobs),
      `${complete} of ${readers - 1}`,
      submittedMs.toFixed(0),
      allMs.toFixed(0),
    ],
    ...[((jobs * (readers - 1)) / (allMs / 1_000)).toFixed(0), before.toFixed(0), most.toFixed(0)],
    program.residentMiB().toFixed(0),
  ],
]);
await program.stop('SIGKILL');
agent.destroy();
rmSync(folder, { recursive: true });
process.exit(complete === readers - 1 ? 0 : 1);
