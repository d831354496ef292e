// `kubejobs demo` tells the story that the README and the tutorial show. Times differ, and two jobs that start or end together may
// be told in one line or in two.
import { expect, it } from 'vitest';
import { fencedBlocks } from '../support/markdown.ts';
import { readRepositoryFile } from '../support/repository.ts';
import { runProgram } from '../support/server-process.ts';

function story(text: string): { said: string[]; started: string; finished: string } {
  const lines = text
    .trim()
    .split('\n')
    .map((line) => line.replace(/^ *[\d.]+ s {2}/, ''));
  const jobs = (word: string): string =>
    lines.flatMap((line) => (line.startsWith(`${word} `) ? [line.slice(word.length + 1)] : [])).join(', ');
  return {
    said: lines.filter((line) => !/^(?:started|finished) /.test(line)),
    started: jobs('started'),
    finished: jobs('finished'),
  };
}

it('plays the timeline of the README and of the tutorial', { timeout: 120_000 }, async () => {
  const { code, stdout, stderr } = await runProgram(['demo']);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  for (const page of ['README.md', 'docs/tutorial.md']) {
    const shown = fencedBlocks(readRepositoryFile(page)).find(({ language }) => language === 'text');
    expect(story(shown?.text ?? ''), page).toEqual(story(stdout));
  }
});
