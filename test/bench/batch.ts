// A million jobs as lines of JSON from one curl, beside single posts: how many a second, and what the server's memory does
// meanwhile. Both go into SQLite, each from an empty start, in turn. Usage: npx tsx test/bench/batch.ts [--jobs 1000000] [--rounds 3]
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Program, startProgram } from './support/program.ts';
import { median, printTable, spread } from './support/statistics.ts';
import { wrk } from './support/wrk.ts';

const { values } = parseArgs({
  options: { jobs: { type: 'string', default: '1000000' }, rounds: { type: 'string', default: '3' } },
});
const jobs = Number(values.jobs);
const here = import.meta.dirname;
const main = join(here, '../../dist/cmd/kubejobs/main.js');
const memoryEveryMs = 200;

interface BatchFigures {
  jobsPerSecond: number;
  bytesPerJob: number;
  /** The most above the empty server at any time, less what the jobs themselves hold in the end. */
  passingMiB: number;
}

async function withServer<T>(work: (program: Program) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'kubejobs-bench-'));
  const flags = ['--dry-run', '--dry-run-duration', '1h', '--port', '0', '--log-level', 'error'];
  const program = await startProgram(main, ['serve', ...flags, '--store', `sqlite:${join(folder, 'b.db')}`]);
  try {
    await fetch(`${program.url}/pause`, { method: 'POST' });
    return await work(program);
  } finally {
    await program.stop('SIGKILL');
    rmSync(folder, { recursive: true });
  }
}

function batch(): Promise<BatchFigures> {
  return withServer(async (program) => {
    const empty = program.residentMiB();
    let most = empty;
    const timer = setInterval(() => (most = Math.max(most, program.residentMiB())), memoryEveryMs);
    const curl = spawn(
      'curl',
      ['-sSN', '-X', 'POST', '-H', 'Content-Type: application/x-ndjson', '-T', '-', `${program.url}/jobs/batch`],
      { stdio: ['pipe', 'pipe', 'inherit'] },
    );
    const begun = performance.now();
    const answered = countAccepted(curl.stdout);
    await writeLines(curl.stdin);
    const accepted = await answered;
    const seconds = (performance.now() - begun) / 1_000;
    clearInterval(timer);
    if (accepted !== jobs) throw new Error(`${accepted} of ${jobs} lines were accepted`);
    const full = program.residentMiB();
    return {
      jobsPerSecond: jobs / seconds,
      bytesPerJob: ((full - empty) * 1_048_576) / jobs,
      passingMiB: most - full,
    };
  });
}

async function writeLines(input: NodeJS.WritableStream): Promise<void> {
  for (let from = 0; from < jobs; from += 1_000) {
    let text = '';
    for (let i = from; i < Math.min(jobs, from + 1_000); i += 1) {
      text += `{"name":"job${i % 1_000}","priority":${(i * 7_919) % 1_000}}\n`;
    }
    if (!input.write(text)) await once(input, 'drain');
  }
  input.end();
}

/** Lines that are an acceptance: their bytes are counted, not parsed, to leave the cores to the server. */
async function countAccepted(output: AsyncIterable<Buffer>): Promise<number> {
  let accepted = 0;
  let rest = '';
  for await (const chunk of output) {
    const lines = (rest + chunk.toString('latin1')).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) if (line.includes('"job_id"')) accepted += 1;
  }
  return accepted;
}

function single(connections: number): Promise<number> {
  return withServer(async ({ url }) => {
    const script = join(here, 'support/post-jobs.lua');
    await wrk(url, { connections, seconds: 1, script });
    return (await wrk(url, { connections, seconds: 5, script })).requestsPerSecond;
  });
}

const batches: BatchFigures[] = [];
const singles: Record<number, number[]> = { 1: [], 64: [] };
for (let round = 0; round < Number(values.rounds); round += 1) {
  for (const connections of [1, 64]) singles[connections]?.push(await single(connections));
  batches.push(await batch());
}
const rates = batches.map(({ jobsPerSecond }) => jobsPerSecond);
const ratio = (base: number[]): string =>
  spread(
    rates.map((rate, i) => rate / (base[i] as number)),
    2,
  );
printTable([
  ['submissions', 'jobs/s', 'lines, as a multiple of it'],
  ['one at a time, 1 connection', spread(singles[1] ?? []), ratio(singles[1] ?? [])],
  ['one at a time, 64 connections', spread(singles[64] ?? []), ratio(singles[64] ?? [])],
  [`${jobs} lines from one curl`, spread(rates), ''],
]);
process.stdout.write(
  `server: ${median(batches.map((one) => one.bytesPerJob)).toFixed(0)} bytes for each pending job, ` +
    `${median(batches.map((one) => one.passingMiB)).toFixed(0)} MiB in passing\n`,
);
