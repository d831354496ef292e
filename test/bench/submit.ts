// Durable submits per second over HTTP, beside the same Fastify route that stores nothing, in turn, each time from an
// empty start; with tokens a hundred are known and each request shows one. Usage: npx tsx test/bench/submit.ts [--rounds 5] [--seconds 5] [--connections 64]
import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
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

async function load(program: Program, headers: Record<string, string> = {}): Promise<LoadFigures> {
  const script = join(here, 'support/post-jobs.lua');
  const connections = Number(values.connections);
  await wrk(program.url, { connections, seconds: 1, script, headers });
  return wrk(program.url, { connections, seconds: Number(values.seconds), script, headers });
}

async function bare(): Promise<LoadFigures> {
  const program = await startProgram(join(here, 'support/bare-server.ts'), []);
  const figures = await load(program);
  await program.stop('SIGKILL');
  return figures;
}

async function durable(store: 'sqlite' | 'memory', guarded = false): Promise<LoadFigures> {
  const folder = mkdtempSync(join(tmpdir(), 'kubejobs-bench-'));
  const spec = store === 'memory' ? 'memory' : `sqlite:${join(folder, 'bench.db')}`;
  const flags = ['--dry-run', '--dry-run-duration', '1h', '--port', '0', '--store', spec, '--log-level', 'error'];
  const tokens = guarded ? writeTokens(folder) : { flags: [], headers: {} };
  const program = await startProgram(main, [...flags, ...tokens.flags]);
  const figures = await load(program, tokens.headers);
  await program.stop();
  rmSync(folder, { recursive: true });
  return figures;
}

/** A file of a hundred tokens, and the one in the middle. */
function writeTokens(folder: string): { flags: string[]; headers: Record<string, string> } {
  const tokens = Array.from({ length: 100 }, () => `kubejobs_${randomBytes(32).toString('base64url')}`);
  const hash = (token: string): string => createHash('sha256').update(token).digest('hex');
  const entries = tokens.map((token, i) => ({ name: `bench-${i}`, role: 'submit', sha256: hash(token) }));
  const file = join(folder, 'tokens.yaml');
  writeFileSync(file, JSON.stringify(entries), { mode: 0o600 });
  return { flags: ['--auth', `tokens:${file}`], headers: { authorization: `Bearer ${tokens[50]}` } };
}

const sides = {
  'bare route': bare,
  'SQLite, durable': () => durable('sqlite'),
  'SQLite, durable, tokens': () => durable('sqlite', true),
  memory: () => durable('memory'),
};
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
