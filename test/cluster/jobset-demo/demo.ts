// `make demo-jobset`: the story of examples/jobset on a control plane of its own, told line by line; see its README. The
// control plane is another one than that of `make cluster-up`, and nothing of it stays.
import { clusterAvailability, startCluster } from '../harness/index.ts';
import { playJobSets, problemsOf, storyCluster } from './story.ts';

const begun = performance.now();

function say(text: string): void {
  const seconds = (performance.now() - begun) / 1_000;
  process.stdout.write(`${seconds.toFixed(1).padStart(6)} s  ${text}\n`);
}

async function demo(): Promise<void> {
  const availability = await clusterAvailability();
  if (!availability.available) throw new Error(availability.reason);
  say('a control plane with simulated nodes is started (the first time it is compiled, which takes minutes)');
  const cluster = await startCluster({ ...storyCluster, log: (line) => process.stderr.write(`${line}\n`) });
  try {
    const problems = problemsOf(await playJobSets({ cluster, say }));
    if (problems.length > 0) throw new Error(`it did not go as it should: ${problems.join('; ')}`);
    say('all four JobSets are done, as they should be');
  } finally {
    await cluster.stop();
  }
}

await demo().catch((error: unknown) => {
  process.stderr.write(`${String(error)}\n`);
  process.exitCode = 1;
});
