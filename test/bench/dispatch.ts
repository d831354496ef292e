// Jobs created per second against a real API server: kubejobs' dispatcher and client, in a process of its own, beside a
// plain client-go program at the same concurrency, in turn. The Jobs are suspended, so no controller or node works on them.
// Usage: npx tsx test/bench/dispatch.ts [--rounds 5] [--jobs 3000] [--concurrency 32]
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { startCluster } from '../cluster/harness/index.ts';
import { median, printTable, spread } from './support/statistics.ts';

interface Figures {
  created: number;
  seconds: number;
  cpuSeconds: number;
}

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    jobs: { type: 'string', default: '3000' },
    concurrency: { type: 'string', default: '32' },
  },
});
const here = import.meta.dirname;
const run = promisify(execFile);

async function buildGoProgram(folder: string): Promise<string> {
  const binary = join(folder, 'client-go-bench');
  await run('go', ['build', '-o', binary, '.'], { cwd: join(here, 'client-go') });
  return binary;
}

const cluster = await startCluster({ kwokNodes: 1, log: (line) => process.stderr.write(`${line}\n`) });
try {
  const goProgram = await buildGoProgram(cluster.directory);
  const flags = (prefix: string): string[] => [
    'kubeconfig',
    cluster.kubeconfigPath,
    'count',
    values.jobs,
    'concurrency',
    values.concurrency,
    'prefix',
    prefix,
  ];
  const asFlags = (prefix: string): string[] => flags(prefix).map((word, i) => (i % 2 === 0 ? `--${word}` : word));
  const parse = (stdout: string): Figures => JSON.parse(stdout.trim().split('\n').at(-1) as string) as Figures;
  const sides: Record<string, (round: number) => Promise<Figures>> = {
    'client-go': async (round) => parse((await run(goProgram, asFlags(`go${round}`))).stdout),
    kubejobs: async (round) => {
      const program = ['--import', 'tsx', join(here, 'support/dispatch-program.ts'), ...asFlags(`kj${round}`)];
      return parse((await run(process.execPath, program)).stdout);
    },
  };
  const figures: Record<string, Figures[]> = { 'client-go': [], kubejobs: [] };
  for (let round = -1; round < Number(values.rounds); round += 1) {
    for (const [name, side] of Object.entries(sides)) {
      const result = await side(round);
      if (round >= 0) figures[name]?.push(result); // the first round warms the server up
      await cluster.kubectl('delete', 'jobs', '--all', '--wait=false');
    }
  }
  const rate = (one: Figures): number => one.created / one.seconds;
  const base = figures['client-go'] as Figures[];
  printTable([
    ['creates, suspended Jobs', 'per second', 'CPU µs per create', 'ratio to client-go'],
    ...Object.entries(figures).map(([name, all]) => [
      name,
      spread(all.map(rate)),
      median(all.map((one) => (one.cpuSeconds / one.created) * 1e6)).toFixed(0),
      spread(
        all.map((one, i) => rate(one) / rate(base[i] as Figures)),
        2,
      ),
    ]),
  ]);
} finally {
  await cluster.stop();
}
