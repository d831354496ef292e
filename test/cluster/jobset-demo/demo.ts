// `make demo-jobset`: the story of examples/jobset on a control plane of its own; see its README.
import { playDemo } from '../support/demo.ts';
import { playJobSets, problemsOf, storyCluster } from './story.ts';

await playDemo(storyCluster, async (story) => {
  const problems = problemsOf(await playJobSets(story));
  if (problems.length > 0) throw new Error(`it did not go as it should: ${problems.join('; ')}`);
  story.say('all four JobSets are done, as they should be');
});
