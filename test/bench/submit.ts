// Durable submits per second over HTTP, beside the same Fastify route that stores nothing, in turn, each time from an
// empty start. Usage: npx tsx test/bench/submit.ts [--rounds 5] [--seconds 5] [--connections 64]
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Program, startProgram } from './support/program.ts';
import { median, printTable, spread } from './support/statistics.ts';
import { type LoadFigures, wrk } from './support/wrk.ts';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '5' },
    connections: { type: 'string', default: '64' },
  },
});
const here = import.meta.dirname;
const main = join(here, '../../cmd/kubejobs/main.ts');

async function load(program: Program): Promise<LoadFigures> {
  const script = join(here, 'support/post-jobs.lua');
  const connections = Number(values.connections);
  await wrk(program.url, { connections, seconds: 1, script });
  return wrk(program.url, { connections, seconds: Number(values.seconds), script });
}

async function bare(): Promise<LoadFigures> {
  const program = await startProgram(join(here, 'support/bare-server.ts'), []);
  const figures = await load(program);
  await program.stop('SIGKILL');
  return figures;
}

async function durable(store: 'sqlite' | 'memory'): Promise<LoadFigures> {
  const folder = mkdtempSync(join(tmpdir(), 'kubejobs-bench-'));
  const spec = store === 'memory' ? 'memory' : `sqlite:${join(folder, 'bench.db')}`;
  const flags = ['--dry-run', '--dry-run-duration', '1h', '--port', '0', '--store', spec, '--log-level', 'error'];
  const program = await startProgram(main, flags);
  const figures = await load(program);
  await program.stop();
  rmSync(folder, { recursive: true });
  return figures;
}

const sides = { 'bare route': bare, 'SQLite, durable': () => durable('sqlite'), memory: () => durable('memory') };
const figures: Record<string, LoadFigures[]> = Object.fromEntries(Object.keys(sides).map((name) => [name, []]));
for (let round = 0; round < Number(values.rounds); round += 1) {
  for (const [name, side] of Object.entries(sides)) figures[name]?.push(await side());
}
const base = figures['bare route'] as LoadFigures[];
printTable([
  ['POST /jobs', 'requests/s', 'p50 ms', 'p99 ms', 'errors', 'ratio to the bare route'],
  ...Object.entries(figures).map(([name, all]) => [
    name,
    spread(all.map((one) => one.requestsPerSecond)),
    median(all.map((one) => one.p50Ms)).toFixed(2),
    median(all.map((one) => one.p99Ms)).toFixed(2),
    String(all.reduce((sum, one) => sum + one.errors, 0)),
    spread(
      all.map((one, i) => one.requestsPerSecond / (base[i] as LoadFigures).requestsPerSecond),
      2,
    ),
  ]),
]);
