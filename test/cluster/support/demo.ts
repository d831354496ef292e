// What the demos have in common: a story on a control plane of its own, told line by line, each with the seconds since the
// demo began. The control plane is another one than that of `make cluster-up`, and nothing of it stays.
import { type ClusterOptions, clusterAvailability, startCluster } from '../harness/index.ts';
import type { StoryOptions } from './story-server.ts';

/** Sets the exit code when the story fails. */
export async function playDemo(options: ClusterOptions, play: (story: StoryOptions) => Promise<void>): Promise<void> {
  await onItsOwnCluster(options, play).catch((error: unknown) => {
    process.stderr.write(`${String(error)}\n`);
    process.exitCode = 1;
  });
}

async function onItsOwnCluster(options: ClusterOptions, play: (story: StoryOptions) => Promise<void>): Promise<void> {
  const say = teller();
  const availability = await clusterAvailability();
  if (!availability.available) throw new Error(availability.reason);
  say('a control plane with simulated nodes is started (the first time it is compiled, which takes minutes)');
  const cluster = await startCluster({ ...options, log: (line) => process.stderr.write(`${line}\n`) });
  try {
    await play({ cluster, say });
  } finally {
    await cluster.stop();
  }
}

function teller(): (text: string) => void {
  const begun = performance.now();
  return (text) => {
    const seconds = (performance.now() - begun) / 1_000;
    process.stdout.write(`${seconds.toFixed(1).padStart(6)} s  ${text}\n`);
  };
}
