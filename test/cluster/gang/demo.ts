// `make demo-gang`: the story of examples/gang on a control plane of its own, told line by line; see its README. The control
// plane is another one than that of `make cluster-up`, and nothing of it stays.
import { clusterAvailability, startCluster } from '../harness/index.ts';
import { playGangs, type SeenJob, storyCluster } from './story.ts';

const begun = performance.now();

function say(text: string): void {
  const seconds = (performance.now() - begun) / 1_000;
  process.stdout.write(`${seconds.toFixed(1).padStart(6)} s  ${text}\n`);
}

function endOf({ name, attempts }: SeenJob): string {
  return `${name}: ${attempts.map(({ attempt, outcome }) => `attempt ${attempt} ${outcome}`).join(', ')}`;
}

async function demo(): Promise<void> {
  const availability = await clusterAvailability();
  if (!availability.available) throw new Error(availability.reason);
  say('a control plane with simulated nodes is started (the first time it is compiled, which takes minutes)');
  const cluster = await startCluster({ ...storyCluster, log: (line) => process.stderr.write(`${line}\n`) });
  try {
    const { resolved } = await playGangs({ cluster, say, standsMs: 10_000 });
    for (const job of resolved) say(endOf(job));
    say('the least important gang gave way once, and all three are done');
  } finally {
    await cluster.stop();
  }
}

await demo().catch((error: unknown) => {
  process.stderr.write(`${String(error)}\n`);
  process.exitCode = 1;
});
