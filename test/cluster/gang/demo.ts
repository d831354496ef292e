// `make demo-gang`: the story of examples/gang on a control plane of its own; see its README.
import { playDemo } from '../support/demo.ts';
import { playGangs, type SeenJob, storyCluster } from './story.ts';

function endOf({ name, attempts }: SeenJob): string {
  return `${name}: ${attempts.map(({ attempt, outcome }) => `attempt ${attempt} ${outcome}`).join(', ')}`;
}

await playDemo(storyCluster, async (story) => {
  const { resolved } = await playGangs({ ...story, standsMs: 10_000 });
  for (const job of resolved) story.say(endOf(job));
  story.say('the least important gang gave way once, and all three are done');
});
